// Pushing, saving and loading.
#include <sys/stat.h>
#include <unistd.h>

#include "lab.h"

static conu_image_t *other;  // of the calls that must fail
static conu_image_list_t *list;

// --- push ------------------------------------------------------------------------------------------------------------

static conu_status_t push(conu_image_t *image, const char *repository, const char *tag) {
  return conu_image_push(image, repository, tag, NULL, &other, &error);
}

static void an_image_that_was_pushed_can_be_pulled_back(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1.0", fresh("pushed")));
  conu_image_t *image = tagged(name);
  ok(push(image, NULL, NULL));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), name);
  ok(conu_image_rmi(image, false, true, NULL, &error));
  assert_false(is_present(image));
  ok(conu_image_pull(image, NULL, NULL, &error));
  assert_string_equal(id_of(image), id_of(busybox));
}

static void push_under_another_name_tags_it_first(void **state) {
  (void)state;
  const char *repository = in_registry("CONU_TEST_REGISTRY", fresh("pushed"));
  remove_later(text("%s:latest", repository));
  remove_later(text("%s:2.0", repository));
  ok(push(busybox, repository, NULL));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), text("%s:latest", repository));
  assert_true(is_present(other));
  conu_image_t *image = other;
  ok(push(image, NULL, "2.0"));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), text("%s:2.0", repository));
  ok(conu_image_rmi(other, false, true, NULL, &error));
  ok(conu_image_pull(other, NULL, NULL, &error));
}

static void push_progress_tells_steps_and_gives_the_image(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1.0", fresh("pushed")));
  conu_progress_t *progress;
  ok(conu_image_push_progress(tagged(name), NULL, NULL, NULL, &progress, &error));
  kept_progress(progress);
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
  assert_true(strlen(read_to_end(progress)) > 0);
  ok(conu_progress_take_image(progress, &other, &error));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), name);
}

static void push_without_a_password_is_unauthorized(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_AUTH_REGISTRY", text("%s:1.0", fresh("pushed")));
  fails(CONU_ERROR_UNAUTHORIZED, push(tagged(name), NULL, NULL), name);
  assert_null(other);
  hints("conu_engine_login");
}

static void push_works_after_a_login(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_AUTH_REGISTRY", text("%s:1.0", fresh("pushed")));
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  ok(conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"),
                       setting("CONU_TEST_AUTH_REGISTRY"), NULL, &error));
  tagged(name);
  ok(push(image_of(mine, name), NULL, NULL));
  kept_image(other);
}

static void push_of_a_missing_image_is_not_found(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "missing/image:1.0");
  fails(CONU_ERROR_NOT_FOUND, push(image_named(name), NULL, NULL), name);
  fails(CONU_ERROR_NOT_FOUND, push(image_named(name), NULL, "2.0"), name);
}

static void push_to_a_registry_that_is_down_is_an_error_of_the_engine(void **state) {
  (void)state;
  const char *name = text("127.0.0.1:9/%s:1.0", fresh("down"));
  fails(CONU_ERROR_ENGINE, push(tagged(name), NULL, NULL), name);
  says("connection refused");
  hints("cannot reach the registry");
}

static void push_of_an_image_without_a_name_is_refused(void **state) {
  (void)state;
  ok(conu_image_layers(busybox, true, NULL, &list, &error));
  ok(conu_image_list_get(list, 0, &other, &error));
  conu_image_list_free(list);
  fails(CONU_ERROR_INVALID_ARGUMENT, push(kept_image(other), NULL, NULL), "no name");
}

static void push_of_a_digest_is_refused_and_pushes_no_other_tags(void **state) {
  (void)state;
  const char *name = text("localhost/some/image@sha256:%064d", 7);
  fails(CONU_ERROR_INVALID_ARGUMENT, push(image_named(name), NULL, NULL), "digest");
  answered(0);
}

// --- save ------------------------------------------------------------------------------------------------------------

static conu_status_t save(conu_image_t *image, const char *path) { return conu_image_save(image, path, NULL, &error); }

static void save_replaces_a_file_when_the_archive_is_complete(void **state) {
  (void)state;
  const char *folder = fresh_folder(), *path = file_in(folder, "image.tar", "before");
  ok(save(busybox, path));
  contains(shell("tar -tf %s", path), "manifest.json");
  assert_string_equal(shell("ls -A %s", folder), "image.tar\n");
}

static void a_save_that_fails_leaves_what_was_there(void **state) {
  (void)state;
  const char *folder = fresh_folder(), *path = file_in(folder, "image.tar", "before");
  fails(CONU_ERROR_NOT_FOUND, save(image_named("localhost/missing/image:1.0"), path), "localhost/missing/image:1.0");
  answered(404);
  assert_string_equal(shell("ls -A %s; cat %s", folder, path), "image.tar\nbefore");
}

static void save_into_a_folder_that_does_not_exist_is_not_found(void **state) {
  (void)state;
  const char *path = text("%s/missing/image.tar", fresh_folder());
  fails(CONU_ERROR_NOT_FOUND, save(busybox, path), path);
  answered(0);
}

static void an_empty_path_is_refused(void **state) {
  (void)state;
  fails(CONU_ERROR_INVALID_ARGUMENT, save(busybox, ""), "the argument path is empty");
  conu_progress_t *progress;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_load(engine, "", NULL, &list, &error), "the argument path is empty");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_load_progress(engine, "", NULL, &progress, &error), "path is empty");
}

static void save_writes_to_nothing_that_is_no_file(void **state) {
  (void)state;
  const char *folder = fresh_folder(), *pipe = text("%s/pipe", folder), *link = text("%s/link", folder);
  assert_int_equal(mkfifo(pipe, 0600), 0);
  assert_int_equal(symlink(pipe, link), 0);
  const char *paths[] = {text("%s/.", folder), pipe, link};
  for (int i = 0; i < 3; i++) {
    fails(CONU_ERROR_IO, save(busybox, paths[i]), paths[i]);
    assert_string_equal(shell("ls -AF %s", folder), "link@\npipe|\n");
  }
}

static void save_follows_a_link_to_its_file(void **state) {
  (void)state;
  const char *folder = fresh_folder(), *path = file_in(folder, "image.tar", "before");
  const char *link = text("%s/link", folder);
  assert_int_equal(symlink("image.tar", link), 0);
  ok(save(busybox, link));
  contains(shell("tar -tf %s", path), "manifest.json");
  assert_string_equal(shell("ls -AF %s", folder), "image.tar\nlink@\n");
}

static void unmount(void *path) { shell("umount %s", (char *)path); }

static void a_save_that_fills_the_disk_leaves_nothing(void **state) {
  (void)state;
  char *folder = fresh_folder();
  shell("mount -t tmpfs -o size=256k none %s", folder);
  put_off(unmount, folder);
  const char *path = text("%s/image.tar", folder);
  fails(CONU_ERROR_IO, save(busybox, path), path);
  says("No space left");
  assert_string_equal(shell("ls -A %s", folder), "");
  ok(conu_engine_ping(engine, NULL, &error));
}

static char *forbidden;

static void save_as_nobody(void) {
  child_expects(setgid(65534) == 0 && setuid(65534) == 0);
  child_expects(save(busybox, forbidden) == CONU_ERROR_PERMISSION);
  child_expects(strstr(conu_error_get_message(error), forbidden) != NULL);
}

static void save_into_a_folder_that_is_not_ours_is_a_matter_of_permission(void **state) {
  (void)state;
  forbidden = text("%s/image.tar", fresh_folder());
  in_child(save_as_nobody);
  assert_string_equal(shell("ls -A $(dirname %s)", forbidden), "");
}

static void a_save_that_is_cancelled_leaves_nothing(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/random:latest"));
  const char *folder = fresh_folder(), *path = text("%s/image.tar", folder);
  conu_status_t status = CONU_OK;
  // The engine is quick: a cancel that comes half way takes several tries.
  for (int64_t delay = 0; delay < 20 && status == CONU_OK; delay++) {
    conu_cancel_t *cancel = cancel_within(delay);
    status = conu_image_save(image, path, cancel, &error);
    if (status == CONU_OK) continue;
    fails(CONU_ERROR_TIMEOUT, status, "deadline");
    assert_string_equal(shell("ls -A %s", folder), "");
    status = CONU_OK;
  }
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  unlink(path);
  fails(CONU_ERROR_CANCELLED, conu_image_save(image, path, cancel, &error), "cancelled");
  assert_string_equal(shell("ls -A %s", folder), "");
}

// --- load ------------------------------------------------------------------------------------------------------------

static conu_status_t load(const char *path) { return conu_image_load(engine, path, NULL, &list, &error); }

// The only image of the list, which is freed.
static conu_image_t *only_image(void) {
  assert_int_equal(conu_image_list_size(list), 1);
  ok(conu_image_list_get(list, 0, &other, &error));
  conu_image_list_free(list);
  return kept_image(other);
}

static void what_was_saved_can_be_loaded(void **state) {
  (void)state;
  const char *name = text("%s:1.0", fresh("localhost/saved")), *path = text("%s/image.tar", fresh_folder());
  conu_image_t *image = tagged(name);
  ok(save(image, path));
  ok(conu_image_rmi(image, false, true, NULL, &error));
  assert_false(is_present(image));
  ok(load(path));
  image = only_image();
  assert_string_equal(conu_image_get_full_name(image), name);
  assert_string_equal(id_of(image), id_of(busybox));
}

static void load_gives_the_images_of_the_archive(void **state) {
  (void)state;
  remove_later("conu/loaded:1.0");
  ok(load(setting("CONU_TEST_IMAGE_TAR")));
  conu_image_t *image = only_image();
  contains(conu_image_get_full_name(image), "conu/loaded:1.0");
  assert_true(is_present(image));
}

static void an_archive_of_several_images_gives_them_all(void **state) {
  (void)state;
  const char *path = text("%s/images.tar", fresh_folder());
  const char *names[] = {text("%s:1.0", fresh("localhost/several")), text("%s:2.0", fresh("localhost/several"))};
  tagged(names[0]);
  tagged(names[1]);
  shell("docker --host %s save -o %s %s %s", setting("CONU_HOST"), path, names[0], names[1]);
  ok(load(path));
  assert_int_equal(conu_image_list_size(list), 2);
  for (size_t i = 0; i < 2; i++) {
    ok(conu_image_list_get(list, i, &other, &error));
    kept_image(other);
    assert_true(is_present(other));
    assert_true(strcmp(conu_image_get_full_name(other), names[0]) == 0 ||
                strcmp(conu_image_get_full_name(other), names[1]) == 0);
  }
  conu_image_list_free(list);
}

static void an_image_without_a_name_is_saved_and_loaded_by_its_id(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  const char *path = text("%s/image.tar", fresh_folder()), *id = id_of(image);
  ok(conu_image_layers(image, true, NULL, &list, &error));
  ok(conu_image_list_get(list, 0, &other, &error));
  conu_image_list_free(list);
  ok(save(kept_image(other), path));
  ok(conu_image_rmi(image, true, false, NULL, &error));
  remove_later(id);
  ok(load(path));
  image = only_image();
  assert_true(is_present(image));
  assert_string_equal(id_of(image), id);
  assert_string_equal(conu_image_get_full_name(image), id);
  assert_null(conu_image_get_repository(image));
}

static void load_progress_gives_images_and_no_image(void **state) {
  (void)state;
  conu_progress_t *progress;
  remove_later("conu/loaded:1.0");
  ok(conu_image_load_progress(engine, setting("CONU_TEST_IMAGE_TAR"), NULL, &progress, &error));
  kept_progress(progress);
  contains(read_to_end(progress), "Loaded image");
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
  ok(conu_progress_take_images(progress, &list, &error));
  only_image();
}

static void load_of_garbage_is_an_error_of_the_engine(void **state) {
  (void)state;
  const char *path = file_in(fresh_folder(), "garbage.tar", "this is no archive of images, and never was one\n");
  fails(CONU_ERROR_ENGINE, load(path), path);
  assert_null(list);
  path = text("%s/noise.tar", fresh_folder());
  shell("head -c 3000000 /dev/urandom > %s", path);
  fails(CONU_ERROR_ENGINE, load(path), path);
  path = file_in(fresh_folder(), "empty.tar", "");
  fails(CONU_ERROR_ENGINE, load(path), path);
}

static void load_of_an_archive_that_is_cut_off_is_an_error_of_the_engine(void **state) {
  (void)state;
  const char *path = text("%s/image.tar", fresh_folder());
  shell("head -c 100000 %s > %s", setting("CONU_TEST_IMAGE_TAR"), path);
  fails(CONU_ERROR_ENGINE, load(path), path);
}

static void load_of_a_missing_file_is_not_found(void **state) {
  (void)state;
  const char *path = text("%s/missing.tar", fresh_folder());
  conu_progress_t *progress;
  fails(CONU_ERROR_NOT_FOUND, load(path), path);
  assert_null(list);
  fails(CONU_ERROR_NOT_FOUND, conu_image_load_progress(engine, path, NULL, &progress, &error), path);
  assert_null(progress);
}

static void load_of_a_folder_is_an_error_of_reading(void **state) {
  (void)state;
  const char *path = fresh_folder();
  fails(CONU_ERROR_IO, load(path), path);
  says("directory");
}

static void load_as_nobody(void) {
  child_expects(setgid(65534) == 0 && setuid(65534) == 0);
  child_expects(load(forbidden) == CONU_ERROR_PERMISSION);
  child_expects(strstr(conu_error_get_message(error), forbidden) != NULL);
}

static void load_of_a_file_that_may_not_be_read_is_a_matter_of_permission(void **state) {
  (void)state;
  forbidden = file_in(fresh_folder(), "image.tar", "secret");
  assert_int_equal(chmod(forbidden, 0600), 0);
  in_child(load_as_nobody);
}

static void load_refuses_a_pipe_at_once(void **state) {
  (void)state;
  const char *path = text("%s/pipe", fresh_folder());
  assert_int_equal(mkfifo(path, 0600), 0);
  fails(CONU_ERROR_IO, load(path), path);
  says("no regular file");
}

static void a_load_that_is_cancelled_ends(void **state) {
  (void)state;
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  fails(CONU_ERROR_CANCELLED, conu_image_load(engine, setting("CONU_TEST_IMAGE_TAR"), cancel, &list, &error),
        "cancelled");
  assert_null(list);
  ok(conu_engine_ping(engine, NULL, &error));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_image_that_was_pushed_can_be_pulled_back),
      TEST(push_under_another_name_tags_it_first),
      TEST(push_progress_tells_steps_and_gives_the_image),
      TEST(push_without_a_password_is_unauthorized),
      TEST(push_works_after_a_login),
      TEST(push_of_a_missing_image_is_not_found),
      TEST(push_to_a_registry_that_is_down_is_an_error_of_the_engine),
      TEST(push_of_an_image_without_a_name_is_refused),
      TEST(push_of_a_digest_is_refused_and_pushes_no_other_tags),
      TEST(save_replaces_a_file_when_the_archive_is_complete),
      TEST(a_save_that_fails_leaves_what_was_there),
      TEST(save_into_a_folder_that_does_not_exist_is_not_found),
      TEST(an_empty_path_is_refused),
      TEST(save_writes_to_nothing_that_is_no_file),
      TEST(save_follows_a_link_to_its_file),
      TEST(a_save_that_fills_the_disk_leaves_nothing),
      TEST(save_into_a_folder_that_is_not_ours_is_a_matter_of_permission),
      TEST(a_save_that_is_cancelled_leaves_nothing),
      TEST(what_was_saved_can_be_loaded),
      TEST(load_gives_the_images_of_the_archive),
      TEST(an_archive_of_several_images_gives_them_all),
      TEST(an_image_without_a_name_is_saved_and_loaded_by_its_id),
      TEST(load_progress_gives_images_and_no_image),
      TEST(load_of_garbage_is_an_error_of_the_engine),
      TEST(load_of_an_archive_that_is_cut_off_is_an_error_of_the_engine),
      TEST(load_of_a_missing_file_is_not_found),
      TEST(load_of_a_folder_is_an_error_of_reading),
      TEST(load_of_a_file_that_may_not_be_read_is_a_matter_of_permission),
      TEST(load_refuses_a_pipe_at_once),
      TEST(a_load_that_is_cancelled_ends),
  };
  return RUN_LAB_TESTS(tests);
}
