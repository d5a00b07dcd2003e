// Cancelling: from other threads, from signal handlers, at deadlines, by a check; every call that waits heeds it.
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "lab.h"
#include "server.h"

static int exit_code;

// The library promises 50 ms; a busy machine may take longer to run us.
enum { soon = 500 };

static conu_container_t *sleeping(void) { return run("", "exec sleep 60"); }

// --- who triggers ----------------------------------------------------------------------------------------------------

static void another_thread_ends_a_call(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  conu_cancel_t *cancel = new_cancel();
  assert_false(conu_cancel_is_triggered(cancel));
  trigger_after(cancel, 300);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_container_wait(container, -1, cancel, &exit_code, &error), "cancelled");
  assert_in_range(now_ms() - start, 300, 300 + soon);
  assert_true(conu_cancel_is_triggered(cancel));
  answered(0);
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_true(running);
}

static conu_cancel_t *of_handler;

static void trigger_in_handler(int signal) {
  (void)signal;
  conu_cancel_trigger(of_handler);
}

static void ignore_in_handler(int signal) { (void)signal; }

static void stop_clock(void *unused) {
  (void)unused;
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
  signal(SIGALRM, SIG_DFL);
}

// SIGALRM for this thread, which runs alone: after `first_ms`, and again each `next_ms`.
static void set_clock(void (*handler)(int), int first_ms, int next_ms) {
  struct sigaction action = {.sa_handler = handler};  // no SA_RESTART
  sigaction(SIGALRM, &action, NULL);
  put_off(stop_clock, NULL);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, next_ms * 1000}, {0, first_ms * 1000}}, NULL);
}

static void a_signal_handler_ends_the_call_that_it_interrupts(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  of_handler = new_cancel();
  set_clock(trigger_in_handler, 300, 0);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_container_wait(container, -1, of_handler, &exit_code, &error), "cancelled");
  assert_in_range(now_ms() - start, 290, 300 + soon);
}

static void signals_that_mean_nothing_disturb_no_call(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  set_clock(ignore_in_handler, 1, 1);
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, 500, NULL, &exit_code, &error), "500 ms");
  assert_in_range(now_ms() - start, 490, 500 + soon);
  for (int i = 0; i < 50; i++) ok(conu_engine_ping(engine, NULL, &error));
  assert_int_equal(waited(run("", "exit 4")), 4);
  stop_clock(NULL);
}

static void a_cancel_that_was_triggered_before_ends_every_call_before_its_request(void **state) {
  (void)state;
  static const struct rule script[] = {PING, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  conu_image_t *image = image_of(mine, "localhost/some/image");
  int before = requests_with("");
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  char *answer;
  conu_progress_t *progress;
  conu_container_t *container;
  fails(CONU_ERROR_CANCELLED, conu_engine_ping(mine, cancel, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_engine_info(mine, cancel, &answer, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_image_pull(image, NULL, cancel, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_image_pull_progress(image, NULL, cancel, &progress, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_image_rmi(image, true, true, cancel, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_image_run_via_api(image, NULL, cancel, &container, &error), "cancelled");
  assert_int_equal(requests_with(""), before);
}

// --- deadlines -------------------------------------------------------------------------------------------------------

static void one_deadline_holds_for_several_calls(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  int64_t start = now_ms();
  conu_cancel_t *cancel = cancel_within(1000);
  for (int i = 0; i < 3; i++) ok(conu_engine_ping(engine, cancel, &error));
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, 300, cancel, &exit_code, &error), "300 ms");
  assert_false(conu_cancel_is_triggered(cancel));
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, -1, cancel, &exit_code, &error), "deadline");
  assert_in_range(now_ms() - start, 990, 1000 + soon);
  assert_true(conu_cancel_is_triggered(cancel));
  fails(CONU_ERROR_TIMEOUT, conu_engine_ping(engine, cancel, &error), "deadline");
}

static void a_trigger_comes_before_the_deadline(void **state) {
  (void)state;
  conu_cancel_t *cancel = cancel_within(60000);
  trigger_after(cancel, 200);
  fails(CONU_ERROR_CANCELLED, conu_container_wait(sleeping(), -1, cancel, &exit_code, &error), "cancelled");
}

static void a_deadline_of_nothing_has_passed(void **state) {
  (void)state;
  conu_cancel_t *cancel = cancel_within(0);
  assert_true(conu_cancel_is_triggered(cancel));
  fails(CONU_ERROR_TIMEOUT, conu_engine_ping(engine, cancel, &error), "deadline");
}

// --- many calls ------------------------------------------------------------------------------------------------------

static struct waiters {
  conu_container_t *container;
  conu_cancel_t *cancel;
  int cancelled;
} waiters;

static void wait_to_be_cancelled(void *unused) {
  (void)unused;
  int code;
  if (conu_container_wait(waiters.container, -1, waiters.cancel, &code, NULL) == CONU_ERROR_CANCELLED)
    __atomic_add_fetch(&waiters.cancelled, 1, __ATOMIC_SEQ_CST);
}

static void one_cancel_ends_the_calls_of_many_threads(void **state) {
  (void)state;
  enum { count = 12 };
  waiters = (struct waiters){sleeping(), new_cancel(), 0};
  struct thread *threads[count];
  for (int i = 0; i < count; i++) threads[i] = in_thread(wait_to_be_cancelled, NULL);
  sleep_ms(300);
  int64_t start = now_ms();
  conu_cancel_trigger(waiters.cancel);
  for (int i = 0; i < count; i++) join(threads[i]);
  assert_in_range(now_ms() - start, 0, soon);
  assert_int_equal(waiters.cancelled, count);
  ok(conu_engine_ping(engine, NULL, &error));
}

static void hammer(void *failures) {
  for (int i = 0; i < 30; i++) {
    conu_cancel_t *cancel = conu_cancel_new_with_timeout(i % 6);
    char *document;
    conu_status_t status = conu_image_inspect(busybox, true, cancel, &document, NULL);
    if (status != CONU_OK && status != CONU_ERROR_TIMEOUT) __atomic_add_fetch((int *)failures, 1, __ATOMIC_SEQ_CST);
    conu_string_free(document);
    conu_cancel_free(cancel);
  }
}

static void calls_that_are_broken_off_leave_the_engine_usable(void **state) {
  (void)state;
  int failures = 0;
  struct thread *threads[6];
  for (int i = 0; i < 6; i++) threads[i] = in_thread(hammer, &failures);
  for (int i = 0; i < 6; i++) join(threads[i]);
  assert_int_equal(failures, 0);
  assert_true(is_present(busybox));
}

// --- the check of an interpreter -------------------------------------------------------------------------------------

static struct check {
  bool verdict;
  int asked;
  pthread_t thread;
} check;

static bool give_verdict(void *argument) {
  struct check *given = argument;
  given->asked++;
  given->thread = pthread_self();
  return given->verdict;
}

static void wake_later(void *cancel) {
  sleep_ms(200);
  conu_cancel_wake(cancel);
}

static conu_cancel_t *checked_cancel(bool verdict) {
  check = (struct check){.verdict = verdict};
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_set_check(cancel, give_verdict, &check);
  in_thread(wake_later, cancel);
  return cancel;
}

static void a_check_that_says_so_cancels_on_the_callers_thread(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  conu_cancel_t *cancel = checked_cancel(true);
  fails(CONU_ERROR_CANCELLED, conu_container_wait(container, 10000, cancel, &exit_code, &error), "cancelled");
  assert_true(check.asked > 0);
  assert_true(pthread_equal(check.thread, pthread_self()));
  assert_true(conu_cancel_is_triggered(cancel));
}

static void a_check_that_says_no_lets_the_call_go_on(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  conu_cancel_t *cancel = checked_cancel(false);
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, 600, cancel, &exit_code, &error), "600 ms");
  assert_in_range(now_ms() - start, 590, 600 + soon);
  assert_true(check.asked > 0);
  assert_false(conu_cancel_is_triggered(cancel));
}

static void a_wake_without_a_check_changes_nothing(void **state) {
  (void)state;
  conu_container_t *container = sleeping();
  conu_cancel_t *cancel = new_cancel();
  in_thread(wake_later, cancel);
  fails(CONU_ERROR_TIMEOUT, conu_container_wait(container, 600, cancel, &exit_code, &error), "600 ms");
  assert_false(conu_cancel_is_triggered(cancel));
}

// --- every call ------------------------------------------------------------------------------------------------------

// An engine that creates one container and is silent about everything else.
static const struct rule silence[] = {
    PING,
    {"/containers/create", "201 {\"Id\":\"0123456789abcdef\",\"Warnings\":[]}", GO_ON},
    {"/start", "HTTP/1.1 204 No Content\r\n\r\n", GO_ON},
    {"", NULL, HANG},
    END_OF_SCRIPT};

static conu_container_t *made_silently(conu_image_t *image) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image, NULL, NULL, &container, &error));
  return container;
}

static void free_container(void *container) { conu_container_free(container); }

// A call that the silent engine never answers, and that a cancel must end.
#define ends_soon(call)                                                    \
  do {                                                                     \
    conu_cancel_t *cancel = new_cancel();                                  \
    trigger_after(cancel, 50);                                             \
    int64_t begun = now_ms();                                              \
    fails(CONU_ERROR_CANCELLED, call, "cancelled");                        \
    if (now_ms() - begun > 50 + soon) fail_msg("%s took too long", #call); \
  } while (0)

static void every_call_to_a_silent_engine_can_be_cancelled(void **state) {
  (void)state;
  conu_engine_t *mine = opened(scripted(silence));
  conu_image_t *image = image_of(mine, "localhost/some/image"), *other;
  conu_container_t *container = made_silently(image);
  put_off(free_container, container);
  char *answer;
  bool answer_is;
  conu_image_list_t *images;
  conu_string_list_t *ids;
  conu_metadata_t *metadata;
  conu_progress_t *progress;
  const char *folder = fresh_folder();
  file_in(folder, "Dockerfile", "FROM scratch\n");
  conu_build_options_t *build = conu_build_options_new();
  ok(conu_build_options_set_path(build, folder, &error));
  ends_soon(conu_engine_info(mine, cancel, &answer, &error));
  ends_soon(conu_engine_version(mine, cancel, &answer, &error));
  ends_soon(conu_engine_login(mine, "user", "password", "localhost:5000", cancel, &error));
  ends_soon(conu_engine_list_images(mine, cancel, &images, &error));
  ends_soon(conu_image_new(mine, "x", NULL, CONU_PULL_IF_NOT_PRESENT, cancel, &other, &error));
  ends_soon(conu_image_new(mine, "x", NULL, CONU_PULL_ALWAYS, cancel, &other, &error));
  ends_soon(conu_image_from_id(mine, "0123456789ab", cancel, &other, &error));
  ends_soon(conu_image_build(mine, build, cancel, &other, &error));
  ends_soon(conu_image_build_progress(mine, build, cancel, &progress, &error));
  ends_soon(conu_image_load(mine, setting("CONU_TEST_IMAGE_TAR"), cancel, &images, &error));
  ends_soon(conu_image_load_progress(mine, setting("CONU_TEST_IMAGE_TAR"), cancel, &progress, &error));
  ends_soon(conu_image_get_id(image, cancel, &answer, &error));
  ends_soon(conu_image_is_present(image, cancel, &answer_is, &error));
  ends_soon(conu_image_inspect(image, true, cancel, &answer, &error));
  ends_soon(conu_image_get_metadata(image, true, cancel, &metadata, &error));
  ends_soon(conu_image_pull(image, NULL, cancel, &error));
  ends_soon(conu_image_pull_progress(image, NULL, cancel, &progress, &error));
  ends_soon(conu_image_push(image, NULL, NULL, cancel, &other, &error));
  ends_soon(conu_image_push_progress(image, "y", NULL, cancel, &progress, &error));
  ends_soon(conu_image_tag_image(image, "y", NULL, cancel, &other, &error));
  ends_soon(conu_image_rmi(image, true, true, cancel, &error));
  ends_soon(conu_image_rmi(image, true, false, cancel, &error));
  ends_soon(conu_image_save(image, text("%s/image.tar", folder), cancel, &error));
  ends_soon(conu_image_get_layer_ids(image, true, cancel, &ids, &error));
  ends_soon(conu_image_layers(image, true, cancel, &images, &error));
  ends_soon(conu_container_is_running(container, cancel, &answer_is, &error));
  ends_soon(conu_container_exit_code(container, cancel, &exit_code, &error));
  ends_soon(conu_container_stop(container, 1000, cancel, &error));
  ends_soon(conu_container_stop(container, -1, cancel, &error));
  ends_soon(conu_container_kill(container, NULL, cancel, &error));
  ends_soon(conu_container_wait(container, -1, cancel, &exit_code, &error));
  ends_soon(conu_container_logs_unicode(container, cancel, &answer, &error));
  ends_soon(conu_container_delete(container, true, true, cancel, &error));
  assert_string_equal(shell("ls -A %s", folder), "Dockerfile\n");
  conu_build_options_free(build);
}

static void opening_a_silent_engine_can_be_cancelled(void **state) {
  (void)state;
  static const struct rule script[] = {{"", NULL, HANG}, END_OF_SCRIPT};
  const char *url = scripted(script);
  conu_engine_t *other;
  ends_soon(conu_engine_open(url, cancel, &other, &error));
  set_variable("CONU_HOST", url);
  ends_soon(conu_engine_default(cancel, &other, &error));
  ends_soon(conu_engine_ping(NULL, cancel, &error));
}

static void waiting_for_a_listener_that_is_full_can_be_cancelled(void **state) {
  (void)state;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = text("%s/full.sock", fresh_folder());
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), waiting = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(listener, 0), 0);
  assert_int_equal(connect(waiting, (struct sockaddr *)&address, sizeof address), 0);
  conu_engine_t *other;
  ends_soon(conu_engine_open(text("unix://%s", path), cancel, &other, &error));
  close(waiting);
  close(listener);
}

static void a_run_whose_creation_is_never_answered_ends_after_its_cleaning_up(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"", NULL, HANG}, END_OF_SCRIPT};
  conu_image_t *image = image_of(opened(scripted(script)), "localhost/some/image");
  conu_container_t *container;
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 100);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_image_run_via_api(image, NULL, cancel, &container, &error), "cancelled");
  assert_in_range(now_ms() - start, 100, 100 + 5000 + soon);
  assert_null(container);
  assert_int_equal(requests_with("/containers/create"), 1);
}

static void a_save_of_bytes_without_end_can_be_cancelled_and_leaves_nothing(void **state) {
  (void)state;
  static const struct rule script[] = {
      PING,
      {"/get", "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nConnection: close\r\n\r\n", FLOOD},
      END_OF_SCRIPT};
  conu_image_t *image = image_of(opened(scripted(script)), "localhost/some/image");
  const char *folder = fresh_folder();
  shell("mount -t tmpfs none %s", folder);
  ends_soon(conu_image_save(image, text("%s/image.tar", folder), cancel, &error));
  char *left = shell("ls -A %s; umount %s", folder, folder);
  assert_string_equal(left, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(another_thread_ends_a_call),
      TEST(a_signal_handler_ends_the_call_that_it_interrupts),
      TEST(signals_that_mean_nothing_disturb_no_call),
      TEST(a_cancel_that_was_triggered_before_ends_every_call_before_its_request),
      TEST(one_deadline_holds_for_several_calls),
      TEST(a_trigger_comes_before_the_deadline),
      TEST(a_deadline_of_nothing_has_passed),
      TEST(one_cancel_ends_the_calls_of_many_threads),
      TEST(calls_that_are_broken_off_leave_the_engine_usable),
      TEST(a_check_that_says_so_cancels_on_the_callers_thread),
      TEST(a_check_that_says_no_lets_the_call_go_on),
      TEST(a_wake_without_a_check_changes_nothing),
      TEST(every_call_to_a_silent_engine_can_be_cancelled),
      TEST(opening_a_silent_engine_can_be_cancelled),
      TEST(waiting_for_a_listener_that_is_full_can_be_cancelled),
      TEST(a_run_whose_creation_is_never_answered_ends_after_its_cleaning_up),
      TEST(a_save_of_bytes_without_end_can_be_cancelled_and_leaves_nothing),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
