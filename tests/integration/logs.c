// Logs: by line and by piece, followed or not, each option, and what goes wrong with them.
#include <time.h>

#include "server.h"
#include "streams.h"

static conu_logs_options_t *following(void) {
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_follow(options, true);
  return options;
}

static int64_t unix_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static conu_container_t *ended(const char *script) {
  conu_container_t *container = run("", script);
  waited(container);
  return container;
}

// --- lines and pieces ------------------------------------------------------------------------------------------------

static void a_log_is_read_by_line_with_its_channel(void **state) {
  (void)state;
  conu_container_t *container = ended("echo a; sleep 0.1; echo b >&2; sleep 0.1; echo; printf end");
  assert_string_equal(all_lines(log_of(container, NULL)), "1:a 2:b 1: 1:end");
}

static void a_log_is_read_by_piece_as_it_was_written(void **state) {
  (void)state;
  conu_container_t *container = ended("seq 1 3000; echo err >&2");
  struct bytes out = all_bytes(log_of(container, NULL), CONU_CHANNEL_STDOUT);
  assert_int_equal(out.size, 13893);  // of `seq 1 3000`
  contains(out.data, "\n2999\n3000\n");
  assert_string_equal(all_bytes(log_of(container, NULL), CONU_CHANNEL_STDERR).data, "err\n");
}

static void pieces_go_on_behind_the_last_line(void **state) {
  (void)state;
  conu_stream_t *log = log_of(ended("echo a; echo b; echo c"), NULL);
  assert_string_equal(next_line(log), "1:a");
  assert_string_equal(all_bytes(log, CONU_CHANNEL_STDOUT).data, "b\nc\n");
}

static void the_end_is_told_as_often_as_it_is_asked_for(void **state) {
  (void)state;
  conu_stream_t *log = log_of(ended("echo a"), NULL);
  assert_string_equal(all_lines(log), "1:a");
  assert_null(next_line(log));
  assert_null(next_line(log));
}

static void a_line_of_three_megabytes_comes_in_parts(void **state) {
  (void)state;
  conu_container_t *container = ended("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo after");
  conu_stream_t *log = log_of(container, NULL);
  size_t total = 0;
  for (;;) {
    int channel;
    const void *data;
    size_t size;
    ok(conu_stream_next_line(log, 10000, NULL, &channel, &data, &size, &error));
    assert_non_null(data);
    assert_true(size <= 1 << 20);
    if (size == 5 && memcmp(data, "after", 5) == 0) break;
    total += size;
  }
  assert_int_equal(total, 3000000);
}

static void bytes_of_a_log_come_untouched(void **state) {
  (void)state;
  void *data;
  size_t size;
  ok(conu_container_logs_in_bytes(ended("printf '\\001\\177 \\t\\r a'"), NULL, &data, &size, &error));
  assert_int_equal(size, 7);
  assert_memory_equal(data, "\001\177 \t\r a", 7);
  conu_bytes_free(data);
}

static void a_log_of_twenty_megabytes_takes_little_memory(void **state) {
  (void)state;
  conu_container_t *container = ended("yes 'a line of some length, as they are in logs' | head -n 450000");
  long before = peak_memory();
  conu_stream_t *log = log_of(container, NULL);
  size_t lines = 0;
  for (;;) {
    int channel;
    const void *data;
    size_t size;
    ok(conu_stream_next_line(log, 10000, NULL, &channel, &data, &size, &error));
    if (data == NULL) break;
    lines++;
  }
  assert_int_equal(lines, 450000);
  assert_true(peak_memory() - before < 4000);
}

// --- following -------------------------------------------------------------------------------------------------------

static void a_followed_log_gives_lines_as_they_are_written_and_ends_with_the_container(void **state) {
  (void)state;
  conu_container_t *container = run("", "for i in 1 2 3; do echo $i; sleep 0.2; done; printf end");
  conu_stream_t *log = log_of(container, following());
  assert_string_equal(next_line(log), "1:1");
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_true(running);
  assert_string_equal(all_lines(log), "1:2 1:3 1:end");
}

static void no_line_is_lost_at_the_end_of_a_container_that_dies(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    conu_stream_t *log = log_of(run("", "seq 1 5000; echo last >&2; kill -9 $$"), following());
    size_t lines = 0;
    bool last = false;
    for (char *line = next_line(log); line != NULL; line = next_line(log)) {
      if (strcmp(line, "2:last") == 0) last = true;
      lines++;
    }
    assert_true(last);
    assert_int_equal(lines, 5001);
  }
}

static const char chatty[] = "yes 'a line of some length, as they are in logs' | head -n 80000";

static size_t count_lines(conu_stream_t *log) {
  size_t lines = 0;
  int channel;
  const void *data;
  size_t size;
  for (;; lines++) {
    ok(conu_stream_next_line(log, 20000, NULL, &channel, &data, &size, &error));
    if (data == NULL) return lines;
  }
}

// Podman begins to drop lines a quarter of a second after a container's end.
static void a_long_log_is_followed_whole_after_the_end_of_its_container(void **state) {
  (void)state;
  assert_int_equal(count_lines(log_of(ended(chatty), following())), 80000);
  conu_container_t *terminal = run("-t", chatty);
  waited(terminal);
  assert_int_equal(count_lines(log_of(terminal, following())), 80000);
}

static void a_slow_reader_of_a_followed_log_loses_nothing(void **state) {
  (void)state;
  conu_stream_t *log = log_of(run("", chatty), following());
  for (int i = 0; i < 3; i++) {
    assert_non_null(next_line(log));
    sleep_ms(700);
  }
  assert_int_equal(count_lines(log), 80000 - 3);
  log = log_of(run("-t", chatty), following());
  assert_non_null(next_line(log));
  sleep_ms(700);
  assert_int_equal(count_lines(log), 80000 - 1);
}

// The log of a container that removes itself, to its end; returns once the container is gone.
static char *log_of_removed(const char *options, const char *script, conu_logs_options_t *log_options, size_t *count) {
  conu_container_t *container = run(options, script);
  conu_stream_t *log = log_of(container, log_options);
  char *lines = NULL;
  if (count)
    *count = count_lines(log);
  else
    lines = all_lines(log);
  bool running;
  int64_t begin = now_ms();
  while (conu_container_is_running(container, NULL, &running, NULL) != CONU_ERROR_NOT_FOUND) {
    assert_true(now_ms() - begin < 10000);
    sleep_ms(20);
  }
  return lines;
}

// Podman removes it with its log before what was written last is sent.
static void no_line_is_lost_of_a_container_that_removes_itself(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    char *lines = log_of_removed("--rm", "echo a; sleep 0.3; echo b; echo c >&2; printf d", following(), NULL);
    assert_true(strcmp(lines, "1:a 1:b 2:c 1:d") == 0 || strcmp(lines, "1:a 2:c 1:b 1:d") == 0);
  }
  size_t count;
  log_of_removed("--rm", chatty, following(), &count);
  assert_int_equal(count, 80000);
  log_of_removed("--rm -t", chatty, following(), &count);
  assert_int_equal(count, 80000);
  assert_string_equal(log_of_removed("--rm -t", "sleep 0.3; echo a; echo; printf b", following(), NULL), "1:a 1: 1:b");
  // Those of one channel, with their times.
  conu_logs_options_t *options = following();
  conu_logs_options_set_channels(options, false, true);
  conu_logs_options_set_timestamps(options, true);
  char *errors = log_of_removed("--rm", "sleep 0.3; echo out; echo one >&2; echo two >&2", options, NULL);
  lacks(errors, "out");
  contains(errors, "Z one 2:2");
  contains(errors, "Z two");
}

// A Podman that follows the log of a container for ever, which has ended in the meantime: what it says to a follower,
// to one that does not follow, and to one that waits for the end.
static conu_stream_t *missed_end(bool terminal, const char *followed, const char *whole, const char *end) {
  static struct rule script[] = {
      {"/_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-API-Version: 4.3.1\r\nContent-Length: 0\r\n\r\n",
       GO_ON},
      {"/containers/ending/json", NULL, GO_ON},
      {"follow=1", NULL, HANG},
      {"/logs", NULL, CLOSE},
      {"/wait", NULL, GO_ON},
      END_OF_SCRIPT};
  script[1].answer = text(
      "200 {\"Id\":\"ending\",\"Name\":\"ending\",\"Config\":{\"Tty\":%s},"
      "\"State\":{\"Status\":\"running\",\"Running\":true}}",
      terminal ? "true" : "false");
  script[2].answer = followed;
  script[3].answer = whole;
  script[4].answer = end;
  conu_container_t *container;
  ok(conu_container_from_id(opened(scripted(script)), "ending", NULL, &container, &error));
  conu_stream_t *log = log_of(container, following());
  conu_container_free(container);
  return log;
}

#define AT "2026-11-23T10:29:25+01:00 "
static const char gone[] = "404 {\"message\":\"no such container\"}";

static void a_log_that_is_followed_for_ever_ends_with_its_container(void **state) {
  (void)state;
  static const char whole[] = "log 1:" AT "a\n1:" AT "b\n2:" AT "c\n";
  assert_string_equal(all_lines(missed_end(false, "log 1:" AT "a\n", whole, "200 0")), "1:a 1:b 2:c");
  assert_int_equal(requests_with("since=1795426163.000"), 1);  // of the last line, less a margin
  assert_string_equal(all_lines(missed_end(false, whole, whole, "200 0")), "1:a 1:b 2:c");
  assert_string_equal(all_lines(missed_end(false, NULL, whole, "200 0")), "1:a 1:b 2:c");
  assert_string_equal(all_lines(missed_end(false, NULL, gone, gone)), "");
  assert_string_equal(all_lines(missed_end(false, "log 1:" AT "a\n", gone, gone)), "1:a");
  static const char terminal[] = "HTTP/1.1 200 OK\r\n\r\na\r\n";
  assert_string_equal(all_lines(missed_end(true, terminal, terminal, "200 0")), "1:a");
  assert_string_equal(all_lines(missed_end(true, NULL, terminal, "200 0")), "1:a");
}

static void a_reader_that_gives_up_often_comes_to_the_end_all_the_same(void **state) {
  (void)state;
  conu_stream_t *log = missed_end(true, "HTTP/1.1 200 OK\r\n\r\na\r\n", gone, "200 0");
  assert_string_equal(next_line(log), "1:a");
  int64_t begin = now_ms();
  while (is_silent(log, 30)) assert_true(now_ms() - begin < 10000);
  assert_null(next_line(log));
}

static void a_log_that_is_followed_for_ever_may_be_left(void **state) {
  (void)state;
  conu_stream_t *log = missed_end(false, NULL, gone, NULL);
  assert_true(is_silent(log, 400));
  assert_int_equal(requests_with("/wait"), 1);
}

static void a_reader_that_gives_up_waiting_finds_what_comes_later(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 0.7; echo later");
  int64_t begin = now_ms();
  conu_stream_t *log = log_of(container, following());
  int channel;
  const void *data;
  size_t size;
  fails(CONU_ERROR_TIMEOUT, conu_stream_next_line(log, 100, NULL, &channel, &data, &size, &error), "within 100 ms");
  says("the log of the container");
  assert_true(now_ms() - begin < 600);
  assert_true(is_silent(log, 50));
  assert_string_equal(all_lines(log), "1:later");
}

static void a_cancel_ends_the_waiting_and_not_the_stream(void **state) {
  (void)state;
  conu_stream_t *log = log_of(run("", "sleep 0.7; echo later"), following());
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 100);
  int64_t begin = now_ms();
  int channel;
  const void *data;
  size_t size;
  fails(CONU_ERROR_CANCELLED, conu_stream_next(log, -1, cancel, &channel, &data, &size, &error), "");
  assert_true(now_ms() - begin < 100 + 50 + 20);
  assert_string_equal(all_lines(log), "1:later");
}

static void a_line_is_there_within_milliseconds_of_its_writing(void **state) {
  (void)state;
  conu_container_t *container =
      run("", "i=0; while [ $i -lt 20 ]; do date +%s; i=$((i+1)); usleep 50000; done; sleep 60");
  conu_stream_t *log = log_of(container, following());
  next_line(log);
  int64_t before = now_ms();
  for (int i = 1; i < 20; i++) assert_non_null(next_line(log));
  assert_true(now_ms() - before < 19 * 50 + 500);
}

static void a_stream_outlives_the_handles_it_came_from(void **state) {
  (void)state;
  conu_container_t *container, *second = run("", "sleep 0.3; echo late");
  ok(conu_container_from_id(engine, conu_container_get_id(second), NULL, &container, &error));
  conu_stream_t *log = log_of(container, following());
  conu_container_free(container);
  assert_string_equal(all_lines(log), "1:late");
}

static void a_freed_stream_abandons_its_work_at_once(void **state) {
  (void)state;
  conu_stream_t *log;
  ok(conu_container_logs(run("", "sleep 60"), following(), NULL, &log, &error));
  int channel;
  const void *data;
  size_t size;
  fails(CONU_ERROR_TIMEOUT, conu_stream_next(log, 20, NULL, &channel, &data, &size, &error), "");
  int64_t begin = now_ms();
  conu_stream_free(log);
  assert_true(now_ms() - begin < 50);
}

// --- options ---------------------------------------------------------------------------------------------------------

static void tail_gives_the_last_lines(void **state) {
  (void)state;
  conu_container_t *container = ended("seq 1 10");
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_tail(options, 3);
  assert_string_equal(all_lines(log_of(container, options)), "1:8 1:9 1:10");
  conu_logs_options_set_tail(options, 0);
  assert_string_equal(all_lines(log_of(container, options)), "");
  conu_logs_options_set_tail(options, -1);
  contains(all_lines(log_of(container, options)), "1:1 1:2");
}

static void since_and_until_cut_a_log_in_two(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo early; sleep 0.8; echo late");
  conu_stream_t *log = log_of(container, following());
  assert_string_equal(next_line(log), "1:early");
  int64_t between = unix_ms() + 300;
  waited(container);
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_since(options, between);
  assert_string_equal(all_lines(log_of(container, options)), "1:late");
  conu_logs_options_set_since(options, 0);
  conu_logs_options_set_until(options, between);
  assert_string_equal(all_lines(log_of(container, options)), "1:early");
}

static void following_until_a_moment_ends_there(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo early; sleep 1; echo late; sleep 60");
  conu_logs_options_t *options = following();
  conu_logs_options_set_until(options, unix_ms() + 500);
  assert_string_equal(all_lines(log_of(container, options)), "1:early");
}

static void timestamps_stand_before_each_line(void **state) {
  (void)state;
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_timestamps(options, true);
  conu_stream_t *log = log_of(ended("echo a; echo b"), options);
  for (const char *letter = "ab"; *letter != '\0'; letter++) {
    char *line = next_line(log);
    int year, month, day, hour, minute, second;
    assert_int_equal(sscanf(line, "1:%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second), 6);
    assert_true(year >= 2024);
    assert_int_equal(line[strlen(line) - 1], *letter);
    assert_int_equal(line[strlen(line) - 2], ' ');
  }
}

static void one_channel_alone_is_given_on_request(void **state) {
  (void)state;
  conu_container_t *container = ended("echo out; echo err >&2");
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_channels(options, true, false);
  assert_string_equal(all_lines(log_of(container, options)), "1:out");
  conu_logs_options_set_channels(options, false, true);
  assert_string_equal(all_lines(log_of(container, options)), "2:err");
}

static void no_channel_at_all_is_refused(void **state) {
  (void)state;
  conu_logs_options_t *options = log_options();
  conu_logs_options_set_channels(options, false, false);
  conu_stream_t *log;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_logs(ended("true"), options, NULL, &log, &error), "channel");
}

static void the_log_of_a_terminal_comes_by_one_channel(void **state) {
  (void)state;
  conu_container_t *container = by_docker("-t", "echo out; echo err >&2; printf end");
  waited(container);
  assert_string_equal(all_lines(log_of(container, NULL)), "1:out 1:err 1:end");
  assert_string_equal(all_bytes(log_of(container, NULL), CONU_CHANNEL_STDOUT).data, "out\r\nerr\r\nend");
  assert_string_equal(logs(container), "out\r\nerr\r\nend");
}

// --- what goes wrong -------------------------------------------------------------------------------------------------

static void a_log_driver_that_keeps_nothing_is_unsupported(void **state) {
  (void)state;
  conu_container_t *container = by_docker("--log-driver none", "echo unheard");
  conu_stream_t *log;
  fails(CONU_ERROR_UNSUPPORTED, conu_container_logs(container, NULL, NULL, &log, &error), "the container");
  hints("log-driver");
  fails(CONU_ERROR_UNSUPPORTED, conu_container_logs(container, following(), NULL, &log, &error), "the container");
  hints("log-driver");
  void *data;
  size_t size;
  fails(CONU_ERROR_UNSUPPORTED, conu_container_logs_in_bytes(container, NULL, &data, &size, &error), "the container");
}

static void the_log_of_a_removed_container_is_not_found(void **state) {
  (void)state;
  conu_container_t *container = ended("true");
  ok(conu_container_delete(container, true, true, NULL, &error));
  conu_stream_t *log;
  fails(CONU_ERROR_NOT_FOUND, conu_container_logs(container, NULL, NULL, &log, &error), "the container");
  fails(CONU_ERROR_NOT_FOUND, conu_container_logs(container, following(), NULL, &log, &error), "the container");
  // Docker's words for one that is about to go.
  static const struct rule script[] = {
      PING,
      {"/containers/leaving/json", "200 {\"Id\":\"leaving\",\"Name\":\"leaving\",\"Config\":{},\"State\":{}}", GO_ON},
      {"/logs", "409 {\"message\":\"can not get logs from container which is dead or marked for removal\"}", GO_ON},
      END_OF_SCRIPT};
  ok(conu_container_from_id(opened(scripted(script)), "leaving", NULL, &container, &error));
  fails(CONU_ERROR_NOT_FOUND, conu_container_logs(container, NULL, NULL, &log, &error), "marked for removal");
  conu_container_free(container);
}

static void an_engine_that_is_killed_under_a_followed_log_is_an_error_and_no_end(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE"));
  ok(conu_image_pull(image, NULL, NULL, &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("--stop-signal KILL", "echo first; sleep 60"), NULL, &container, &error));
  conu_stream_t *log = log_of(container, following());
  assert_string_equal(next_line(log), "1:first");
  kill_spare(spare);
  int channel;
  const void *data;
  size_t size;
  for (int i = 0; i < 2; i++)
    fails(CONU_ERROR_UNREACHABLE, conu_stream_next_line(log, 10000, NULL, &channel, &data, &size, &error), spare->url);
  hints("restarted");
  start_spare(spare);
  ok(conu_container_delete(container, true, true, NULL, &error));
  conu_container_free(container);
}

static void read_for_ever(void *stream) {
  int channel;
  const void *data;
  size_t size;
  conu_stream_next(stream, 600, NULL, &channel, &data, &size, NULL);
}

static void an_engine_that_is_restarted_under_a_followed_log_breaks_it_off_and_has_the_log_again(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE"));
  ok(conu_image_pull(image, NULL, NULL, &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("", "trap 'echo last; exit' TERM; echo first; sleep 60 & wait"), NULL,
                            &container, &error));
  conu_stream_t *log = log_of(container, following());
  assert_string_equal(next_line(log), "1:first");
  shell("%s stop-engine %s", setting("CONU_TEST_LAB"), spare->name);
  start_spare(spare);
  // An engine that ends its containers when it goes lets the log end with them.
  int channel;
  const void *data = "";
  size_t size;
  conu_status_t status = CONU_OK;
  while (status == CONU_OK && data != NULL)
    status = conu_stream_next_line(log, 10000, NULL, &channel, &data, &size, &error);
  if (status != CONU_OK) {
    fails(CONU_ERROR_UNREACHABLE, status, spare->url);
    hints("restarted");
  }
  // The handles work on.
  assert_string_equal(next_line(log_of(container, log_options())), "1:first");
  ok(conu_container_delete(container, true, true, NULL, &error));
  conu_container_free(container);
}

static void a_second_reader_is_refused(void **state) {
  (void)state;
  conu_stream_t *log = log_of(run("", "sleep 60"), following());
  struct thread *first = in_thread(read_for_ever, log);
  sleep_ms(200);
  int channel;
  const void *data;
  size_t size;
  fails(CONU_ERROR_STATE, conu_stream_next(log, 10, NULL, &channel, &data, &size, &error), "another thread");
  fails(CONU_ERROR_STATE, conu_stream_next_line(log, 10, NULL, &channel, &data, &size, &error), "another thread");
  join(first);
}

static void a_log_takes_no_input_and_has_no_exit_code(void **state) {
  (void)state;
  conu_stream_t *log = log_of(ended("true"), NULL);
  size_t written;
  int exit_code;
  fails(CONU_ERROR_STATE, conu_stream_write(log, "a", 1, -1, NULL, &written, &error), "takes no input");
  fails(CONU_ERROR_STATE, conu_stream_close_write(log, NULL, &error), "takes no input");
  fails(CONU_ERROR_STATE, conu_stream_resize(log, 24, 80, NULL, &error), "no terminal");
  fails(CONU_ERROR_STATE, conu_stream_get_exit_code(log, NULL, &exit_code, &error), "not at its end");
  assert_null(next_line(log));
  fails(CONU_ERROR_STATE, conu_stream_get_exit_code(log, NULL, &exit_code, &error), "no exit code");
}

static conu_stream_t *of_the_parent;

static void read_in_the_child(void) {
  int channel;
  const void *data;
  size_t size;
  child_expects(conu_stream_next(of_the_parent, 100, NULL, &channel, &data, &size, NULL) == CONU_ERROR_STATE);
  child_expects(conu_stream_next_line(of_the_parent, 100, NULL, &channel, &data, &size, NULL) == CONU_ERROR_STATE);
  conu_stream_free(of_the_parent);
}

static void a_forked_child_leaves_its_parents_stream_alone(void **state) {
  (void)state;
  of_the_parent = log_of(run("", "echo a; echo b; sleep 0.5; echo c"), following());
  assert_string_equal(next_line(of_the_parent), "1:a");
  in_child(read_in_the_child);
  assert_string_equal(all_lines(of_the_parent), "1:b 1:c");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_log_is_read_by_line_with_its_channel),
      TEST(a_log_is_read_by_piece_as_it_was_written),
      TEST(pieces_go_on_behind_the_last_line),
      TEST(the_end_is_told_as_often_as_it_is_asked_for),
      TEST(a_line_of_three_megabytes_comes_in_parts),
      TEST(bytes_of_a_log_come_untouched),
      TEST(a_log_of_twenty_megabytes_takes_little_memory),
      TEST(a_followed_log_gives_lines_as_they_are_written_and_ends_with_the_container),
      TEST(no_line_is_lost_at_the_end_of_a_container_that_dies),
      TEST(a_long_log_is_followed_whole_after_the_end_of_its_container),
      TEST(a_slow_reader_of_a_followed_log_loses_nothing),
      TEST(no_line_is_lost_of_a_container_that_removes_itself),
      TEST(a_log_that_is_followed_for_ever_ends_with_its_container),
      TEST(a_reader_that_gives_up_often_comes_to_the_end_all_the_same),
      TEST(a_log_that_is_followed_for_ever_may_be_left),
      TEST(a_reader_that_gives_up_waiting_finds_what_comes_later),
      TEST(a_cancel_ends_the_waiting_and_not_the_stream),
      TEST(a_line_is_there_within_milliseconds_of_its_writing),
      TEST(a_stream_outlives_the_handles_it_came_from),
      TEST(a_freed_stream_abandons_its_work_at_once),
      TEST(tail_gives_the_last_lines),
      TEST(since_and_until_cut_a_log_in_two),
      TEST(following_until_a_moment_ends_there),
      TEST(timestamps_stand_before_each_line),
      TEST(one_channel_alone_is_given_on_request),
      TEST(no_channel_at_all_is_refused),
      TEST(the_log_of_a_terminal_comes_by_one_channel),
      TEST(a_log_driver_that_keeps_nothing_is_unsupported),
      TEST(the_log_of_a_removed_container_is_not_found),
      TEST(an_engine_that_is_killed_under_a_followed_log_is_an_error_and_no_end),
      TEST(an_engine_that_is_restarted_under_a_followed_log_breaks_it_off_and_has_the_log_again),
      TEST(a_second_reader_is_refused),
      TEST(a_log_takes_no_input_and_has_no_exit_code),
      TEST(a_forked_child_leaves_its_parents_stream_alone),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
