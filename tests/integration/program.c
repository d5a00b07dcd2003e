// Containers that the docker program runs, in the background and in the foreground.
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "streams.h"

static const unsigned outputs = CONU_STDOUT_PIPE | CONU_STDERR_PIPE;
static const unsigned all = CONU_STDIN_PIPE | CONU_STDOUT_PIPE | CONU_STDERR_PIPE;

static conu_container_t *by_binary(conu_run_builder_t *of) {
  conu_container_t *container;
  ok(conu_image_run_via_binary(busybox, of, NULL, &container, &error));
  return kept_container(container);
}

static conu_container_t *in_foreground(conu_run_builder_t *of, unsigned stdio) {
  conu_container_t *container;
  ok(conu_image_run_via_binary_in_foreground(busybox, of, stdio, NULL, NULL, &container, &error));
  return kept_container(container);
}

static conu_stream_t *output(conu_container_t *container) {
  conu_stream_t *stream;
  ok(conu_container_get_process_stream(container, NULL, &stream, &error));
  return kept_stream(stream);
}

static void feed(conu_container_t *container, const char *bytes) {
  size_t written;
  ok(conu_container_write_to_stdin(container, bytes, strlen(bytes), 10000, NULL, &written, &error));
  assert_int_equal(written, strlen(bytes));
}

static int program_code(conu_container_t *container) {
  int exit_code;
  ok(conu_container_wait_process(container, 30000, NULL, &exit_code, &error));
  return exit_code;
}

static bool is_running(conu_container_t *container) {
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  return running;
}

static bool has_children(void) { return waitpid(-1, NULL, WNOHANG) >= 0; }

// --- in the background -----------------------------------------------------------------------------------------------

static void the_program_runs_it_in_the_background(void **state) {
  (void)state;
  conu_container_t *container = by_binary(builder("--env WORD=hello --workdir /tmp", "echo $WORD; pwd; exit 3"));
  assert_int_equal(strlen(conu_container_get_id(container)), 64);
  assert_int_equal(waited(container), 3);
  assert_string_equal(logs(container), "hello\n/tmp\n");
  assert_false(has_children());
}

static void it_carries_the_labels_of_the_session(void **state) {
  (void)state;
  const char *format =
      "{{index .Config.Labels \"conu.session\"}} {{index .Config.Labels \"conu.test_artifact\"}}"
      " {{index .Config.Labels \"conu.pid\"}} {{index .Config.Labels \"conu.boot\"}}"
      " {{index .Config.Labels \"conu.start\"}}";
  char *by_api = inspected(run("", "true"), format);
  assert_string_equal(inspected(by_binary(builder("", "true")), format), by_api);
  assert_string_equal(inspected(in_foreground(builder("", "true"), all), format), by_api);
}

static void an_image_runs_without_a_builder(void **state) {
  (void)state;
  conu_container_t *container;
  ok(conu_image_run_via_binary(busybox, NULL, NULL, &container, &error));
  assert_int_equal(waited(kept_container(container)), 0);
}

static void it_has_the_name_that_the_builder_gives(void **state) {
  (void)state;
  char *name = fresh("named");
  conu_container_t *container = by_binary(builder(text("--name %s", name), "exec sleep 60"));
  assert_string_equal(conu_container_get_name(container), name);
  contains(inspected(container, "{{.Name}}"), name);
}

static void without_a_name_it_has_one_of_ours(void **state) {
  (void)state;
  conu_container_t *container = by_binary(builder("", "exec sleep 60"));
  contains(inspected(container, "{{.Name}}"), conu_container_get_name(container));
}

static void remove_volume(void *name) { ask("DELETE", text("/volumes/%s", (char *)name)); }

static void volumes_that_it_names_are_marked(void **state) {
  (void)state;
  char *name = fresh("volume");
  put_off(remove_volume, name);
  conu_container_t *container = by_binary(builder(text("--volume %s:/data", name), "echo kept >/data/file"));
  assert_int_equal(waited(container), 0);
  contains(ask("GET", text("/volumes/%s", name)), "conu.session");
}

static void the_environment_does_not_point_the_program_elsewhere(void **state) {
  (void)state;
  set_variable("DOCKER_HOST", "tcp://127.0.0.1:1");
  set_variable("DOCKER_CONTEXT", "nowhere");
  set_variable("DOCKER_TLS_VERIFY", "1");
  set_variable("CONTAINER_HOST", "tcp://127.0.0.1:1");
  assert_int_equal(waited(by_binary(builder("", "exit 5"))), 5);
  assert_int_equal(program_code(in_foreground(builder("", "exit 6"), outputs)), 6);
}

static void an_engine_behind_tls_is_reached_by_the_program_too(void **state) {
  (void)state;
  if (on_podman()) return;  // the lab's Docker alone speaks TLS
  set_variable("DOCKER_CERT_PATH", setting("CONU_TEST_TLS_CERTIFICATES"));
  conu_engine_t *secure = opened(setting("CONU_TEST_TLS_HOST"));
  set_variable("DOCKER_CERT_PATH", NULL);
  conu_container_t *container;
  ok(conu_image_run_via_binary(image_of(secure, setting("CONU_TEST_IMAGE")), builder("", "exit 5"), NULL, &container,
                               &error));
  assert_int_equal(waited(kept_container(container)), 5);
}

static conu_run_builder_t *with_binary(const char *binary) {
  conu_run_builder_t *result = builder("", "echo done");
  ok(conu_run_builder_set_binary(result, binary, &error));
  return result;
}

static void podman_runs_its_own(void **state) {
  (void)state;
  if (!on_podman()) return;  // it does not speak to Docker
  conu_container_t *container = by_binary(with_binary("podman"));
  assert_int_equal(waited(container), 0);
  conu_container_t *other = in_foreground(with_binary("/usr/bin/podman"), outputs);
  assert_string_equal(all_lines(output(other)), "1:done");
  assert_int_equal(program_code(other), 0);
}

static void options_that_podman_alone_has_are_left_to_it(void **state) {
  (void)state;
  if (!on_podman()) return;
  conu_run_builder_t *only = builder(text("--name %s --systemd=false", fresh("only")), "echo done");
  ok(conu_run_builder_set_binary(only, "podman", &error));
  conu_container_t *container = by_binary(only);
  contains(conu_container_get_name(container), "only");
  ok(conu_container_delete(container, true, true, NULL, &error));
  container = in_foreground(only, outputs);
  contains(conu_container_get_name(container), "only");
  assert_string_equal(all_lines(output(container)), "1:done");
}

// --- a start that fails ----------------------------------------------------------------------------------------------

static void a_failing_start_tells_what_the_program_said(void **state) {
  (void)state;
  conu_container_t *container;
  conu_run_builder_t *unknown = builder("--no-such-option", "true");
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_run_via_binary(busybox, unknown, NULL, &container, &error),
        "no-such-option");
  says("exit code 125");
  details("\"exit_code\":125");
  details("no-such-option");
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_run_via_binary_in_foreground(busybox, unknown, all, NULL, NULL, &container, &error),
        "no-such-option");
  details("\"exit_code\":125");
  assert_false(has_children());
}

static void an_image_that_is_nowhere_is_a_failing_start(void **state) {
  (void)state;
  conu_image_t *missing = image_named(text("%s/conu/nowhere:1", setting("CONU_TEST_REGISTRY")));
  conu_container_t *container;
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_run_via_binary(missing, NULL, NULL, &container, &error), "conu/nowhere");
  details("\"exit_code\":125");
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_run_via_binary_in_foreground(missing, NULL, outputs, NULL, NULL, &container, &error),
        "conu/nowhere");
}

static void a_name_in_use_is_a_failing_start_and_its_owner_stays(void **state) {
  (void)state;
  conu_container_t *owner = by_binary(builder("", "exec sleep 60")), *container;
  const char *name = conu_container_get_name(owner);
  conu_run_builder_t *same = builder(text("--name %s", name), "true");
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_run_via_binary(busybox, same, NULL, &container, &error), "in use");
  hints("name is taken");
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_run_via_binary_in_foreground(busybox, NULL, all, name, NULL, &container, &error), "in use");
  assert_true(is_running(owner));
}

static void a_command_that_is_missing_leaves_nothing_behind(void **state) {
  (void)state;
  conu_run_builder_t *missing;
  char *volume = fresh("volume");
  conu_string_list_t *options = words(text("--volume %s:/data", volume));
  ok(conu_run_builder_new(words("no-such-command"), options, &missing, &error));
  conu_container_t *container;
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_run_via_binary(busybox, missing, NULL, &container, &error),
        "no-such-command");
  if (!on_podman()) hints("see the command");
  // Attached to Podman, the docker program hears of a conflict alone.
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_run_via_binary_in_foreground(busybox, missing, outputs, NULL, NULL, &container, &error),
        on_podman() ? "exit code 1" : "no-such-command");
  conu_run_builder_free(missing);
}

static void no_program_is_told_with_advice(void **state) {
  (void)state;
  conu_container_t *container;
  fails(CONU_ERROR_COMMAND_MISSING,
        conu_image_run_via_binary(busybox, with_binary("/no/such/docker"), NULL, &container, &error),
        "/no/such/docker");
  hints("run_via_api");
  set_variable("PATH", "/nonexistent");
  fails(CONU_ERROR_COMMAND_MISSING, conu_image_run_via_binary(busybox, NULL, NULL, &container, &error), "docker");
  hints("install");
  fails(CONU_ERROR_COMMAND_MISSING,
        conu_image_run_via_binary_in_foreground(busybox, NULL, all, NULL, NULL, &container, &error), "podman");
}

static void a_program_that_runs_no_container_is_a_failure(void **state) {
  (void)state;
  conu_container_t *container;
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_run_via_binary(busybox, with_binary("true"), NULL, &container, &error),
        "no ID");
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_run_via_binary_in_foreground(busybox, with_binary("true"), all, NULL, NULL, &container, &error),
        "true run failed with exit code 0");
}

// --- in the foreground -----------------------------------------------------------------------------------------------

static void outputs_come_apart_and_the_exit_code_with_them(void **state) {
  (void)state;
  conu_container_t *container = in_foreground(builder("", "printf out; printf err >&2; exit 7"), outputs);
  conu_stream_t *stream = output(container);
  char *lines = all_lines(stream);
  contains(lines, "1:out");
  contains(lines, "2:err");
  assert_int_equal(program_code(container), 7);
  assert_int_equal(program_code(container), 7);
  assert_int_equal(waited(container), 7);
  size_t written;
  fails(CONU_ERROR_STATE, conu_stream_write(stream, "x", 1, 0, NULL, &written, &error), "takes no input");
  hints("conu_container_write_to_stdin");
}

static void the_container_is_known_and_runs_while_it_is_talked_to(void **state) {
  (void)state;
  conu_container_t *container = in_foreground(builder("-i", "cat; echo the end; exit 9"), all);
  assert_int_equal(strlen(conu_container_get_id(container)), 64);
  assert_true(is_running(container));
  conu_stream_t *stream = output(container);
  for (int i = 0; i < 20; i++) {
    feed(container, text("line %d\n", i));
    assert_string_equal(next_line(stream), text("1:line %d", i));
  }
  assert_true(is_silent(stream, 50));
  ok(conu_container_close_stdin(container, NULL, &error));
  assert_string_equal(all_lines(stream), "1:the end");
  assert_int_equal(program_code(container), 9);
}

static void an_input_that_is_piped_is_open_in_the_container(void **state) {
  (void)state;
  conu_container_t *container = in_foreground(builder("", "cat; exit 3"), CONU_STDIN_PIPE | CONU_STDOUT_PIPE);
  conu_stream_t *stream;
  size_t written;
  int exit_code;
  ok(conu_container_write_to_stdin(container, "hello\n", 6, 10000, NULL, &written, &error));
  ok(conu_container_close_stdin(container, NULL, &error));
  ok(conu_container_get_process_stream(container, NULL, &stream, &error));
  assert_string_equal(all_lines(kept_stream(stream)), "1:hello");
  ok(conu_container_wait_process(container, 30000, NULL, &exit_code, &error));
  assert_int_equal(exit_code, 3);
}

static void an_input_that_is_not_open_takes_nothing(void **state) {
  (void)state;
  size_t written;
  int exit_code;
  conu_stream_t *stream;
  conu_container_t *other = run("", "exec sleep 60");
  fails(CONU_ERROR_STATE, conu_container_write_to_stdin(other, "x", 1, -1, NULL, &written, &error), "foreground");
  fails(CONU_ERROR_STATE, conu_container_close_stdin(other, NULL, &error), "foreground");
  fails(CONU_ERROR_STATE, conu_container_wait_process(other, -1, NULL, &exit_code, &error), "foreground");
  fails(CONU_ERROR_STATE, conu_container_get_process_stream(other, NULL, &stream, &error), "foreground");

  conu_container_t *unpiped = in_foreground(builder("", "true"), CONU_STDOUT_PIPE);
  fails(CONU_ERROR_STATE, conu_container_write_to_stdin(unpiped, "x", 1, -1, NULL, &written, &error), "no input");
  hints("CONU_STDIN_PIPE");
  fails(CONU_ERROR_STATE, conu_container_close_stdin(unpiped, NULL, &error), "no input");

  conu_container_t *closed = in_foreground(builder("-i", "cat"), CONU_STDIN_PIPE | outputs);
  ok(conu_container_close_stdin(closed, NULL, &error));
  fails(CONU_ERROR_STATE, conu_container_write_to_stdin(closed, "x", 1, -1, NULL, &written, &error), "closed");
  fails(CONU_ERROR_STATE, conu_container_close_stdin(closed, NULL, &error), "closed");

  conu_container_t *ended = in_foreground(builder("-i", "true"), CONU_STDIN_PIPE | outputs);
  program_code(ended);
  fails(CONU_ERROR_STATE, conu_container_write_to_stdin(ended, "x", 1, -1, NULL, &written, &error), "ended");
  assert_int_equal(written, 0);
}

static void the_output_is_given_out_once_and_where_it_is_piped(void **state) {
  (void)state;
  conu_stream_t *stream;
  conu_container_t *container = in_foreground(builder("-i", "cat"), CONU_STDIN_PIPE);
  fails(CONU_ERROR_STATE, conu_container_get_process_stream(container, NULL, &stream, &error), "does not come to us");
  container = in_foreground(builder("", "echo err >&2"), CONU_STDERR_PIPE);
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  fails(CONU_ERROR_CANCELLED, conu_container_get_process_stream(container, cancel, &stream, &error), "cancelled");
  assert_string_equal(all_lines(output(container)), "2:err");
  fails(CONU_ERROR_STATE, conu_container_get_process_stream(container, NULL, &stream, &error), "given out already");
}

static void a_wait_in_vain_may_be_repeated(void **state) {
  (void)state;
  conu_container_t *container = in_foreground(builder("-i", "cat; exit 8"), CONU_STDIN_PIPE);
  int exit_code;
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_process(container, 100, NULL, &exit_code, &error), "still runs");
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 100);
  fails(CONU_ERROR_CANCELLED, conu_container_wait_process(container, -1, cancel, &exit_code, &error), "cancelled");
  assert_in_range(now_ms() - start, 190, 1500);
  ok(conu_container_close_stdin(container, NULL, &error));
  assert_int_equal(program_code(container), 8);
}

static void a_write_to_one_that_does_not_read_ends_at_its_deadline(void **state) {
  (void)state;
  conu_container_t *container = in_foreground(builder("-i", "exec sleep 60"), CONU_STDIN_PIPE);
  const size_t size = 16 << 20;
  char *much = calloc(1, size);
  size_t written;
  conu_status_t status = conu_container_write_to_stdin(container, much, size, 300, NULL, &written, &error);
  free(much);
  fails(CONU_ERROR_TIMEOUT, status, "within 300 ms");
  assert_in_range(written, 1, size - 1);
}

static void the_name_is_given_and_checked(void **state) {
  (void)state;
  char *name = fresh("named");
  conu_container_t *container;
  ok(conu_image_run_via_binary_in_foreground(busybox, builder("", "true"), 0, name, NULL, &container, &error));
  kept_container(container);
  assert_string_equal(conu_container_get_name(container), name);
  contains(inspected(container, "{{.Name}}"), name);
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_run_via_binary_in_foreground(busybox, builder("--name other", "true"), 0, name, NULL, &container,
                                                &error),
        "\"other\"");
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_run_via_binary_in_foreground(busybox, NULL, 0, "-x y", NULL, &container, &error), "cannot be");
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_run_via_binary_in_foreground(busybox, NULL, 8, NULL, NULL, &container, &error), "stdio");
}

static void one_that_removes_itself_is_known_all_the_same(void **state) {
  (void)state;
  conu_run_builder_t *short_lived = builder("--rm", "echo short; exit 7");
  // The docker program does not learn this code from Podman.
  if (on_podman()) ok(conu_run_builder_set_binary(short_lived, "podman", &error));
  conu_container_t *container = in_foreground(short_lived, outputs);
  assert_string_equal(all_lines(output(container)), "1:short");
  assert_int_equal(program_code(container), 7);
  for (int i = 0; i < 500 && container_exists(conu_container_get_id(container)); i++) sleep_ms(10);
  assert_false(container_exists(conu_container_get_id(container)));
}

static void a_file_for_the_id_of_the_builders_own_is_written(void **state) {
  (void)state;
  char *path = text("%s/id", fresh_folder());
  conu_container_t *container = in_foreground(builder(text("--cidfile %s", path), "exec sleep 60"), outputs);
  assert_string_equal(shell("cat %s", path), conu_container_get_id(container));
}

// --- what is left, and what is not -----------------------------------------------------------------------------------

static int open_descriptors(void) {
  DIR *folder = opendir("/proc/self/fd");
  int count = -1;  // its own
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

static void nothing_is_left_of_the_program_when_its_handle_is_freed(void **state) {
  (void)state;
  program_code(in_foreground(builder("", "true"), outputs));  // what is kept warm is there
  int before = open_descriptors();
  conu_container_t *container;
  ok(conu_image_run_via_binary_in_foreground(busybox, builder("-i", "cat"), all, NULL, NULL, &container, &error));
  conu_stream_t *stream;
  ok(conu_container_get_process_stream(container, NULL, &stream, &error));
  char *id = text("%s", conu_container_get_id(container));
  assert_true(has_children());
  conu_container_free(container);
  assert_false(has_children());
  int channel;
  const void *data;
  size_t size;
  ok(conu_stream_next(stream, 10000, NULL, &channel, &data, &size, &error));
  assert_null(data);
  conu_stream_free(stream);
  assert_int_equal(open_descriptors(), before);
  assert_true(container_exists(id));
  // It may be just about to start, when an engine refuses to remove it by one plain request.
  ok(conu_container_from_id(engine, id, NULL, &container, &error));
  kept_container(container);
  ok(conu_container_delete(container, true, true, NULL, &error));
}

static void the_program_has_its_streams_and_no_other_descriptor(void **state) {
  (void)state;
  char *folder = fresh_folder();
  char *script = file_in(folder, "docker", text("#!/bin/sh\nls /proc/$$/fd >%s/fds\nexec docker \"$@\"\n", folder));
  assert_int_equal(chmod(script, 0755), 0);
  int inherited = dup2(STDERR_FILENO, 77);  // not close-on-exec
  conu_container_t *first = in_foreground(builder("-i", "cat"), all), *container;
  conu_run_builder_t *scripted = with_binary(script);
  ok(conu_image_run_via_binary_in_foreground(busybox, scripted, all, NULL, NULL, &container, &error));
  close(inherited);
  kept_container(container);
  assert_string_equal(shell("grep -v '^1.$' %s/fds | tr '\\n' ' '", folder),
                      "0 1 2 ");  // 10 and 11 are the shell's own
  // Nor has it the input of the first, which would not end then.
  ok(conu_container_close_stdin(first, NULL, &error));
  assert_int_equal(program_code(first), 0);
}

static void no_signal_handler_is_installed(void **state) {
  (void)state;
  program_code(in_foreground(builder("", "true"), outputs));
  struct sigaction action;
  assert_int_equal(sigaction(SIGCHLD, NULL, &action), 0);
  assert_true(action.sa_handler == SIG_DFL);
  assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
  assert_true(action.sa_handler == SIG_DFL);
}

static conu_container_t *of_parent;

static void use_it_in_the_child(void) {
  size_t written;
  int exit_code;
  conu_stream_t *stream;
  child_expects(conu_container_write_to_stdin(of_parent, "x", 1, -1, NULL, &written, NULL) == CONU_ERROR_STATE);
  child_expects(conu_container_close_stdin(of_parent, NULL, NULL) == CONU_ERROR_STATE);
  child_expects(conu_container_wait_process(of_parent, -1, NULL, &exit_code, NULL) == CONU_ERROR_STATE);
  child_expects(conu_container_get_process_stream(of_parent, NULL, &stream, NULL) == CONU_ERROR_STATE);
  conu_container_free(of_parent);
}

static void a_forked_child_leaves_the_program_alone(void **state) {
  (void)state;
  of_parent = in_foreground(builder("-i", "cat; exit 4"), all);
  in_child(use_it_in_the_child);
  feed(of_parent, "still there");
  ok(conu_container_close_stdin(of_parent, NULL, &error));
  assert_string_equal(all_lines(output(of_parent)), "1:still there");
  assert_int_equal(program_code(of_parent), 4);
}

static void a_cancel_during_the_start_leaves_nothing(void **state) {
  (void)state;
  static const int moments[] = {1, 30, 60, 120, 250};
  conu_run_builder_t *slow = builder("--volume /data", "exec sleep 60");
  for (size_t i = 0; i < 2 * sizeof moments / sizeof *moments; i++) {
    conu_cancel_t *cancel = new_cancel();
    trigger_after(cancel, moments[i / 2]);
    conu_container_t *container = NULL;
    int64_t start = now_ms();
    conu_status_t status =
        i % 2 == 0 ? conu_image_run_via_binary(busybox, slow, cancel, &container, &error)
                   : conu_image_run_via_binary_in_foreground(busybox, slow, all, NULL, cancel, &container, &error);
    assert_true(now_ms() - start < 5500);
    if (status == CONU_OK)
      kept_container(container);
    else
      fails(CONU_ERROR_CANCELLED, status, "cancelled");
    assert_true(status == CONU_OK || !has_children());
  }
}

static void a_cancel_during_the_programs_own_pull_ends_it_soon(void **state) {
  (void)state;
  conu_image_t *slow = image_named(in_registry("CONU_TEST_SLOW_REGISTRY", "conu/random"));
  conu_container_t *container;
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 500);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED,
        conu_image_run_via_binary_in_foreground(slow, NULL, outputs, NULL, cancel, &container, &error), "cancelled");
  assert_in_range(now_ms() - start, 500, 4500);
  assert_false(has_children());
}

struct end {
  conu_container_t *container;
  size_t bytes;
};

static void write_much(void *argument) {
  struct end *end = argument;
  static char block[100000];
  for (int i = 0; i < 500; i++) {
    size_t written = 0;
    memset(block, i, sizeof block);
    if (conu_container_write_to_stdin(end->container, block, sizeof block, 20000, NULL, &written, NULL)) break;
    end->bytes += written;
  }
  conu_container_close_stdin(end->container, NULL, NULL);
}

static void two_threads_send_fifty_megabytes_through_it(void **state) {
  (void)state;
  const size_t size = 50000000;
  struct end writer = {in_foreground(builder("-i", "cat"), all), 0};
  struct thread *thread = in_thread(write_much, &writer);
  struct bytes got = all_bytes(output(writer.container), CONU_CHANNEL_STDOUT);
  join(thread);
  assert_int_equal(writer.bytes, size);
  assert_int_equal(got.size, size);
  for (size_t i = 0; i < size; i += 9973) assert_int_equal(got.data[i], (char)(i / 100000));
  assert_int_equal(program_code(writer.container), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_program_runs_it_in_the_background),
      TEST(it_carries_the_labels_of_the_session),
      TEST(an_image_runs_without_a_builder),
      TEST(it_has_the_name_that_the_builder_gives),
      TEST(without_a_name_it_has_one_of_ours),
      TEST(volumes_that_it_names_are_marked),
      TEST(the_environment_does_not_point_the_program_elsewhere),
      TEST(an_engine_behind_tls_is_reached_by_the_program_too),
      TEST(podman_runs_its_own),
      TEST(options_that_podman_alone_has_are_left_to_it),
      TEST(a_failing_start_tells_what_the_program_said),
      TEST(an_image_that_is_nowhere_is_a_failing_start),
      TEST(a_name_in_use_is_a_failing_start_and_its_owner_stays),
      TEST(a_command_that_is_missing_leaves_nothing_behind),
      TEST(no_program_is_told_with_advice),
      TEST(a_program_that_runs_no_container_is_a_failure),
      TEST(outputs_come_apart_and_the_exit_code_with_them),
      TEST(the_container_is_known_and_runs_while_it_is_talked_to),
      TEST(an_input_that_is_piped_is_open_in_the_container),
      TEST(an_input_that_is_not_open_takes_nothing),
      TEST(the_output_is_given_out_once_and_where_it_is_piped),
      TEST(a_wait_in_vain_may_be_repeated),
      TEST(a_write_to_one_that_does_not_read_ends_at_its_deadline),
      TEST(the_name_is_given_and_checked),
      TEST(one_that_removes_itself_is_known_all_the_same),
      TEST(a_file_for_the_id_of_the_builders_own_is_written),
      TEST(nothing_is_left_of_the_program_when_its_handle_is_freed),
      TEST(the_program_has_its_streams_and_no_other_descriptor),
      TEST(no_signal_handler_is_installed),
      TEST(a_forked_child_leaves_the_program_alone),
      TEST(a_cancel_during_the_start_leaves_nothing),
      TEST(a_cancel_during_the_programs_own_pull_ends_it_soon),
      TEST(two_threads_send_fifty_megabytes_through_it),
  };
  return RUN_LAB_TESTS(tests);
}
