// Cleaning up: what this session has made goes, whatever its state; what a user or another session has made stays.
#include "lab.h"

static const char other_session[] = "00000000-0000-4000-8000-000000000000";

static void clean_containers(void) { ok(conu_engine_cleanup_containers(engine, NULL, &error)); }
static void clean_images(void) { ok(conu_engine_cleanup_images(engine, NULL, &error)); }
static void clean_volumes(void) { ok(conu_engine_cleanup_volumes(engine, NULL, &error)); }

static char *docker(const char *words) {
  char *output = shell("docker --host %s %s", setting("CONU_HOST"), words);
  output[strcspn(output, "\n")] = '\0';
  return output;
}

static void remove_by_name(void *name) { ask("DELETE", text("/containers/%s?force=1&v=1", (char *)name)); }
static void remove_volume(void *name) { ask("DELETE", text("/volumes/%s?force=1", (char *)name)); }

// A container that the library has no part in.
static char *users_container(const char *options, const char *image) {
  char *name = fresh("users-container");
  put_off(remove_by_name, name);
  docker(text("run -d --name %s %s %s sleep 60", name, options, image));
  return name;
}

static bool image_exists(const char *name) {
  return strstr(ask("GET", text("/images/%s/json", name)), "\"Id\":\"") != NULL;
}
static bool volume_exists(const char *name) { return strstr(ask("GET", "/volumes"), text("\"%s\"", name)) != NULL; }

// An image that this session has built: busybox and a file.
static conu_image_t *built(const char *name, const char *second_name, const char *from) {
  char *folder = fresh_folder();
  file_in(folder, "content", name);
  file_in(folder, "Dockerfile", text("FROM %s\nCOPY content /content\n", from));
  conu_build_options_t *options = conu_build_options_new();
  ok(conu_build_options_set_path(options, folder, &error));
  ok(conu_build_options_add_tag(options, name, &error));
  if (second_name != NULL) ok(conu_build_options_add_tag(options, second_name, &error));
  conu_image_t *image;
  conu_status_t status = conu_image_build(engine, options, NULL, &image, &error);
  conu_build_options_free(options);
  ok(status);
  remove_later(name);
  if (second_name != NULL) remove_later(second_name);
  return kept_image(image);
}

static conu_container_t *run_of(conu_image_t *image, const char *script) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("", script), NULL, &container, &error));
  return kept_container(container);
}

// --- containers ------------------------------------------------------------------------------------------------------

static void containers_in_every_state_go_with_their_anonymous_volumes(void **state) {
  (void)state;
  conu_container_t *running = run("-v /data", "exec sleep 60"), *paused = run("", "exec sleep 60");
  conu_container_t *ended = run("-v /data", "true"), *failing = run("", "exit 3"),
                   *stuck = run("", "trap '' TERM; exec sleep 60");
  ok(conu_container_pause(paused, NULL, &error));
  waited(ended);
  const char *volume = inspected(running, "{{(index .Mounts 0).Name}}");
  assert_true(volume_exists(volume));
  clean_containers();
  conu_container_t *all[] = {running, paused, ended, failing, stuck};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_false(container_exists(conu_container_get_id(all[i])));
  assert_false(volume_exists(volume));
  bool still;
  fails(CONU_ERROR_NOT_FOUND, conu_container_is_running(running, NULL, &still, &error),
        conu_container_get_name(running));
}

static void containers_of_users_and_other_sessions_stay(void **state) {
  (void)state;
  char *users = users_container("", setting("CONU_TEST_IMAGE"));
  char *others = users_container(text("--label conu.test_artifact=true --label conu.session=%s", other_session),
                                 setting("CONU_TEST_IMAGE"));
  char *blank = users_container("--label conu.session=", setting("CONU_TEST_IMAGE"));
  conu_container_t *mine = run("", "exec sleep 60");
  clean_containers();
  assert_false(container_exists(conu_container_get_id(mine)));
  assert_true(container_exists(users));
  assert_true(container_exists(others));
  assert_true(container_exists(blank));
}

static void a_users_container_of_an_image_of_ours_stays(void **state) {
  (void)state;
  conu_container_t *origin = run("", "true");
  waited(origin);
  conu_image_t *image;
  ok(conu_container_commit(origin, "localhost/conu-origin", "1", NULL, &image, &error));
  kept_image(image);
  remove_later("localhost/conu-origin:1");
  char *users = users_container("", "localhost/conu-origin:1");
  clean_containers();
  assert_true(container_exists(users));
  assert_false(container_exists(conu_container_get_id(origin)));
}

static void run_in_child(void) {
  conu_container_t *container;
  conu_error_t *mine = NULL;
  conu_status_t status =
      conu_image_run_via_api(busybox, builder("--name conu-of-the-child", "exec sleep 60"), NULL, &container, &mine);
  child_expects(status == CONU_OK);
}

static void clean_in_child(void) { child_expects(conu_engine_cleanup_containers(engine, NULL, NULL) == CONU_OK); }

static void a_child_and_its_parent_clean_up_their_own_alone(void **state) {
  (void)state;
  put_off(remove_by_name, "conu-of-the-child");
  conu_container_t *mine = run("", "exec sleep 60");
  in_child(clean_in_child);
  assert_true(container_exists(conu_container_get_id(mine)));
  in_child(run_in_child);
  clean_containers();
  assert_false(container_exists(conu_container_get_id(mine)));
  assert_true(container_exists("conu-of-the-child"));
}

static int good_cleanings;

static void clean_in_thread(void *unused) {
  (void)unused;
  conu_error_t *mine = NULL;
  if (conu_engine_cleanup_containers(engine, NULL, &mine) == CONU_OK)
    __atomic_add_fetch(&good_cleanings, 1, __ATOMIC_SEQ_CST);
  else
    print_error("a cleaning in a thread: %s\n", conu_error_get_message(mine));
  conu_error_free(mine);
}

static void cleanings_at_the_same_time_do_not_disturb_each_other(void **state) {
  (void)state;
  conu_container_t *containers[6];
  for (int i = 0; i < 6; i++) containers[i] = run(i % 2 ? "--rm" : "", i % 3 ? "exec sleep 60" : "sleep 0.3");
  good_cleanings = 0;
  struct thread *threads[3];
  for (int i = 0; i < 3; i++) threads[i] = in_thread(clean_in_thread, NULL);
  for (int i = 0; i < 3; i++) join(threads[i]);
  assert_int_equal(good_cleanings, 3);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 50 && container_exists(conu_container_get_id(containers[i])); j++) sleep_ms(20);
  for (int i = 0; i < 6; i++) assert_false(container_exists(conu_container_get_id(containers[i])));
}

static void where_there_is_nothing_to_clean_all_is_well(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    clean_containers();
    clean_images();
    clean_volumes();
  }
}

static void a_cleaning_that_is_cancelled_says_so(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  fails(CONU_ERROR_CANCELLED, conu_engine_cleanup_containers(engine, cancel, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_engine_cleanup_images(engine, cancel, &error), "cancelled");
  fails(CONU_ERROR_CANCELLED, conu_engine_cleanup_volumes(engine, cancel, &error), "cancelled");
  assert_true(container_exists(conu_container_get_id(container)));
}

// --- images ----------------------------------------------------------------------------------------------------------

static void images_go_under_all_their_names(void **state) {
  (void)state;
  char *one = text("localhost/%s:1", fresh("conu-built")), *two = text("localhost/%s:2", fresh("conu-built"));
  conu_image_t *image = built(one, two, setting("CONU_TEST_IMAGE"));
  char *id = id_of(image);
  clean_images();
  assert_false(image_exists(one));
  assert_false(image_exists(two));
  assert_false(image_exists(id));
}

static void nameless_images_parents_and_children_go(void **state) {
  (void)state;
  char *parent = text("localhost/%s:1", fresh("conu-parent")), *child = text("localhost/%s:1", fresh("conu-child"));
  built(parent, NULL, setting("CONU_TEST_IMAGE"));
  conu_image_t *second = built(child, NULL, parent), *third;
  conu_container_t *container = run_of(second, "echo more > /more");
  waited(container);
  ok(conu_container_commit(container, NULL, NULL, NULL, &third, &error));
  char *id = id_of(kept_image(third));
  remove_later(id);
  clean_containers();
  clean_images();
  assert_false(image_exists(parent));
  assert_false(image_exists(child));
  assert_false(image_exists(id));
}

static void an_image_goes_with_the_containers_of_this_session(void **state) {
  (void)state;
  char *name = text("localhost/%s:1", fresh("conu-built"));
  conu_image_t *image = built(name, NULL, setting("CONU_TEST_IMAGE"));
  conu_container_t *running = run_of(image, "exec sleep 60"), *unrelated = run("", "exec sleep 60");
  clean_images();
  assert_false(image_exists(name));
  assert_false(container_exists(conu_container_get_id(running)));
  assert_true(container_exists(conu_container_get_id(unrelated)));
}

static void an_image_that_a_users_container_needs_stays_and_the_rest_goes(void **state) {
  (void)state;
  char *held = text("localhost/%s:1", fresh("conu-held")), *second_name = text("localhost/%s:2", fresh("conu-held"));
  char *loose = text("localhost/%s:1", fresh("conu-loose"));
  built(held, second_name, setting("CONU_TEST_IMAGE"));
  built(loose, NULL, setting("CONU_TEST_IMAGE"));
  char *users = users_container("", held);
  fails(CONU_ERROR_CONFLICT, conu_engine_cleanup_images(engine, NULL, &error), users);
  says("conu-held");
  hints("remove these containers first");
  assert_true(image_exists(held));
  assert_true(image_exists(second_name));
  assert_true(container_exists(users));
  assert_false(image_exists(loose));
  docker(text("stop -t 0 %s", users));
  fails(CONU_ERROR_CONFLICT, conu_engine_cleanup_images(engine, NULL, &error), users);
  docker(text("rm %s", users));
  clean_images();
  assert_false(image_exists(held));
}

static void images_of_users_and_other_sessions_stay(void **state) {
  (void)state;
  char *folder = fresh_folder(), *users = fresh("users-image"), *others = fresh("others-image");
  file_in(folder, "Dockerfile", text("FROM %s\nENV USERS=own\n", setting("CONU_TEST_IMAGE")));
  shell("docker --host %s build -t localhost/%s:1 %s", setting("CONU_HOST"), users, folder);
  remove_later(text("localhost/%s:1", users));
  shell("docker --host %s build --label conu.image_session=%s -t localhost/%s:1 %s", setting("CONU_HOST"),
        other_session, others, folder);
  remove_later(text("localhost/%s:1", others));
  tagged("localhost/conu-tagged:1");
  clean_images();
  assert_true(image_exists(text("localhost/%s:1", users)));
  assert_true(image_exists(text("localhost/%s:1", others)));
  assert_true(image_exists("localhost/conu-tagged:1"));
  assert_true(is_present(busybox));
}

// --- volumes ---------------------------------------------------------------------------------------------------------

static void volumes_go_once_no_container_uses_them(void **state) {
  (void)state;
  char *mine = fresh("conu-volume"), *users = fresh("users-volume"), *others = fresh("others-volume");
  put_off(remove_volume, mine);
  put_off(remove_volume, users);
  put_off(remove_volume, others);
  docker(text("volume create %s", users));
  docker(text("volume create --label conu.session=%s %s", other_session, others));
  conu_container_t *container = run(text("-v %s:/a -v %s:/b -v %s:/c", mine, users, others), "exec sleep 60");
  fails(CONU_ERROR_CONFLICT, conu_engine_cleanup_volumes(engine, NULL, &error), mine);
  hints("conu_engine_cleanup_containers");
  assert_true(container_exists(conu_container_get_id(container)));
  clean_containers();
  clean_volumes();
  assert_false(volume_exists(mine));
  assert_true(volume_exists(users));
  assert_true(volume_exists(others));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(containers_in_every_state_go_with_their_anonymous_volumes),
      TEST(containers_of_users_and_other_sessions_stay),
      TEST(a_users_container_of_an_image_of_ours_stays),
      TEST(a_child_and_its_parent_clean_up_their_own_alone),
      TEST(cleanings_at_the_same_time_do_not_disturb_each_other),
      TEST(where_there_is_nothing_to_clean_all_is_well),
      TEST(a_cleaning_that_is_cancelled_says_so),
      TEST(images_go_under_all_their_names),
      TEST(nameless_images_parents_and_children_go),
      TEST(an_image_goes_with_the_containers_of_this_session),
      TEST(an_image_that_a_users_container_needs_stays_and_the_rest_goes),
      TEST(images_of_users_and_other_sessions_stay),
      TEST(volumes_go_once_no_container_uses_them),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
