// Waiting for a container to be ready: each condition, several at once, and what ends a wait in vain.
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"
#include "server.h"

static const char *const service =
    "mkdir /www; echo hello > /www/index.html; sleep 0.4; echo ready; exec httpd -f -p 8080 -h /www";

static void free_wait(void *wait) { conu_wait_free(wait); }

static conu_wait_t *kept_wait(conu_wait_t *wait) {
  assert_non_null(wait);
  put_off(free_wait, wait);
  return wait;
}

static conu_status_t port(conu_container_t *container, int number, int64_t timeout_ms) {
  return conu_container_wait_for_port(container, number, timeout_ms, NULL, &error);
}

static conu_status_t line(conu_container_t *container, const char *pattern, int occurrences, int64_t timeout_ms) {
  return conu_container_wait_for_log(container, pattern, occurrences, timeout_ms, NULL, &error);
}

static void kill_later(void *container) {
  sleep_ms(400);
  conu_container_kill(container, NULL, NULL, NULL);
}

static void remove_container_later(void *container) {
  sleep_ms(400);
  conu_container_delete(container, true, true, NULL, NULL);
}

static void restart_later(void *container) {
  sleep_ms(300);
  conu_container_restart(container, 0, NULL, NULL);
}

// --- what comes ------------------------------------------------------------------------------------------------------

static void wait_for_port_ends_when_the_service_listens(void **state) {
  (void)state;
  conu_container_t *container = run("", service);
  ok(port(container, 8080, 20000));
  bool is_open;
  ok(conu_container_is_port_open(container, 8080, 5000, NULL, &is_open, &error));
  assert_true(is_open);
  ok(port(container, 8080, 0x7fffffff));  // it still is
}

static void wait_for_port_is_not_misled_by_the_engines_forwarding(void **state) {
  (void)state;
  conu_container_t *container = run("-p 127.0.0.1::8080", "sleep 30");
  fails(CONU_ERROR_TIMEOUT, port(container, 8080, 500), "port 8080");
  details("\"last_probe_error\":\"nobody listens at port 8080\"");
}

static void wait_for_port_of_localhost_alone_says_so(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec httpd -f -p 127.0.0.1:8080");
  fails(CONU_ERROR_TIMEOUT, port(container, 8080, 500), "localhost alone");
}

static void wait_for_port_needs_no_published_port(void **state) {
  (void)state;
  ok(port(run("", "exec httpd -f -p 81"), 81, 20000));
}

// Of this thread alone.
static void set_rights(bool may_enter) {
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
  const __u32 right = CAP_TO_MASK(CAP_SYS_ADMIN);
  assert_int_equal(syscall(SYS_capget, &head, rights), 0);
  rights[0].effective = may_enter ? rights[0].effective | right : rights[0].effective & ~right;
  assert_int_equal(syscall(SYS_capset, &head, rights), 0);
}

static void give_rights_back(void *unused) {
  (void)unused;
  set_rights(true);
}

static void wait_for_port_needs_no_right_to_enter_the_containers_network(void **state) {
  (void)state;
  conu_container_t *container = run("", service);
  put_off(give_rights_back, NULL);
  set_rights(false);
  ok(port(container, 8080, 20000));
  fails(CONU_ERROR_TIMEOUT, port(container, 8081, 300), "port 8081");
  details("\"last_probe_error\":\"nobody listens at port 8081\"");
}

static void wait_for_log_counts_lines_of_both_streams(void **state) {
  (void)state;
  conu_container_t *container =
      run("", "echo one ready; sleep 0.2; echo two ready >&2; sleep 0.2; echo three READY; exec sleep 30");
  ok(line(container, "ready$", 2, 20000));
  ok(line(container, "^three [A-Z]{5}$", 1, 20000));
  fails(CONU_ERROR_TIMEOUT, line(container, "ready", 3, 400), "3 log lines with \"ready\"");
  details("\"log\":[\"one ready\",\"two ready\",\"three READY\"]");
}

static void wait_for_log_finds_what_was_said_before_the_end(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo the last words");
  assert_int_equal(waited(container), 0);
  ok(line(container, "last", 1, 20000));
  fails(CONU_ERROR_STATE, line(container, "never", 1, 20000), "exit code 0");
}

#define AT "2026-11-23T10:29:25.000000000Z "

static void wait_for_log_asks_for_the_log_once(void **state) {
  (void)state;
  static const struct rule script[] = {PING,
                                       {"/containers/talking/json",
                                        "200 {\"Id\":\"talking\",\"Name\":\"talking\",\"Config\":{\"Tty\":false},"
                                        "\"State\":{\"Status\":\"running\",\"Running\":true}}",
                                        GO_ON},
                                       {"follow=1", "log 1:" AT "not yet\n1:" AT "ready 1\n2:" AT "ready 2\n", HANG},
                                       {"/wait", NULL, GO_ON},
                                       END_OF_SCRIPT};
  conu_container_t *container;
  ok(conu_container_from_id(opened(scripted(script)), "talking", NULL, &container, &error));
  put_off((void (*)(void *))conu_container_free, container);
  ok(line(container, "ready [0-9]", 2, 20000));
  assert_int_equal(requests_with("/logs"), 1);
  fails(CONU_ERROR_TIMEOUT, line(container, "never", 1, 700), "700 ms");
  details("\"log\":[\"not yet\",\"ready 1\",\"ready 2\"]");
  assert_int_equal(requests_with("follow=1"), 2);
}

static void wait_for_http_waits_for_the_status(void **state) {
  (void)state;
  conu_container_t *container = run("", service);
  ok(conu_container_wait_for_http(container, 8080, "/index.html", 200, 20000, NULL, &error));
  ok(conu_container_wait_for_http(container, 8080, "none", 404, 20000, NULL, &error));
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_http(container, 8080, "/none", 200, 400, NULL, &error),
        "GET /none answered 404");
}

static void wait_for_healthy_ends_when_the_check_passes(void **state) {
  (void)state;
  conu_container_t *container = run("--health-cmd true --health-interval 1s --health-retries 100", "exec sleep 30");
  ok(conu_container_wait_for_healthy(container, 30000, NULL, &error));
}

static void wait_for_healthy_tells_what_the_check_said(void **state) {
  (void)state;
  conu_container_t *container = run("--health-cmd false --health-interval 1s", "exec sleep 30");
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_healthy(container, 2500, NULL, &error), "its health is");
  details("\"health\":{");
}

static void wait_for_healthy_needs_a_health_check(void **state) {
  (void)state;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_wait_for_healthy(run("", "sleep 30"), 20000, NULL, &error),
        "has no health check");
  hints("--health-cmd");
}

static void wait_for_status_ends_with_the_state(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 0.5");
  ok(conu_container_wait_for_status(container, "running", 20000, NULL, &error));
  ok(conu_container_wait_for_status(container, "exited", 20000, NULL, &error));
  fails(CONU_ERROR_STATE, conu_container_wait_for_status(container, "running", 20000, NULL, &error), "exited");
}

// The state that ends a container and its end are seen within one moment, in either order.
static void a_state_that_came_with_the_end_is_no_failure(void **state) {
  (void)state;
  conu_wait_t *nested = kept_wait(conu_wait_any_of()), *inner = kept_wait(conu_wait_all_of());
  ok(conu_wait_add_status(inner, "exited", &error));
  ok(conu_wait_add(nested, inner, &error));
  ok(conu_wait_add_command(nested, words("false"), 0, &error));
  for (int i = 0; i < 20; i++) {
    conu_container_t *container = run("", "sleep 30");
    ok(conu_container_pause(container, NULL, &error));
    ok(conu_container_unpause(container, NULL, &error));
    ok(conu_container_kill(container, NULL, NULL, &error));
    if (i % 2 == 0) ok(conu_container_wait_for_status(container, "exited", 20000, NULL, &error));
    if (i % 2 == 1) ok(conu_container_wait_for(container, nested, 20000, NULL, &error));
  }
}

static void all_and_any_share_a_deadline(void **state) {
  (void)state;
  conu_container_t *container = run("", service);
  conu_wait_t *all = kept_wait(conu_wait_all_of()), *any = kept_wait(conu_wait_any_of());
  ok(conu_wait_add_status(any, "dead", &error));
  ok(conu_wait_add_command(any, words("test -d /www"), 0, &error));
  ok(conu_wait_add(all, any, &error));
  ok(conu_wait_add_port(all, 8080, &error));
  ok(conu_wait_add_log(all, "ready", 1, &error));
  ok(conu_wait_add_http(all, 8080, "/", 200, &error));
  ok(conu_container_wait_for(container, all, 20000, NULL, &error));
  ok(conu_wait_add_port(all, 9999, &error));
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for(container, all, 600, NULL, &error), "port 9999 to be open");
  assert_in_range(now_ms() - start, 600, 4000);
  details("there is port 8080 to be open");
  ok(conu_container_wait_for(container, kept_wait(conu_wait_all_of()), 20000, NULL, &error));
}

// --- what ends it ----------------------------------------------------------------------------------------------------

static void a_container_that_dies_ends_every_wait_and_tells_why(void **state) {
  (void)state;
  const char *script = "echo first; sleep 0.4; echo this is why >&2; exit 9";
  int64_t start = now_ms();
  fails(CONU_ERROR_STATE, port(run("", script), 80, 60000), "exit code 9");
  says("its log ends: \"this is why\"");
  details("\"exit_code\":9");
  details("\"oom_killed\":false");
  details("\"status\":\"exited\"");
  details("\"time_line\":[{\"ms\":0,\"what\":\"began\"}");
  fails(CONU_ERROR_STATE, line(run("", script), "never", 1, 60000), "exit code 9");
  fails(CONU_ERROR_STATE, conu_container_wait_for_http(run("", script), 80, "/", 200, 60000, NULL, &error), "code 9");
  fails(CONU_ERROR_STATE, conu_container_wait_for_status(run("", script), "paused", 60000, NULL, &error), "code 9");
  fails(CONU_ERROR_STATE, conu_container_wait_for_healthy(run("--health-cmd false", script), 60000, NULL, &error),
        "code 9");
  assert_true(now_ms() - start < 30000);
}

static void a_container_that_is_killed_ends_the_wait(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 30");
  in_thread(kill_later, container);
  fails(CONU_ERROR_STATE, port(container, 80, 20000), "exit code 137");
}

static void a_container_that_is_removed_ends_the_wait(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 30");
  in_thread(remove_container_later, container);
  fails(CONU_ERROR_NOT_FOUND, line(container, "never", 1, 20000), "was removed while it was waited for");
  says(conu_container_get_name(container));
  details("\"what\":\"began\"");
  for (int i = 0; i < 250 && container_exists(conu_container_get_id(container)); i++) sleep_ms(20);
  fails(CONU_ERROR_NOT_FOUND, port(container, 80, 20000), "");
}

static void a_container_that_removes_itself_ends_the_wait(void **state) {
  (void)state;
  fails(CONU_ERROR_NOT_FOUND, port(run("--rm", "sleep 0.4"), 80, 20000), "removed");
}

static void a_container_that_is_restarted_is_not_dead(void **state) {
  (void)state;
  conu_container_t *container =
      run("--restart on-failure:5", "test -f /second && exec httpd -f -p 8080; touch /second; exit 1");
  ok(port(container, 8080, 30000));
}

static void a_container_that_somebody_restarts_is_waited_for_on(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo begun; exec sleep 60");
  struct thread *restarting = in_thread(restart_later, container);
  ok(line(container, "begun", 2, 20000));
  join(restarting);
}

static void a_container_that_ends_again_and_again_is_waited_for_until_the_deadline(void **state) {
  (void)state;
  conu_container_t *container = run("--restart always", "echo again; exit 4");
  fails(CONU_ERROR_TIMEOUT, port(container, 80, 4000), "4000 ms");
  says("its log ends: \"again\"");
  details("exit code 4");
  ok(conu_container_delete(container, true, true, NULL, &error));
}

static void a_paused_container_is_waited_for_until_the_deadline(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 30");
  ok(conu_container_pause(container, NULL, &error));
  fails(CONU_ERROR_TIMEOUT, line(container, "never", 1, 400), "400 ms");
  says("it is paused");
  details("\"status\":\"paused\"");
  ok(conu_container_unpause(container, NULL, &error));
}

static void a_cancel_ends_a_wait_at_once(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 30");
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 300);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_container_wait_for_port(container, 80, 20000, cancel, &error), "cancelled");
  assert_in_range(now_ms() - start, 300, 1500);
}

static void what_cannot_be_meant_is_refused(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 30");
  fails(CONU_ERROR_INVALID_ARGUMENT, port(container, 0, 1000), "port");
  fails(CONU_ERROR_INVALID_ARGUMENT, line(container, "a(b", 1, 1000), "\"a(b\" is no regular expression");
  fails(CONU_ERROR_INVALID_ARGUMENT, line(container, "", 1, 1000), "empty");
  fails(CONU_ERROR_INVALID_ARGUMENT, line(container, "a", 0, 1000), "occurrences");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_wait_for_status(container, "happy", 1000, NULL, &error), "happy");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_wait_for_http(container, 80, "/", 99, 1000, NULL, &error), "99");
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_container_wait_for(container, kept_wait(conu_wait_any_of()), 1000, NULL, &error), "never end");
  conu_wait_t *all = kept_wait(conu_wait_all_of());
  ok(conu_wait_add_command(all, words("no-such-program"), 0, &error));
  fails(CONU_ERROR_COMMAND_MISSING, conu_container_wait_for(container, all, 20000, NULL, &error), "no-such-program");
  conu_wait_t *many = kept_wait(conu_wait_all_of());
  ok(conu_wait_add_port(many, 80, &error));
  conu_status_t status = CONU_OK;
  for (int i = 0; i < 20 && status == CONU_OK; i++) status = conu_wait_add(many, many, &error);
  fails(CONU_ERROR_INVALID_ARGUMENT, status, "at most 100");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(wait_for_port_ends_when_the_service_listens),
      TEST(wait_for_port_is_not_misled_by_the_engines_forwarding),
      TEST(wait_for_port_of_localhost_alone_says_so),
      TEST(wait_for_port_needs_no_published_port),
      TEST(wait_for_port_needs_no_right_to_enter_the_containers_network),
      TEST(wait_for_log_counts_lines_of_both_streams),
      TEST(wait_for_log_finds_what_was_said_before_the_end),
      TEST(wait_for_log_asks_for_the_log_once),
      TEST(wait_for_http_waits_for_the_status),
      TEST(wait_for_healthy_ends_when_the_check_passes),
      TEST(wait_for_healthy_tells_what_the_check_said),
      TEST(wait_for_healthy_needs_a_health_check),
      TEST(wait_for_status_ends_with_the_state),
      TEST(a_state_that_came_with_the_end_is_no_failure),
      TEST(all_and_any_share_a_deadline),
      TEST(a_container_that_dies_ends_every_wait_and_tells_why),
      TEST(a_container_that_is_killed_ends_the_wait),
      TEST(a_container_that_is_removed_ends_the_wait),
      TEST(a_container_that_removes_itself_ends_the_wait),
      TEST(a_container_that_is_restarted_is_not_dead),
      TEST(a_container_that_somebody_restarts_is_waited_for_on),
      TEST(a_container_that_ends_again_and_again_is_waited_for_until_the_deadline),
      TEST(a_paused_container_is_waited_for_until_the_deadline),
      TEST(a_cancel_ends_a_wait_at_once),
      TEST(what_cannot_be_meant_is_refused),
  };
  return RUN_LAB_TESTS(tests);
}
