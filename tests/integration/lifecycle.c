// Containers: starting, restarting, pausing, renaming, committing, reports and lists, in every state.
#include "lab.h"

static const char *status_of(conu_container_t *container) {
  char *status;
  ok(conu_container_get_status(container, NULL, &status, &error));
  return taken(status);
}

static char *report(conu_status_t (*call)(conu_container_t *, conu_cancel_t *, char **, conu_error_t **),
                    conu_container_t *container) {
  char *document;
  ok(call(container, NULL, &document, &error));
  return taken(document);
}

// The docker program makes the container; the library has no part in it.
static conu_container_t *created(const char *options, const char *command) {
  char *id =
      shell("docker --host %s create %s %s %s", setting("CONU_HOST"), options, setting("CONU_TEST_IMAGE"), command);
  id[strcspn(id, "\n")] = '\0';
  conu_container_t *container;
  ok(conu_container_from_id(engine, id, NULL, &container, &error));
  return kept_container(container);
}

static conu_container_t *paused(void) {
  conu_container_t *container = run("", "exec sleep 60");
  ok(conu_container_pause(container, NULL, &error));
  return container;
}

static conu_container_t *ended(void) {
  conu_container_t *container = run("", "exit 4");
  waited(container);
  return container;
}

static conu_container_t *removed(void) {
  conu_container_t *container = run("", "true");
  ok(conu_container_delete(container, true, true, NULL, &error));
  return container;
}

// --- starting --------------------------------------------------------------------------------------------------------

static void start_starts_what_was_created_or_has_ended(void **state) {
  (void)state;
  conu_container_t *container = created("", "sh -c 'echo again; exit 4'");
  for (int i = 1; i <= 2; i++) {
    ok(conu_container_start(container, NULL, &error));
    assert_int_equal(waited(container), 4);
  }
  assert_string_equal(logs(container), "again\nagain\n");
}

static void start_of_what_runs_is_a_success(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  ok(conu_container_start(container, NULL, &error));
  assert_string_equal(status_of(container), "running");
}

static void start_of_what_is_paused_is_a_conflict(void **state) {
  (void)state;
  conu_container_t *container = paused();
  fails(CONU_ERROR_CONFLICT, conu_container_start(container, NULL, &error), conu_container_get_name(container));
  assert_string_equal(status_of(container), "paused");
}

static void a_program_that_does_not_exist_is_command_missing(void **state) {
  (void)state;
  conu_container_t *container = created("", "no-such-program");
  fails(CONU_ERROR_COMMAND_MISSING, conu_container_start(container, NULL, &error), "no-such-program");
  hints("PATH");
  fails(CONU_ERROR_COMMAND_MISSING, conu_container_restart(container, 1000, NULL, &error), "no-such-program");
}

static void an_image_without_a_command_is_refused(void **state) {
  (void)state;
  conu_container_t *container;
  char *name = fresh("conu-idle");
  conu_run_builder_t *options = builder(text("--entrypoint= --name %s", name), NULL);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_run_via_api(busybox, options, NULL, &container, &error), "ommand");
  hints("no command of its own");
  assert_false(container_exists(name));
}

static void restart_ends_and_starts(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo up; exec sleep 60");
  for (int i = 0; i < 100 && strstr(logs(container), "up") == NULL; i++) sleep_ms(20);
  int before, after;
  ok(conu_container_get_pid(container, NULL, &before, &error));
  int64_t start = now_ms();
  ok(conu_container_restart(container, 100, NULL, &error));
  assert_true(now_ms() - start >= 1000);  // sleep as a process 1 does not listen to TERM
  ok(conu_container_get_pid(container, NULL, &after, &error));
  assert_true(after > 0 && after != before);
  for (int i = 0; i < 100 && strstr(logs(container), "up\nup\n") == NULL; i++) sleep_ms(20);
  assert_string_equal(logs(container), "up\nup\n");
}

static void restart_starts_what_has_ended_and_what_was_never_started(void **state) {
  (void)state;
  conu_container_t *container = created("", "sleep 60");
  ok(conu_container_restart(container, 0, NULL, &error));
  assert_string_equal(status_of(container), "running");
  ok(conu_container_kill(container, NULL, NULL, &error));
  waited(container);
  ok(conu_container_restart(container, -1, NULL, &error));
  assert_string_equal(status_of(container), "running");
}

// --- pausing ---------------------------------------------------------------------------------------------------------

static void a_paused_container_stands_still_until_it_goes_on(void **state) {
  (void)state;
  conu_container_t *container = run("", "while :; do echo tick; sleep 0.05; done");
  for (int i = 0; i < 100 && strstr(logs(container), "tick") == NULL; i++) sleep_ms(20);
  ok(conu_container_pause(container, NULL, &error));
  assert_string_equal(status_of(container), "paused");
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_true(running);
  sleep_ms(100);  // what was on its way has arrived
  char *log = logs(container);
  sleep_ms(300);
  assert_string_equal(logs(container), log);
  ok(conu_container_unpause(container, NULL, &error));
  assert_string_equal(status_of(container), "running");
  for (int i = 0; i < 100 && strlen(logs(container)) == strlen(log); i++) sleep_ms(20);
  assert_true(strlen(logs(container)) > strlen(log));
}

static void pausing_is_a_conflict_where_it_makes_no_sense(void **state) {
  (void)state;
  conu_container_t *still = paused(), *running = run("", "exec sleep 60"), *over = ended(),
                   *fresh_one = created("", "true");
  fails(CONU_ERROR_CONFLICT, conu_container_pause(still, NULL, &error), conu_container_get_name(still));
  fails(CONU_ERROR_CONFLICT, conu_container_pause(over, NULL, &error), conu_container_get_name(over));
  fails(CONU_ERROR_CONFLICT, conu_container_pause(fresh_one, NULL, &error), conu_container_get_name(fresh_one));
  fails(CONU_ERROR_CONFLICT, conu_container_unpause(running, NULL, &error), conu_container_get_name(running));
  fails(CONU_ERROR_CONFLICT, conu_container_unpause(over, NULL, &error), conu_container_get_name(over));
}

static void a_paused_container_can_be_stopped_restarted_killed_and_removed(void **state) {
  (void)state;
  conu_container_t *container = paused();
  ok(conu_container_stop(container, 0, NULL, &error));
  assert_string_equal(status_of(container), "exited");
  container = paused();
  ok(conu_container_restart(container, 0, NULL, &error));
  assert_string_equal(status_of(container), "running");
  container = paused();
  ok(conu_container_kill(container, NULL, NULL, &error));
  assert_int_equal(waited(container), 137);
  container = paused();
  fails(CONU_ERROR_CONFLICT, conu_container_delete(container, false, true, NULL, &error), "paused");
  ok(conu_container_delete(container, true, true, NULL, &error));
  assert_false(container_exists(conu_container_get_id(container)));
}

// --- names -----------------------------------------------------------------------------------------------------------

static void a_renamed_container_keeps_the_string_of_its_old_name(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  const char *old = conu_container_get_name(container);
  char *copy = text("%s", old), *name = fresh("conu-renamed");
  ok(conu_container_rename(container, name, NULL, &error));
  assert_string_equal(conu_container_get_name(container), name);
  assert_string_equal(old, copy);
  assert_string_equal(inspected(container, "{{.Name}}"), text("/%s", name));
  ok(conu_container_rename(container, name, NULL, &error));
  ok(conu_container_rename(container, copy, NULL, &error));
  assert_string_equal(conu_container_get_name(container), copy);
  ok(conu_container_stop(container, 0, NULL, &error));
}

static void a_name_that_is_taken_or_is_none_is_refused(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60"), *other = ended();
  const char *before = conu_container_get_name(container);
  const char *taken_name = conu_container_get_name(other);
  fails(CONU_ERROR_CONFLICT, conu_container_rename(container, taken_name, NULL, &error), taken_name);
  hints("choose another");
  const char *bad[] = {"", "a b", "/a", "-a", "ž", "a/b"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_rename(container, bad[i], NULL, &error), "name of a container");
    answered(0);
  }
  assert_string_equal(conu_container_get_name(container), before);
}

// --- images of containers --------------------------------------------------------------------------------------------

static void free_metadata(void *metadata) { conu_metadata_free(metadata); }

static conu_metadata_t *facts_of(conu_image_t *image) {
  conu_metadata_t *facts;
  ok(conu_image_get_metadata(image, true, NULL, &facts, &error));
  put_off(free_metadata, facts);
  return facts;
}

static conu_image_t *committed(conu_container_t *container, const char *repository, const char *tag) {
  conu_image_t *image;
  ok(conu_container_commit(container, repository, tag, NULL, &image, &error));
  kept_image(image);
  remove_later(repository != NULL ? conu_image_get_full_name(image) : id_of(image));
  return image;
}

static void a_committed_image_has_the_files_and_marks_of_its_own(void **state) {
  (void)state;
  conu_container_t *container = run("-e COLOUR=blue -l taste=sweet", "echo kept > /kept; exec sleep 60");
  for (int i = 0; i < 100 && strstr(report(conu_container_changes, container), "/kept") == NULL; i++) sleep_ms(20);
  conu_image_t *image = committed(container, "localhost/conu-committed", "1");
  assert_string_equal(conu_image_get_full_name(image), "localhost/conu-committed:1");
  assert_string_equal(status_of(container), "running");
  conu_metadata_t *facts = facts_of(image);
  assert_string_equal(conu_metadata_get_env(facts, "COLOUR"), "blue");
  assert_string_equal(conu_metadata_get_label(facts, "taste"), "sweet");
  assert_string_equal(conu_metadata_get_label(facts, "conu.image_session"),
                      inspected(container, "{{index .Config.Labels \"conu.session\"}}"));
  const char *blank[] = {"conu.session", "conu.test_artifact", "conu.pid", "conu.boot", "conu.start", "conu.request"};
  for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
    assert_string_equal(conu_metadata_get_label(facts, blank[i]), "");
  conu_container_t *second;
  conu_run_builder_t *options = builder("", "cat /kept");
  ok(conu_image_run_via_api(image, options, NULL, &second, &error));
  assert_int_equal(waited(kept_container(second)), 0);
  assert_string_equal(logs(second), "kept\n");
}

static void a_commit_without_a_name_gives_an_image_by_its_id(void **state) {
  (void)state;
  conu_image_t *image = committed(ended(), NULL, NULL);
  contains(conu_image_get_full_name(image), "sha256:");
  assert_null(conu_image_get_tag(image));
  assert_true(is_present(image));
}

static void a_commit_without_a_tag_is_the_latest(void **state) {
  (void)state;
  conu_image_t *image = committed(paused(), "localhost/conu-committed", NULL);
  assert_string_equal(conu_image_get_full_name(image), "localhost/conu-committed:latest");
  assert_true(is_present(image));
}

static void a_commit_under_a_bad_name_is_refused_before_any_request(void **state) {
  (void)state;
  conu_container_t *container = removed();
  conu_image_t *image;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_commit(container, NULL, "1", NULL, &image, &error), "repository");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_commit(container, "UPPER", NULL, NULL, &image, &error), "UPPER");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_commit(container, "a:1", "2", NULL, &image, &error), "a:1");
  answered(0);
}

// At whatever moment the cancel comes, either there is an image and a handle to it, or there is neither.
static void a_commit_cancelled_at_any_moment_leaves_no_image(void **state) {
  (void)state;
  conu_container_t *container = ended();
  for (int64_t moment = 0; moment <= 90; moment += 15) {
    conu_cancel_t *cancel = new_cancel();
    trigger_after(cancel, moment);
    char *name = text("localhost/%s", fresh("conu-cancelled"));
    conu_image_t *image;
    conu_status_t status = conu_container_commit(container, name, "1", cancel, &image, &error);
    if (status == CONU_OK) {
      ok(conu_image_rmi(image, false, true, NULL, &error));
      conu_image_free(image);
      continue;
    }
    fails(CONU_ERROR_CANCELLED, status, "cancelled");
    assert_false(is_present(image_named(name)));
  }
}

// --- reports ---------------------------------------------------------------------------------------------------------

static void changes_tell_what_was_changed_added_and_removed(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo x > /added; echo x >> /etc/os-release; rm /var/www/index.html");
  waited(container);
  char *document = report(conu_container_changes, container);
  contains(document, "{\"Path\":\"/added\",\"Kind\":1}");
  contains(document, "{\"Path\":\"/etc/os-release\",\"Kind\":0}");
  contains(document, "{\"Path\":\"/var/www/index.html\",\"Kind\":2}");
}

static void changes_of_an_untouched_container_are_an_empty_list(void **state) {
  (void)state;
  assert_string_equal(report(conu_container_changes, created("", "true")), "[]");
}

static void stats_are_one_sample(void **state) {
  (void)state;
  int64_t start = now_ms();
  char *document = report(conu_container_stats, run("", "exec sleep 60"));
  assert_true(now_ms() - start < 1500);
  contains(document, "\"memory_stats\"");
  contains(document, "\"cpu_stats\"");
  contains(report(conu_container_stats, paused()), "\"cpu_stats\"");
}

static void top_lists_the_processes_with_the_hosts_ids(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 61 & exec sleep 62");
  int pid;
  ok(conu_container_get_pid(container, NULL, &pid, &error));
  char *document = text("%s", "");
  for (int i = 0; i < 100 && strstr(document, "sleep 61") == NULL; i++) {
    document = report(conu_container_top, container);
    sleep_ms(20);
  }
  contains(document, "\"Titles\":[\"UID\",\"PID\",");
  contains(document, "sleep 61");
  contains(document, "sleep 62");
  contains(document, text("\"%d\"", pid));
}

static void what_does_not_run_has_neither_stats_nor_processes(void **state) {
  (void)state;
  conu_container_t *containers[] = {ended(), created("", "true")};
  char *document;
  for (int i = 0; i < 2; i++) {
    const char *name = conu_container_get_name(containers[i]);
    fails(CONU_ERROR_CONFLICT, conu_container_stats(containers[i], NULL, &document, &error), name);
    fails(CONU_ERROR_CONFLICT, conu_container_top(containers[i], NULL, &document, &error), name);
  }
}

// --- lists -----------------------------------------------------------------------------------------------------------

static void all_containers_are_listed_whoever_made_them(void **state) {
  (void)state;
  conu_container_t *mine[] = {run("", "exec sleep 60"), ended(), created("-t", "echo listed")};
  conu_container_list_t *list;
  ok(conu_engine_list_containers(engine, NULL, &list, &error));
  int matches = 0;
  for (size_t i = 0; i < conu_container_list_size(list); i++) {
    conu_container_t *item;
    ok(conu_container_list_get(list, i, &item, &error));
    for (int j = 0; j < 3; j++) {
      if (strcmp(conu_container_get_id(item), conu_container_get_id(mine[j])) != 0) continue;
      matches++;
      assert_string_equal(conu_container_get_name(item), conu_container_get_name(mine[j]));
      if (j < 2) continue;
      // Of one from a list, too, it is known that its output is a terminal's.
      ok(conu_container_start(item, NULL, &error));
      waited(item);
      assert_string_equal(logs(item), "listed\r\n");
    }
    conu_container_free(item);
  }
  assert_int_equal(matches, 3);
  conu_container_t *beyond;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_list_get(list, conu_container_list_size(list), &beyond, &error),
        "beyond the end");
  conu_container_list_free(list);
}

// --- gone ------------------------------------------------------------------------------------------------------------

static void calls_on_a_container_that_is_gone_are_not_found(void **state) {
  (void)state;
  conu_container_t *container = removed();
  const char *name = conu_container_get_name(container);
  char *document;
  conu_image_t *image;
  fails(CONU_ERROR_NOT_FOUND, conu_container_start(container, NULL, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_restart(container, 0, NULL, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_pause(container, NULL, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_unpause(container, NULL, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_rename(container, "conu-other", NULL, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_commit(container, NULL, NULL, NULL, &image, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_changes(container, NULL, &document, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_stats(container, NULL, &document, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_top(container, NULL, &document, &error), name);
}

static void remove_soon(void *container) {
  sleep_ms(150);
  conu_container_delete(container, true, true, NULL, NULL);
}

// Docker removes it at once; Podman lets the stop have its grace first.
static void a_container_that_is_removed_while_it_is_asked_to_stop_ends_the_call(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  struct thread *remover = in_thread(remove_soon, container);
  int64_t start = now_ms();
  conu_status_t status = conu_container_stop(container, 2000, NULL, &error);
  assert_true(now_ms() - start < (on_podman() ? 6000 : 1500));
  if (status != CONU_OK) fails(status, status, conu_container_get_name(container));
  join(remover);
  assert_false(container_exists(conu_container_get_id(container)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(start_starts_what_was_created_or_has_ended),
      TEST(start_of_what_runs_is_a_success),
      TEST(start_of_what_is_paused_is_a_conflict),
      TEST(a_program_that_does_not_exist_is_command_missing),
      TEST(an_image_without_a_command_is_refused),
      TEST(restart_ends_and_starts),
      TEST(restart_starts_what_has_ended_and_what_was_never_started),
      TEST(a_paused_container_stands_still_until_it_goes_on),
      TEST(pausing_is_a_conflict_where_it_makes_no_sense),
      TEST(a_paused_container_can_be_stopped_restarted_killed_and_removed),
      TEST(a_renamed_container_keeps_the_string_of_its_old_name),
      TEST(a_name_that_is_taken_or_is_none_is_refused),
      TEST(a_committed_image_has_the_files_and_marks_of_its_own),
      TEST(a_commit_without_a_name_gives_an_image_by_its_id),
      TEST(a_commit_without_a_tag_is_the_latest),
      TEST(a_commit_under_a_bad_name_is_refused_before_any_request),
      TEST(a_commit_cancelled_at_any_moment_leaves_no_image),
      TEST(changes_tell_what_was_changed_added_and_removed),
      TEST(changes_of_an_untouched_container_are_an_empty_list),
      TEST(stats_are_one_sample),
      TEST(top_lists_the_processes_with_the_hosts_ids),
      TEST(what_does_not_run_has_neither_stats_nor_processes),
      TEST(all_containers_are_listed_whoever_made_them),
      TEST(calls_on_a_container_that_is_gone_are_not_found),
      TEST(a_container_that_is_removed_while_it_is_asked_to_stop_ends_the_call),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
