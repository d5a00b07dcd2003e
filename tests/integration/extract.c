// Trees streamed out of an engine: what an engine that means ill sends, what is too large, and that nothing is left
// behind, whenever and however an extraction ends.
#include <sys/mount.h>

#include "archive.h"
#include "lab.h"
#include "server.h"

static void free_filesystem(void *filesystem) { conu_filesystem_free(filesystem); }
static void free_options(void *options) { conu_mount_options_free(options); }

static conu_mount_options_t *by_extraction(int64_t entries, int64_t bytes) {
  conu_mount_options_t *options = conu_mount_options_new();
  assert_non_null(options);
  put_off(free_options, options);
  ok(conu_mount_options_set_method(options, "extract", &error));
  conu_mount_options_set_limits(options, entries, bytes);
  return options;
}

static conu_filesystem_t *kept(conu_filesystem_t *filesystem) {
  assert_non_null(filesystem);
  assert_string_equal(conu_filesystem_get_method(filesystem), "extract");
  put_off(free_filesystem, filesystem);
  return filesystem;
}

static const char *content(conu_filesystem_t *filesystem, const char *path) {
  void *data;
  size_t size;
  ok(conu_filesystem_read_file(filesystem, path, NULL, &data, &size, &error));
  char *read = text("%.*s", (int)size, (char *)data);
  conu_bytes_free(data);
  return read;
}

// A folder "in" to mount at, with one beside it that nobody is to touch.
static char *fresh_place(void) {
  char *folder = fresh_folder();
  file_in(folder, "beside/file", "mine");
  shell("mkdir %s/in && touch -d '2001-01-01' %s/beside/file %s/beside", folder, folder, folder);
  return folder;
}

// Nothing in the one, nothing new in the other.
static void expect_nothing_left(const char *place) {
  assert_string_equal(
      shell("cd %s && find . -mindepth 1 -printf '%%p %%y %%n %%m %%l %%TY\\n' | grep -v '^./in ' | sort", place),
      "./beside d 2 755  2001\n./beside/file f 1 644  2001\n");
  assert_string_equal(shell("cat %s/beside/file", place), "mine");
}

// --- an engine that means ill ----------------------------------------------------------------------------------------

#define IMAGE_ID "sha256:000000000000000000000000000000000000000000000000000000000000cafe"
#define BEFORE                                                                                \
  PING, {"/json", "200 {\"Id\":\"" IMAGE_ID "\",\"RootFS\":{\"Type\":\"layers\"}}", GO_ON}, { \
    "/containers/create", "201 {\"Id\":\"0123456789abcdef\"}", GO_ON                          \
  }
#define AFTER {"DELETE /v1.41/containers/0123456789abcdef", "204 ", GO_ON}, END_OF_SCRIPT

static conu_status_t mount_script(const struct rule *script, const char *place, conu_mount_options_t *options,
                                  conu_cancel_t *cancel) {
  conu_filesystem_t *filesystem = NULL;
  conu_image_t *image = image_of(opened(scripted(script)), "localhost/some/image");
  conu_status_t status = conu_image_mount(image, text("%s/in", place), options, cancel, &filesystem, &error);
  if (status == CONU_OK) kept(filesystem);
  assert_int_equal(requests_with("POST /v1.41/containers/create"), 1);
  assert_int_equal(requests_with("DELETE /v1.41/containers/0123456789abcdef"), 1);
  return status;
}

static conu_status_t mount_archive(struct archive *archive, const char *place, conu_mount_options_t *options) {
  static const struct rule script[] = {BEFORE, {"/export", RAW, CLOSE}, AFTER};
  raw = (struct raw){archive->bytes, archive->size};
  return mount_script(script, place, options, NULL);
}

static void names_that_lead_out_fail_the_mount(void **state) {
  (void)state;
  char *place = fresh_place();
  const char *const names[] = {"../beside/file", "a/../../beside/file", "..", "/etc/conu-was-here",
                               text("%s/beside/file", place)};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    for (const char *type = "02356"; *type != '\0'; type++) {
      struct archive *archive = new_archive();
      add_header(archive, '5', "a/", "", 0);
      add_file(archive, "a/file", "content");
      add_header(archive, *type, names[i], "/etc/passwd", 0);
      add_end(archive);
      fails(CONU_ERROR_PROTOCOL, mount_archive(archive, place, by_extraction(-1, -1)), names[i]);
      says("localhost/some/image");
      expect_nothing_left(place);
    }
  }
  assert_int_equal(access("/etc/conu-was-here", F_OK), -1);
}

static void links_are_no_way_out(void **state) {
  (void)state;
  char *place = fresh_place();
  const char *const targets[] = {text("%s/beside", place), "../beside", "/", ".."};
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    struct archive *through = new_archive(), *hard = new_archive();
    add_header(through, '2', "link", targets[i], 0);
    add_file(through, "link/file", "evil");
    add_end(through);
    fails(CONU_ERROR_PROTOCOL, mount_archive(through, place, by_extraction(-1, -1)), "leads through what is no folder");
    expect_nothing_left(place);
    add_header(hard, '1', "hard", text("%s/file", targets[i]), 0);
    add_file(hard, "hard", "evil");
    add_end(hard);
    fails(CONU_ERROR_PROTOCOL, mount_archive(hard, place, by_extraction(-1, -1)), "of the archive");
    expect_nothing_left(place);
  }
}

static void what_is_no_whole_archive_fails_the_mount(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *cut = new_archive(), *page = new_archive(), *empty = new_archive();
  add_file(cut, "file", "whole");
  add_header(cut, '0', "half", "", 100000);
  add_padded(cut, "half", 4);
  fails(CONU_ERROR_PROTOCOL, mount_archive(cut, place, by_extraction(-1, -1)), "cut off");
  expect_nothing_left(place);
  add_padded(page, "<html>not what you asked for</html>", 35);
  fails(CONU_ERROR_PROTOCOL, mount_archive(page, place, by_extraction(-1, -1)), "archive");
  fails(CONU_ERROR_PROTOCOL, mount_archive(empty, place, by_extraction(-1, -1)), "cut off");
  expect_nothing_left(place);
}

static void bombs_are_refused(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *many = new_archive(), *huge = new_archive();
  for (int i = 0; i < 1001; i++) add_header(many, '5', text("folder-%d/", i), "", 0);
  add_end(many);
  fails(CONU_ERROR_IO, mount_archive(many, place, by_extraction(1000, -1)), "more than 1000 entries");
  hints("conu_mount_options_set_limits");
  expect_nothing_left(place);
  ok(mount_archive(many, place, by_extraction(1001, 0)));
  // Nine headers of 8 GB each, of which nothing need come.
  for (int i = 0; i < 9; i++) add_header(huge, '0', text("file-%d", i), "", 077777777777);
  fails(CONU_ERROR_IO, mount_archive(huge, fresh_place(), by_extraction(-1, 1000000)), "more than 1000000 bytes");
}

static void an_archive_without_an_end_can_be_cancelled(void **state) {
  (void)state;
  static const struct rule script[] = {BEFORE, {"/export", RAW, FLOOD}, AFTER};
  char *place = fresh_place();
  struct archive *file = new_archive();
  add_header(file, '0', "file", "", 077777777777);
  raw = (struct raw){file->bytes, file->size};
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 200);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, mount_script(script, place, by_extraction(-1, -1), cancel), "cancelled");
  assert_true(now_ms() - start < 2000);
  expect_nothing_left(place);
}

static void a_container_whose_creation_was_not_answered_is_found_and_removed(void **state) {
  (void)state;
  static const struct rule script[] = {
      PING,
      {"/images/", "200 {\"Id\":\"" IMAGE_ID "\",\"RootFS\":{\"Type\":\"layers\"}}", GO_ON},
      {"/containers/create", NULL, CLOSE},
      {"/containers/json", "200 [{\"Id\":\"0123456789abcdef\"}]", GO_ON},
      AFTER};
  char *place = fresh_place();
  fails(CONU_ERROR_UNREACHABLE, mount_script(script, place, by_extraction(-1, -1), NULL), "/containers/create");
  expect_nothing_left(place);
}

// --- real engines ----------------------------------------------------------------------------------------------------

static void a_mount_that_is_cancelled_leaves_nothing(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/random"));
  char *place = fresh_place();
  int cancelled = 0;
  // What an extraction takes is not known beforehand: every step of it is come upon.
  for (int64_t after = 0; after < 400; after = after * 3 / 2 + 2) {
    conu_cancel_t *cancel = new_cancel();
    conu_filesystem_t *filesystem = NULL;
    trigger_after(cancel, after);
    conu_status_t status =
        conu_image_mount(image, text("%s/in", place), by_extraction(-1, -1), cancel, &filesystem, &error);
    if (status == CONU_OK)
      conu_filesystem_free(filesystem);
    else
      fails(CONU_ERROR_CANCELLED, status, "cancelled");
    cancelled += status != CONU_OK;
    expect_nothing_left(place);
    assert_string_equal(shell("ls -A %s/in", place), "");
  }
  assert_true(cancelled > 0);
}

static void a_full_disk_is_told_and_left_empty(void **state) {
  (void)state;
  char *place = fresh_folder();
  assert_int_equal(mount("conu-test", place, "tmpfs", 0, "size=1m"), 0);
  shell("mkdir %s/in", place);
  conu_filesystem_t *filesystem = NULL;
  conu_status_t status =
      conu_image_mount(busybox, text("%s/in", place), by_extraction(-1, -1), NULL, &filesystem, &error);
  char *left = shell("ls -A %s/in", place);
  umount2(place, MNT_DETACH);
  fails(CONU_ERROR_IO, status, "No space left");
  hints("make room");
  assert_string_equal(left, "");
}

static void an_image_needs_no_command(void **state) {
  (void)state;
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(pulled(in_registry("CONU_TEST_REGISTRY", "conu/bare")), NULL, by_extraction(1, 6), NULL,
                      &filesystem, &error));
  assert_string_equal(content(kept(filesystem), "/hello"), "hello\n");
  assert_string_equal(shell("ls -A %s", conu_filesystem_get_mount_point(filesystem)), "hello\n");
}

static void a_container_shows_its_own_changes(void **state) {
  (void)state;
  conu_container_t *container =
      run("", "echo changed > /new; rm /etc/os-release; chmod 4755 /new; echo done; sleep 1000");
  while (strstr(logs(container), "done") == NULL) sleep_ms(20);
  conu_filesystem_t *filesystem;
  ok(conu_container_mount(container, NULL, by_extraction(-1, -1), NULL, &filesystem, &error));
  assert_string_equal(content(kept(filesystem), "/new"), "changed\n");
  bool is_present = true;
  ok(conu_filesystem_file_is_present(filesystem, "/etc/os-release", NULL, &is_present, &error));
  assert_false(is_present);
  char *status;
  ok(conu_filesystem_stat(filesystem, "/new", NULL, &status, &error));
  contains(taken(status), "4755");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(names_that_lead_out_fail_the_mount),
      TEST(links_are_no_way_out),
      TEST(what_is_no_whole_archive_fails_the_mount),
      TEST(bombs_are_refused),
      TEST(an_archive_without_an_end_can_be_cancelled),
      TEST(a_container_whose_creation_was_not_answered_is_found_and_removed),
      TEST(a_mount_that_is_cancelled_leaves_nothing),
      TEST(a_full_disk_is_told_and_left_empty),
      TEST(an_image_needs_no_command),
      TEST(a_container_shows_its_own_changes),
  };
  return RUN_LAB_TESTS(tests);
}
