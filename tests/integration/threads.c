// Many threads: streams with a reader, a writer and one who cancels, waits that another thread ends, containers that
// live side by side on one engine handle, files that are mounted, read and checked, and handles that go while others
// work.
#include "streams.h"

static const int64_t patience_ms = 30000;

// In a thread of its own a test must not fail by cmocka: what went wrong is counted.
static int mistakes;

static void expect_in_thread(bool is_so, const char *what, conu_error_t *mine) {
  if (!is_so) {
    print_error("in a thread: %s: %s\n", what, mine != NULL ? conu_error_get_message(mine) : "");
    __atomic_add_fetch(&mistakes, 1, __ATOMIC_SEQ_CST);
  }
  conu_error_free(mine);
}

static int setup(void **state) {
  mistakes = 0;
  return begin_test(state);
}

#define THREADS_TEST(function) cmocka_unit_test_setup_teardown(function, setup, end_test)

// --- streams ---------------------------------------------------------------------------------------------------------

static conu_stream_t *cat_of_exec(void) {
  conu_stream_t *stream;
  ok(conu_container_execute_stream(run("", "exec sleep 60"), words("cat"), NULL, NULL, &stream, &error));
  return kept_stream(stream);
}

static conu_stream_t *cat_of_attach(void) {
  conu_stream_t *stream;
  ok(conu_container_attach(by_docker("-i", "cat"), CONU_STDIN_PIPE | CONU_STDOUT_PIPE, NULL, &stream, &error));
  return kept_stream(stream);
}

struct work {
  conu_stream_t *stream;
  conu_cancel_t *cancel;
  size_t bytes;
  conu_status_t status;  // that it ended with
};

static void write_until_cancelled(void *argument) {
  static const char part[10000];
  struct work *work = argument;
  conu_status_t status = CONU_OK;
  while (status == CONU_OK) {
    size_t written = 0;
    status = conu_stream_write(work->stream, part, sizeof part, patience_ms, work->cancel, &written, NULL);
    work->bytes += written;
  }
  work->status = status;
}

static void read_until_cancelled(void *argument) {
  struct work *work = argument;
  int channel;
  const void *data = "";
  size_t size;
  conu_status_t status = CONU_OK;
  while (status == CONU_OK && data != NULL) {
    status = conu_stream_next(work->stream, patience_ms, work->cancel, &channel, &data, &size, NULL);
    if (status == CONU_OK && data != NULL) work->bytes += size;
  }
  work->status = status;
}

static void cancel_under_reader_and_writer(conu_stream_t *stream) {
  conu_cancel_t *cancel = new_cancel();
  struct work reader = {.stream = stream, .cancel = cancel}, writer = {.stream = stream, .cancel = cancel};
  struct thread *reading = in_thread(read_until_cancelled, &reader);
  struct thread *writing = in_thread(write_until_cancelled, &writer);
  trigger_after(cancel, 300);
  join(reading);
  join(writing);
  assert_int_equal(reader.status, CONU_ERROR_CANCELLED);
  assert_int_equal(writer.status, CONU_ERROR_CANCELLED);
  assert_true(reader.bytes > 0);
  // What was written comes, to the last byte, and the end behind it.
  ok(conu_stream_close_write(stream, NULL, &error));
  size_t rest = all_bytes(stream, CONU_CHANNEL_STDOUT).size;
  assert_int_equal(reader.bytes + rest, writer.bytes);
}

static void a_cancel_ends_both_ends_of_a_command_and_loses_nothing(void **state) {
  (void)state;
  conu_stream_t *stream = cat_of_exec();
  cancel_under_reader_and_writer(stream);
  int code = -1;
  ok(conu_stream_get_exit_code(stream, NULL, &code, &error));
  assert_int_equal(code, 0);
}

static void a_cancel_ends_both_ends_of_an_attached_container_and_loses_nothing(void **state) {
  (void)state;
  cancel_under_reader_and_writer(cat_of_attach());
}

static void a_cancel_ends_the_reading_of_a_log(void **state) {
  (void)state;
  conu_container_t *container = run("", "while true; do echo line; done");
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_follow(options, true);
  conu_cancel_t *cancel = new_cancel();
  struct work works[4];
  struct thread *threads[4];
  for (int i = 0; i < 4; i++) {
    works[i] = (struct work){.stream = log_of(container, options), .cancel = cancel};
    threads[i] = in_thread(read_until_cancelled, &works[i]);
  }
  trigger_after(cancel, 300);
  for (int i = 0; i < 4; i++) {
    join(threads[i]);
    assert_int_equal(works[i].status, CONU_ERROR_CANCELLED);
  }
}

static void free_handles(void *container) {
  sleep_ms(100);
  conu_container_free(container);
}

static void a_stream_goes_on_while_its_container_handle_is_freed(void **state) {
  (void)state;
  conu_container_t *container = run("", "for i in 1 2 3; do sleep 0.2; echo $i; done"), *same;
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  ok(conu_container_from_id(mine, conu_container_get_id(container), NULL, &same, &error));
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_follow(options, true);
  conu_stream_t *stream = log_of(same, options);
  in_thread(free_handles, same);
  assert_string_equal(all_lines(stream), "1:1 1:2 1:3");
}

static void resize_often(void *argument) {
  for (int i = 0; i < 20; i++) {
    conu_error_t *mine = NULL;
    conu_status_t status = conu_stream_resize(argument, 20 + i, 80, NULL, &mine);
    expect_in_thread(status == CONU_OK, "resizing", mine);
  }
}

static void a_terminal_is_resized_while_it_is_read_and_written(void **state) {
  (void)state;
  conu_exec_options_t *options = exec_options();
  conu_exec_options_set_tty(options, true);
  conu_stream_t *stream;
  ok(conu_container_execute_stream(run("", "exec sleep 60"), in_shell("stty -echo; echo ready; cat"), options, NULL,
                                   &stream, &error));
  kept_stream(stream);
  contains(next_line(stream), "ready");
  struct thread *resizing = in_thread(resize_often, stream);
  for (int i = 0; i < 20; i++) {
    write_text(stream, text("line %d\n", i));
    contains(next_line(stream), text("line %d", i));
  }
  join(resizing);
  assert_int_equal(mistakes, 0);
}

// --- waits -----------------------------------------------------------------------------------------------------------

struct waiting {
  conu_container_t *container;
  conu_cancel_t *cancel;
  int kind;
};

static void wait_in_vain(void *argument) {
  struct waiting *waiting = argument;
  conu_container_t *container = waiting->container;
  conu_cancel_t *cancel = waiting->cancel;
  conu_error_t *mine = NULL;
  conu_status_t status = CONU_OK;
  int code;
  if (waiting->kind == 0) status = conu_container_wait_for_port(container, 81, patience_ms, cancel, &mine);
  if (waiting->kind == 1) status = conu_container_wait_for_log(container, "never", 1, patience_ms, cancel, &mine);
  if (waiting->kind == 2) status = conu_container_wait_for_http(container, 81, "/", 200, patience_ms, cancel, &mine);
  if (waiting->kind == 3) status = conu_container_wait_for_healthy(container, patience_ms, cancel, &mine);
  if (waiting->kind == 4) status = conu_container_wait_for_status(container, "paused", patience_ms, cancel, &mine);
  if (waiting->kind == 5) status = conu_container_wait(container, patience_ms, cancel, &code, &mine);
  expect_in_thread(status == CONU_ERROR_CANCELLED, "a wait that was cancelled", mine);
}

static void one_cancel_ends_the_waits_of_many_threads(void **state) {
  (void)state;
  conu_container_t *container = run("--health-cmd false --health-interval 1s", "exec sleep 60");
  conu_cancel_t *cancel = new_cancel();
  struct waiting waits[12];
  struct thread *threads[12];
  for (int i = 0; i < 12; i++) {
    waits[i] = (struct waiting){container, cancel, i % 6};
    threads[i] = in_thread(wait_in_vain, &waits[i]);
  }
  trigger_after(cancel, 500);
  int64_t start = now_ms();
  for (int i = 0; i < 12; i++) join(threads[i]);
  assert_in_range(now_ms() - start, 400, 15000);
  assert_int_equal(mistakes, 0);
}

// --- lives -----------------------------------------------------------------------------------------------------------

static void live(void *options) {
  conu_error_t *mine = NULL;
  conu_container_t *container = NULL;
  int code = -1;
  char *log = NULL;
  conu_status_t status = conu_image_run_via_api(busybox, options, NULL, &container, &mine);
  if (status == CONU_OK) status = conu_container_wait(container, 120000, NULL, &code, &mine);
  if (status == CONU_OK) status = conu_container_logs_unicode(container, NULL, &log, &mine);
  bool is_good = status == CONU_OK && code == 3 && strcmp(log, "lived\n") == 0;
  conu_string_free(log);
  if (container != NULL) conu_container_delete(container, true, true, NULL, NULL);
  conu_container_free(container);
  expect_in_thread(is_good, "a life", mine);
}

static void thirty_two_containers_live_side_by_side_on_one_engine_handle(void **state) {
  (void)state;
  struct thread *threads[32];
  conu_run_builder_t *options = builder("", "echo lived; exit 3");
  for (int i = 0; i < 32; i++) threads[i] = in_thread(live, options);
  for (int i = 0; i < 32; i++) join(threads[i]);
  assert_int_equal(mistakes, 0);
}

static void look_often(void *container) {
  for (int i = 0; i < 20; i++) {
    conu_error_t *mine = NULL;
    char *document = NULL;
    conu_metadata_t *metadata = NULL;
    conu_status_t status = conu_container_inspect(container, i % 2 == 0, NULL, &document, &mine);
    if (status == CONU_OK) status = conu_container_get_metadata(container, false, NULL, &metadata, &mine);
    bool is_named = conu_container_get_name(container) != NULL && strlen(conu_container_get_name(container)) > 0;
    conu_string_free(document);
    conu_metadata_free(metadata);
    expect_in_thread(status == CONU_OK && is_named, "a look", mine);
  }
}

static void a_container_is_looked_at_by_many_while_it_is_renamed(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  const char *first = conu_container_get_name(container), *copy = text("%s", first);
  struct thread *threads[4];
  for (int i = 0; i < 4; i++) threads[i] = in_thread(look_often, container);
  for (int i = 0; i < 10; i++) ok(conu_container_rename(container, fresh("conu-renamed"), NULL, &error));
  for (int i = 0; i < 4; i++) join(threads[i]);
  assert_string_equal(first, copy);
  assert_int_equal(mistakes, 0);
}

// --- files -----------------------------------------------------------------------------------------------------------

struct mounting {
  conu_image_t *image;
  const char *method;
  conu_cancel_t *cancel;
  conu_filesystem_t *filesystem;  // that others use, too
  int cancelled;
};

static conu_status_t read_release(conu_filesystem_t *filesystem, conu_error_t **mine) {
  void *data = NULL;
  size_t size = 0;
  conu_status_t status = conu_filesystem_read_file(filesystem, "/etc/os-release", NULL, &data, &size, mine);
  if (status == CONU_OK && memmem(data, size, "conu busybox", 12) == NULL) status = CONU_ERROR_INTERNAL;
  conu_bytes_free(data);
  return status;
}

static conu_status_t mount_it(const struct mounting *mounting, conu_filesystem_t **out, conu_error_t **mine) {
  conu_mount_options_t *options = conu_mount_options_new();
  conu_status_t status = conu_mount_options_set_method(options, mounting->method, mine);
  if (status == CONU_OK) status = conu_image_mount(mounting->image, NULL, options, mounting->cancel, out, mine);
  conu_mount_options_free(options);
  return status;
}

static void mount_and_read(void *argument) {
  const struct mounting *mounting = argument;
  bool is_slow = mounting->method != NULL;
  for (int i = 0; i < (is_slow ? 2 : 20); i++) {
    conu_error_t *mine = NULL;
    conu_filesystem_t *filesystem = NULL;
    conu_status_t status = mount_it(mounting, &filesystem, &mine);
    if (status == CONU_OK) status = read_release(filesystem, &mine);
    if (status == CONU_OK) status = conu_filesystem_unmount(filesystem, NULL, &mine);
    conu_filesystem_free(filesystem);
    expect_in_thread(status == CONU_OK, "mounting and reading", mine);
  }
}

static void sweep_often(void *none) {
  (void)none;
  for (int i = 0; i < 50; i++) {
    conu_error_t *mine = NULL;
    expect_in_thread(conu_filesystem_sweep(NULL, &mine) == CONU_OK, "sweeping", mine);
    sleep_ms(2);
  }
}

static void one_image_is_mounted_by_many_threads_and_others_sweep(void **state) {
  (void)state;
  struct mounting ways[] = {{.image = busybox}, {.image = busybox, .method = "extract"}};
  struct thread *threads[9];
  for (int i = 0; i < 8; i++) threads[i] = in_thread(mount_and_read, &ways[i / 6]);
  threads[8] = in_thread(sweep_often, NULL);
  for (int i = 0; i < 9; i++) join(threads[i]);
  assert_int_equal(mistakes, 0);
}

// Until it is unmounted, which it is in the middle of all this.
static void use_until_the_end(void *argument) {
  conu_filesystem_t *filesystem = ((struct mounting *)argument)->filesystem;
  conu_status_t status = CONU_OK;
  for (int i = 0; status == CONU_OK; i++) {
    conu_error_t *mine = NULL;
    char *document = NULL;
    conu_string_list_t *names = NULL;
    bool is_present = false;
    if (i % 4 == 0) status = read_release(filesystem, &mine);
    if (i % 4 == 1) status = conu_filesystem_stat(filesystem, "/bin/sh", NULL, &document, &mine);
    if (i % 4 == 2) status = conu_filesystem_list(filesystem, "/etc", NULL, &names, &mine);
    if (i % 4 == 3) status = conu_filesystem_file_is_present(filesystem, "/etc/passwd", NULL, &is_present, &mine);
    conu_string_free(document);
    conu_string_list_free(names);
    expect_in_thread(status == CONU_OK || status == CONU_ERROR_STATE, "using one filesystem", mine);
  }
}

static void one_filesystem_is_used_by_many_threads_until_one_unmounts_it(void **state) {
  (void)state;
  const char *const methods[] = {NULL, "extract"};
  for (int way = 0; way < 2; way++) {
    struct mounting mounting = {.image = busybox, .method = methods[way]};
    ok(mount_it(&mounting, &mounting.filesystem, &error));
    struct thread *threads[6];
    for (int i = 0; i < 6; i++) threads[i] = in_thread(use_until_the_end, &mounting);
    sleep_ms(200);
    ok(conu_filesystem_unmount(mounting.filesystem, NULL, &error));
    for (int i = 0; i < 6; i++) join(threads[i]);
    conu_filesystem_free(mounting.filesystem);
  }
  assert_int_equal(mistakes, 0);
}

static void extract_until_cancelled(void *argument) {
  struct mounting *mounting = argument;
  conu_error_t *mine = NULL;
  conu_filesystem_t *filesystem = NULL;
  conu_status_t status = mount_it(mounting, &filesystem, &mine);
  conu_filesystem_free(filesystem);
  if (status == CONU_ERROR_CANCELLED) __atomic_add_fetch(&mounting->cancelled, 1, __ATOMIC_SEQ_CST);
  expect_in_thread(status == CONU_OK || status == CONU_ERROR_CANCELLED, "extracting", mine);
}

static void a_cancel_ends_the_extractions_of_many_threads(void **state) {
  (void)state;
  struct mounting mounting = {.image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/random")), .method = "extract"};
  for (int64_t after = 1; after < 300; after *= 4) {
    mounting.cancel = new_cancel();
    struct thread *threads[4];
    for (int i = 0; i < 4; i++) threads[i] = in_thread(extract_until_cancelled, &mounting);
    trigger_after(mounting.cancel, after);
    for (int i = 0; i < 4; i++) join(threads[i]);
  }
  assert_true(mounting.cancelled > 0);
  assert_int_equal(mistakes, 0);
}

static void check_often(void *image) {
  static const char checks[] =
      "{\"schemaVersion\": \"2.0.0\", \"metadataTest\": {}, \"fileContentTests\": [{\"name\": \"release\", "
      "\"path\": \"/etc/os-release\", \"expectedContents\": [\"conu b.*x\"]}]}";
  for (int i = 0; i < 5; i++) {
    conu_error_t *mine = NULL;
    char *results = NULL;
    conu_status_t status = conu_image_check(image, checks, NULL, &results, &mine);
    bool is_good = status == CONU_OK && strstr(results, "\"Fail\":0,") != NULL;
    conu_string_free(results);
    expect_in_thread(is_good, "checking", mine);
  }
}

static void one_image_is_checked_by_many_threads(void **state) {
  (void)state;
  struct thread *threads[4];
  for (int i = 0; i < 4; i++) threads[i] = in_thread(check_often, busybox);
  for (int i = 0; i < 4; i++) join(threads[i]);
  assert_int_equal(mistakes, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      THREADS_TEST(a_cancel_ends_both_ends_of_a_command_and_loses_nothing),
      THREADS_TEST(a_cancel_ends_both_ends_of_an_attached_container_and_loses_nothing),
      THREADS_TEST(a_cancel_ends_the_reading_of_a_log),
      THREADS_TEST(a_stream_goes_on_while_its_container_handle_is_freed),
      THREADS_TEST(a_terminal_is_resized_while_it_is_read_and_written),
      THREADS_TEST(one_cancel_ends_the_waits_of_many_threads),
      THREADS_TEST(thirty_two_containers_live_side_by_side_on_one_engine_handle),
      THREADS_TEST(a_container_is_looked_at_by_many_while_it_is_renamed),
      THREADS_TEST(one_image_is_mounted_by_many_threads_and_others_sweep),
      THREADS_TEST(one_filesystem_is_used_by_many_threads_until_one_unmounts_it),
      THREADS_TEST(a_cancel_ends_the_extractions_of_many_threads),
      THREADS_TEST(one_image_is_checked_by_many_threads),
  };
  return RUN_LAB_TESTS(tests);
}
