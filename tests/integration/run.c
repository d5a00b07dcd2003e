// Containers: running them with each option, their end, their log, stopping, killing, removing.
#include <unistd.h>

#include "lab.h"

static conu_container_t *failed;  // of runs that must fail

static conu_status_t try_run(conu_image_t *image, conu_run_builder_t *options, conu_cancel_t *cancel) {
  return conu_image_run_via_api(image, options, cancel, &failed, &error);
}

// --- running ---------------------------------------------------------------------------------------------------------

static void a_run_gives_a_container_with_its_output_and_exit_code(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo out; echo err >&2; exit 7");
  assert_int_equal(waited(container), 7);
  char *log = logs(container);
  contains(log, "out\n");
  contains(log, "err\n");
  int code;
  ok(conu_container_exit_code(container, NULL, &code, &error));
  assert_int_equal(code, 7);
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_false(running);
  assert_int_equal(strlen(conu_container_get_id(container)), 64);
}

static void a_run_without_a_builder_runs_the_image_as_it_is(void **state) {
  (void)state;
  conu_container_t *container;
  ok(conu_image_run_via_api(busybox, NULL, NULL, &container, &error));
  kept_container(container);
  assert_string_equal(inspected(container, "{{.Path}}"), "sh");
}

static void a_run_of_an_image_by_its_id_works(void **state) {
  (void)state;
  char *id;
  ok(conu_image_get_id(busybox, NULL, &id, &error));
  conu_image_t *image;
  ok(conu_image_from_id(engine, taken(id), NULL, &image, &error));
  kept_image(image);
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("", "echo by id"), NULL, &container, &error));
  assert_int_equal(waited(kept_container(container)), 0);
}

static void the_name_is_the_one_that_was_asked_for(void **state) {
  (void)state;
  char *name = fresh("conu-named");
  conu_container_t *container = run(text("--name %s", name), "true");
  assert_string_equal(conu_container_get_name(container), name);
  assert_string_equal(inspected(container, "{{.Name}}"), text("/%s", name));
}

static void a_container_without_a_name_gets_one_that_tells_its_maker(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  contains(conu_container_get_name(container), "conu-");
  assert_string_equal(inspected(container, "{{.Name}}"), text("/%s", conu_container_get_name(container)));
}

static void environment_folder_and_user_are_those_of_the_options(void **state) {
  (void)state;
  set_variable("CONU_TEST_INHERITED", "from the host");
  conu_container_t *container =
      run("-e KEY=value --env=EMPTY= -e CONU_TEST_INHERITED -w /etc -u 1234:5678", "pwd; id -u; id -g; env");
  assert_int_equal(waited(container), 0);
  char *log = logs(container);
  contains(log, "/etc\n1234\n5678\n");
  contains(log, "KEY=value\n");
  contains(log, "EMPTY=\n");
  contains(log, "CONU_TEST_INHERITED=from the host\n");
}

static void an_entrypoint_takes_the_place_of_the_images_own(void **state) {
  (void)state;
  conu_run_builder_t *options = builder("--entrypoint echo", NULL);
  ok(conu_run_builder_add_argument(options, "from the entrypoint", &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(busybox, options, NULL, &container, &error));
  assert_int_equal(waited(kept_container(container)), 0);
  assert_string_equal(logs(container), "from the entrypoint\n");
}

static void a_container_of_network_none_has_its_loopback_alone(void **state) {
  (void)state;
  conu_container_t *container = run("--network none", "ls /sys/class/net");
  assert_int_equal(waited(container), 0);
  assert_string_equal(logs(container), "lo\n");
}

static void a_published_port_has_a_port_of_the_host(void **state) {
  (void)state;
  conu_container_t *container = run("-p 127.0.0.1::8080", "exec sleep 60");
  const char *port = inspected(container, "{{(index (index .NetworkSettings.Ports \"8080/tcp\") 0).HostPort}}");
  assert_true(atoi(port) > 0);
}

static void a_port_of_the_host_that_is_taken_is_a_conflict(void **state) {
  (void)state;
  run("-p 127.0.0.1:18999:80", "exec sleep 60");
  conu_container_t *second;
  char *name = fresh("conu-second");
  fails(CONU_ERROR_CONFLICT,
        conu_image_run_via_api(busybox, builder(text("--name %s -p 127.0.0.1:18999:80", name), "exec sleep 60"), NULL,
                               &second, &error),
        "18999");
  says(name);
  hints("something else has this port");
  assert_false(container_exists(name));
}

static void a_folder_of_the_host_is_mounted_where_the_option_says(void **state) {
  (void)state;
  char *folder = fresh_folder();
  file_in(folder, "greeting", "from the host\n");
  conu_container_t *container =
      run(text("-v %s:/mnt:ro", folder), "cat /mnt/greeting; touch /mnt/new 2>/dev/null || echo read-only");
  assert_int_equal(waited(container), 0);
  assert_string_equal(logs(container), "from the host\nread-only\n");
}

static void add_volume_mounts_like_the_option(void **state) {
  (void)state;
  char *folder = fresh_folder();
  file_in(folder, "greeting", "from the host\n");
  conu_run_builder_t *options = builder("", "cat /mnt/greeting");
  ok(conu_run_builder_add_volume(options, folder, "/mnt", "ro", &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(busybox, options, NULL, &container, &error));
  assert_int_equal(waited(kept_container(container)), 0);
  assert_string_equal(logs(container), "from the host\n");
}

static void remove_volume(void *name) { ask("DELETE", text("/volumes/%s?force=1", (char *)name)); }

static void a_named_volume_that_is_new_carries_the_marks_of_the_session(void **state) {
  (void)state;
  char *volume = fresh("conu-volume");
  put_off(remove_volume, volume);
  conu_container_t *container = run(text("-v %s:/data", volume), "echo kept > /data/file");
  assert_int_equal(waited(container), 0);
  const char *document = ask("GET", text("/volumes/%s", volume));
  contains(document, "\"conu.session\":\"");
  contains(document, "\"conu.test_artifact\":\"true\"");
  conu_container_t *second = run(text("-v %s:/data", volume), "cat /data/file");
  assert_int_equal(waited(second), 0);
  assert_string_equal(logs(second), "kept\n");
}

static void a_volume_that_exists_is_used_as_it_is(void **state) {
  (void)state;
  char *volume = fresh("users-volume");
  put_off(remove_volume, volume);
  shell("docker --host %s volume create %s", setting("CONU_HOST"), volume);
  assert_int_equal(waited(run(text("-v %s:/data", volume), "true")), 0);
  lacks(ask("GET", text("/volumes/%s", volume)), "conu.session");
}

static void a_container_carries_the_marks_of_the_session_and_its_own_labels(void **state) {
  (void)state;
  conu_container_t *container = run("-l mine=1 --label empty", "true");
  assert_string_equal(inspected(container, "{{index .Config.Labels \"mine\"}}"), "1");
  assert_string_equal(inspected(container, "{{index .Config.Labels \"conu.test_artifact\"}}"), "true");
  assert_string_equal(inspected(container, "{{index .Config.Labels \"conu.pid\"}}"), text("%d", getpid()));
  assert_int_equal(strlen(inspected(container, "{{index .Config.Labels \"conu.session\"}}")), 36);
  assert_int_equal(strlen(inspected(container, "{{index .Config.Labels \"conu.boot\"}}")), 36);
  assert_true(atoll(inspected(container, "{{index .Config.Labels \"conu.start\"}}")) > 0);
}

static void two_containers_of_a_process_are_of_one_session(void **state) {
  (void)state;
  const char *session = inspected(run("", "true"), "{{index .Config.Labels \"conu.session\"}}");
  assert_string_equal(inspected(run("", "true"), "{{index .Config.Labels \"conu.session\"}}"), session);
}

static void a_container_that_removes_itself_is_gone_after_its_end(void **state) {
  (void)state;
  conu_container_t *container = run("--rm", "sleep 1; exit 3");
  assert_int_equal(waited(container), 3);
  for (int i = 0; i < 100 && container_exists(conu_container_get_id(container)); i++) sleep_ms(100);
  bool running;
  fails(CONU_ERROR_NOT_FOUND, conu_container_is_running(container, NULL, &running, &error),
        conu_container_get_name(container));
  answered(404);
}

// --- runs that fail --------------------------------------------------------------------------------------------------

static void a_name_in_use_is_a_conflict_and_the_other_container_stays(void **state) {
  (void)state;
  char *name = fresh("conu-taken");
  conu_container_t *first = run(text("--name %s", name), "exec sleep 60");
  fails(CONU_ERROR_CONFLICT, try_run(busybox, builder(text("--name %s", name), "true"), NULL), name);
  hints("choose another");
  assert_null(failed);
  bool running;
  ok(conu_container_is_running(first, NULL, &running, &error));
  assert_true(running);
}

static void an_image_that_is_not_there_is_not_found(void **state) {
  (void)state;
  conu_image_t *absent = image_named("conu.invalid/absent:1");
  fails(CONU_ERROR_NOT_FOUND, try_run(absent, builder("", "true"), NULL), "conu.invalid/absent:1");
  assert_null(failed);
}

static void a_missing_program_is_command_missing_and_leaves_no_container(void **state) {
  (void)state;
  char *name = fresh("conu-missing");
  conu_run_builder_t *options = builder(text("--name %s", name), NULL);
  ok(conu_run_builder_add_argument(options, "no-such-program", &error));
  fails(CONU_ERROR_COMMAND_MISSING, try_run(busybox, options, NULL), "no-such-program");
  hints("program");
  assert_null(failed);
  assert_false(container_exists(name));
}

static void a_file_that_is_no_program_is_command_failed(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    conu_run_builder_t *options = builder("", NULL);
    ok(conu_run_builder_add_argument(options, i == 0 ? "/etc/passwd" : "/etc", &error));
    fails(CONU_ERROR_COMMAND_FAILED, try_run(busybox, options, NULL), "/etc");
    hints("no program");
    assert_null(failed);
  }
}

static void an_unknown_option_is_refused_before_any_request(void **state) {
  (void)state;
  conu_image_t *absent = image_named("conu.invalid/absent:1");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_run(absent, builder("--no-such-option", "true"), NULL), "--no-such-option");
  answered(0);
}

static void malformed_options_are_refused_before_any_request(void **state) {
  (void)state;
  conu_image_t *absent = image_named("conu.invalid/absent:1");
  static const char *const options[][2] = {
      {"-p 99999:80", "99999"}, {"-p http:80", "http"}, {"-v /a:relative", "relative"},
      {"--name", "--name"},     {"-e =value", "-e"},
  };
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, try_run(absent, builder(options[i][0], NULL), NULL), options[i][1]);
    answered(0);
  }
}

static void a_network_that_does_not_exist_leaves_no_container(void **state) {
  (void)state;
  char *name = fresh("conu-network");
  conu_status_t status = try_run(busybox, builder(text("--network no-such-network --name %s", name), "true"), NULL);
  fails(CONU_ERROR_NOT_FOUND, status, "no-such-network");
  assert_false(container_exists(name));
}

static void a_run_that_was_cancelled_before_does_nothing(void **state) {
  (void)state;
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  char *name = fresh("conu-cancelled");
  fails(CONU_ERROR_CANCELLED, try_run(busybox, builder(text("--name %s", name), "true"), cancel), "cancelled");
  assert_false(container_exists(name));
}

// At whatever moment the cancel comes, either there is a container and a handle to it, or there is neither.
static void a_run_cancelled_at_any_moment_leaves_no_container(void **state) {
  (void)state;
  for (int64_t moment = 0; moment <= 160; moment += 16) {
    conu_cancel_t *cancel = new_cancel();
    trigger_after(cancel, moment);
    char *name = fresh("conu-cancelled");
    conu_container_t *container = NULL;
    conu_status_t status =
        conu_image_run_via_api(busybox, builder(text("--name %s", name), "exec sleep 60"), cancel, &container, &error);
    if (status == CONU_OK) {
      kept_container(container);
      continue;
    }
    fails(CONU_ERROR_CANCELLED, status, "cancelled");
    assert_null(container);
    assert_false(container_exists(name));
  }
}

// --- its end ---------------------------------------------------------------------------------------------------------

static void a_wait_that_takes_too_long_is_a_timeout_and_the_container_runs_on(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  int code;
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, 200, NULL, &code, &error),
        conu_container_get_name(container));
  says("still runs");
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_true(running);
  ok(conu_container_exit_code(container, NULL, &code, &error));
  assert_int_equal(code, 0);
}

static void a_wait_for_a_container_that_has_ended_answers_at_once(void **state) {
  (void)state;
  conu_container_t *container = run("", "exit 42");
  assert_int_equal(waited(container), 42);
  assert_int_equal(waited(container), 42);
}

static void a_wait_can_be_cancelled_from_another_thread(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 200);
  int code;
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_container_wait(container, -1, cancel, &code, &error), "cancelled");
  assert_true(now_ms() - start < 5000);
}

static void a_container_that_is_removed_ends_the_wait_for_it(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  ok(conu_container_delete(container, true, true, NULL, &error));
  int code;
  fails(CONU_ERROR_NOT_FOUND, conu_container_wait(container, 10000, NULL, &code, &error),
        conu_container_get_name(container));
}

static void stop_ends_a_container_that_listens_with_its_own_exit_code(void **state) {
  (void)state;
  conu_container_t *container = run("", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done");
  for (int i = 0; i < 100 && strstr(logs(container), "ready") == NULL; i++) sleep_ms(50);
  ok(conu_container_stop(container, 10000, NULL, &error));
  int code;
  ok(conu_container_exit_code(container, NULL, &code, &error));
  assert_int_equal(code, 5);
}

static void stop_kills_a_container_that_does_not_listen_after_its_grace(void **state) {
  (void)state;
  conu_container_t *container = run("", "trap '' TERM; while :; do sleep 0.1; done");
  int64_t start = now_ms();
  ok(conu_container_stop(container, 900, NULL, &error));
  assert_true(now_ms() - start >= 900);
  int code;
  ok(conu_container_exit_code(container, NULL, &code, &error));
  assert_int_equal(code, 137);
}

static void stop_of_a_container_that_has_ended_is_a_success(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  ok(conu_container_stop(container, -1, NULL, &error));
}

static void kill_sends_the_signal_that_was_asked_for(void **state) {
  (void)state;
  conu_container_t *container = run("", "trap 'exit 9' USR1; echo ready; while :; do sleep 0.1; done");
  for (int i = 0; i < 100 && strstr(logs(container), "ready") == NULL; i++) sleep_ms(50);
  ok(conu_container_kill(container, "USR1", NULL, &error));
  assert_int_equal(waited(container), 9);
}

static void kill_without_a_signal_kills(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  ok(conu_container_kill(container, NULL, NULL, &error));
  assert_int_equal(waited(container), 137);
}

static void kill_of_a_container_that_has_ended_is_a_conflict(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  fails(CONU_ERROR_CONFLICT, conu_container_kill(container, NULL, NULL, &error), conu_container_get_name(container));
}

static void an_unknown_signal_is_refused(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_kill(container, "NOSUCH", NULL, &error), "NOSUCH");
}

// --- its log ---------------------------------------------------------------------------------------------------------

static void a_log_is_valid_utf8_whatever_was_written(void **state) {
  (void)state;
  conu_container_t *container = run("", "printf 'a\\377b\\000c\\303\\251\\n'");
  waited(container);
  assert_string_equal(logs(container), "a\357\277\275b\357\277\275c\303\251\n");
}

static void a_large_log_comes_whole(void **state) {
  (void)state;
  conu_container_t *container =
      run("", "i=0; while [ $i -lt 5 ]; do head -c 1048575 /dev/zero | tr '\\0' x; echo; i=$((i+1)); done");
  waited(container);
  char *log = logs(container);
  assert_int_equal(strlen(log), 5 << 20);
  assert_int_equal(log[(5 << 20) - 1], '\n');
}

static void the_log_of_a_container_that_wrote_nothing_is_empty(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  assert_string_equal(logs(container), "");
}

// --- removing --------------------------------------------------------------------------------------------------------

static void a_running_container_is_removed_by_force_alone(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  fails(CONU_ERROR_CONFLICT, conu_container_delete(container, false, false, NULL, &error),
        conu_container_get_name(container));
  hints("by force");
  ok(conu_container_delete(container, true, false, NULL, &error));
  assert_false(container_exists(conu_container_get_id(container)));
}

static void delete_by_force_does_not_wait_for_a_container_that_will_not_end(void **state) {
  (void)state;
  conu_container_t *container = run("--stop-timeout 60", "trap '' TERM; while :; do sleep 1; done");
  ok(conu_container_delete(container, true, false, cancel_within(20000), &error));
}

static void removing_what_is_gone_is_not_found_and_with_force_a_success(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  ok(conu_container_delete(container, false, false, NULL, &error));
  fails(CONU_ERROR_NOT_FOUND, conu_container_delete(container, false, false, NULL, &error),
        conu_container_get_name(container));
  ok(conu_container_delete(container, true, false, NULL, &error));
}

static void anonymous_volumes_go_with_the_container_on_request(void **state) {
  (void)state;
  conu_container_t *container = run("-v /data", "true");
  waited(container);
  const char *volume = inspected(container, "{{(index .Mounts 0).Name}}");
  contains(ask("GET", text("/volumes/%s", volume)), volume);
  ok(conu_container_delete(container, false, true, NULL, &error));
  lacks(ask("GET", "/volumes"), volume);
}

static void calls_on_a_removed_container_are_not_found(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  ok(conu_container_delete(container, true, true, NULL, &error));
  bool running;
  int code;
  char *log;
  fails(CONU_ERROR_NOT_FOUND, conu_container_is_running(container, NULL, &running, &error), "container");
  fails(CONU_ERROR_NOT_FOUND, conu_container_exit_code(container, NULL, &code, &error), "container");
  fails(CONU_ERROR_NOT_FOUND, conu_container_logs_unicode(container, NULL, &log, &error), "container");
  fails(CONU_ERROR_NOT_FOUND, conu_container_kill(container, NULL, NULL, &error), "container");
  fails(CONU_ERROR_NOT_FOUND, conu_container_stop(container, 1000, NULL, &error), "container");
}

// --- threads ---------------------------------------------------------------------------------------------------------

static int good_runs;

// In a thread of its own a test must not fail by cmocka: what went well is counted.
static void run_once(void *argument) {
  conu_error_t *mine = NULL;
  conu_container_t *container = NULL;
  conu_run_builder_t *options = argument;
  int code = -1;
  conu_status_t status = conu_image_run_via_api(busybox, options, NULL, &container, &mine);
  if (status == CONU_OK) status = conu_container_wait(container, 60000, NULL, &code, &mine);
  if (container != NULL) conu_container_delete(container, true, true, NULL, NULL);
  if (status != CONU_OK || code != 3) print_error("a run in a thread: %d, %s\n", code, conu_error_get_message(mine));
  if (status == CONU_OK && code == 3) __atomic_add_fetch(&good_runs, 1, __ATOMIC_SEQ_CST);
  conu_container_free(container);
  conu_error_free(mine);
}

static void many_threads_run_containers_on_one_engine(void **state) {
  (void)state;
  struct thread *threads[8];
  conu_run_builder_t *options = builder("", "exit 3");
  for (int i = 0; i < 8; i++) threads[i] = in_thread(run_once, options);
  for (int i = 0; i < 8; i++) join(threads[i]);
  assert_int_equal(good_runs, 8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_run_gives_a_container_with_its_output_and_exit_code),
      TEST(a_run_without_a_builder_runs_the_image_as_it_is),
      TEST(a_run_of_an_image_by_its_id_works),
      TEST(the_name_is_the_one_that_was_asked_for),
      TEST(a_container_without_a_name_gets_one_that_tells_its_maker),
      TEST(environment_folder_and_user_are_those_of_the_options),
      TEST(an_entrypoint_takes_the_place_of_the_images_own),
      TEST(a_container_of_network_none_has_its_loopback_alone),
      TEST(a_published_port_has_a_port_of_the_host),
      TEST(a_port_of_the_host_that_is_taken_is_a_conflict),
      TEST(a_folder_of_the_host_is_mounted_where_the_option_says),
      TEST(add_volume_mounts_like_the_option),
      TEST(a_named_volume_that_is_new_carries_the_marks_of_the_session),
      TEST(a_volume_that_exists_is_used_as_it_is),
      TEST(a_container_carries_the_marks_of_the_session_and_its_own_labels),
      TEST(two_containers_of_a_process_are_of_one_session),
      TEST(a_container_that_removes_itself_is_gone_after_its_end),
      TEST(a_name_in_use_is_a_conflict_and_the_other_container_stays),
      TEST(an_image_that_is_not_there_is_not_found),
      TEST(a_missing_program_is_command_missing_and_leaves_no_container),
      TEST(a_file_that_is_no_program_is_command_failed),
      TEST(an_unknown_option_is_refused_before_any_request),
      TEST(malformed_options_are_refused_before_any_request),
      TEST(a_network_that_does_not_exist_leaves_no_container),
      TEST(a_run_that_was_cancelled_before_does_nothing),
      TEST(a_run_cancelled_at_any_moment_leaves_no_container),
      TEST(a_wait_that_takes_too_long_is_a_timeout_and_the_container_runs_on),
      TEST(a_wait_for_a_container_that_has_ended_answers_at_once),
      TEST(a_wait_can_be_cancelled_from_another_thread),
      TEST(a_container_that_is_removed_ends_the_wait_for_it),
      TEST(stop_ends_a_container_that_listens_with_its_own_exit_code),
      TEST(stop_kills_a_container_that_does_not_listen_after_its_grace),
      TEST(stop_of_a_container_that_has_ended_is_a_success),
      TEST(kill_sends_the_signal_that_was_asked_for),
      TEST(kill_without_a_signal_kills),
      TEST(kill_of_a_container_that_has_ended_is_a_conflict),
      TEST(an_unknown_signal_is_refused),
      TEST(a_log_is_valid_utf8_whatever_was_written),
      TEST(a_large_log_comes_whole),
      TEST(the_log_of_a_container_that_wrote_nothing_is_empty),
      TEST(a_running_container_is_removed_by_force_alone),
      TEST(delete_by_force_does_not_wait_for_a_container_that_will_not_end),
      TEST(removing_what_is_gone_is_not_found_and_with_force_a_success),
      TEST(anonymous_volumes_go_with_the_container_on_request),
      TEST(calls_on_a_removed_container_are_not_found),
      TEST(many_threads_run_containers_on_one_engine),
  };
  return RUN_LAB_TESTS(tests);
}
