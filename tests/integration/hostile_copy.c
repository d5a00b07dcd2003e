// Copying out of a container whose engine means ill: archives that reach for what is beside the destination, that lie
// about themselves or never end.
#include <sys/stat.h>

#include "archive.h"
#include "lab.h"
#include "server.h"

// --- the copy --------------------------------------------------------------------------------------------------------

static void free_container(void *container) { conu_container_free(container); }

// A folder "in" to copy to, with one beside it that nobody is to touch.
static char *fresh_place(void) {
  char *folder = fresh_folder();
  file_in(folder, "beside/file", "mine");
  shell("mkdir %s/in && touch -d '2001-01-01' %s/beside/file %s/beside", folder, folder, folder);
  return folder;
}

static void expect_untouched(const char *place) {
  const char *look = "find . -path ./in -prune -o -printf '%%p %%y %%n %%m %%l %%TY\\n' | sort; cat beside/file";
  const char *found = shell("cd %s && %s", place, text(look));
  assert_string_equal(shell("echo '%s' | grep -v '^\\. '", found),
                      "./beside d 2 755  2001\n./beside/file f 1 644  2001\nmine\n");
  assert_string_equal(shell("find %s -name '.conu-*'", place), "");
}

static conu_status_t copy_from_script(const struct rule *script, const char *place, conu_cancel_t *cancel) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image_of(opened(scripted(script)), "localhost/some/image"), NULL, NULL, &container,
                            &error));
  put_off(free_container, container);
  return conu_container_copy_from(container, "/data", text("%s/in", place), cancel, &error);
}

#define RUNNING \
  PING, {"/containers/create", "201 {\"Id\":\"0123456789abcdef\"}", GO_ON}, { "/start", "204 ", GO_ON }

static conu_status_t copy_out(struct archive *archive, const char *place) {
  static const struct rule script[] = {
      RUNNING, {"GET /v1.41/containers/0123456789abcdef/archive", RAW, CLOSE}, END_OF_SCRIPT};
  raw = (struct raw){archive->bytes, archive->size};
  return copy_from_script(script, place, NULL);
}

static void names_that_lead_out_are_refused(void **state) {
  (void)state;
  char *place = fresh_place();
  const char *const names[] = {
      "../beside/file", "data/../../beside/file", "data/..", "..", "/etc/conu-was-here", "data/a/../../../x",
      "other",          text("%s/x", place),      ""};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    for (const char *type = "0256"; *type != '\0'; type++) {
      struct archive *archive = new_archive();
      add_header(archive, '5', "data/", "", 0);
      add_header(archive, *type, names[i], "/etc/passwd", 0);
      add_end(archive);
      fails(CONU_ERROR_PROTOCOL, copy_out(archive, place), "of the archive");
      says("/data in the container");
    }
  }
  expect_untouched(place);
  assert_int_equal(access("/etc/conu-was-here", F_OK), -1);
}

static void links_are_no_way_out(void **state) {
  (void)state;
  char *place = fresh_place();
  const char *const targets[] = {text("%s/beside", place), "../../beside", "/", ".."};
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    struct archive *through = new_archive(), *hard = new_archive();
    add_header(through, '5', "data/", "", 0);
    add_header(through, '2', "data/link", targets[i], 0);
    add_file(through, "data/link/file", "evil");
    add_end(through);
    fails(CONU_ERROR_PROTOCOL, copy_out(through, place), "leads through what is no folder");
    add_header(hard, '5', "data/", "", 0);
    add_header(hard, '1', "data/hard", text("%s/file", targets[i]), 0);
    add_file(hard, "data/hard", "evil");
    add_end(hard);
    fails(CONU_ERROR_PROTOCOL, copy_out(hard, place), "of the archive");
  }
  // The link itself is a link, as it was in the container.
  assert_int_equal(atoi(shell("find %s/in -type l | wc -l", place)), 1);
  expect_untouched(place);
}

static void an_archive_of_one_file_has_nothing_else(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *archive = new_archive();
  add_header(archive, '2', "data", text("%s/beside", place), 0);
  add_file(archive, "data/file", "evil");
  add_end(archive);
  fails(CONU_ERROR_PROTOCOL, copy_out(archive, place), "leads through what is no folder");
  expect_untouched(place);
}

static void device_nodes_stay_in_the_destination(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *archive = new_archive();
  add_header(archive, '5', "data/", "", 0);
  add_header(archive, '3', "data/null", "", 0);
  add_header(archive, '3', "data/../../beside/null", "", 0);
  add_end(archive);
  fails(CONU_ERROR_PROTOCOL, copy_out(archive, place), "leads out of its folder");
  expect_untouched(place);
}

static void an_archive_that_is_cut_off_leaves_no_half_file(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *lies = new_archive(), *half = new_archive(), *endless = new_archive(), *empty = new_archive();
  add_header(lies, '0', "data", "", 077777777777);  // 8 GB, of which there are some bytes
  add_bytes(lies, "a few bytes", 11);
  fails(CONU_ERROR_PROTOCOL, copy_out(lies, place), "cut off");
  add_header(half, '0', "data", "", 4);
  add_bytes(half, "half", 4);
  fails(CONU_ERROR_PROTOCOL, copy_out(half, place), "cut off");
  add_file(endless, "data", "whole, but the archive has no end");
  fails(CONU_ERROR_PROTOCOL, copy_out(endless, place), "cut off");
  fails(CONU_ERROR_PROTOCOL, copy_out(empty, place), "cut off");
  assert_string_equal(shell("find %s/in -type f -size -4c", place), "");
  expect_untouched(place);
}

static void what_is_no_archive_is_told(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *page = new_archive(), *json = new_archive(), *garbage = new_archive(), *nothing = new_archive();
  add_padded(page, "<html>not what you asked for</html>", 35);
  fails(CONU_ERROR_PROTOCOL, copy_out(page, place), "archive");
  says("/data in the container");
  add_bytes(json, "{}", 2);
  fails(CONU_ERROR_PROTOCOL, copy_out(json, place), "archive");
  for (int i = 0; i < 5000; i++) add_bytes(garbage, &(char){(char)(i * i + 7)}, 1);
  fails(CONU_ERROR_PROTOCOL, copy_out(garbage, place), "the archive cannot be used");
  add_end(nothing);
  fails(CONU_ERROR_PROTOCOL, copy_out(nothing, place), "the archive is empty");
  assert_string_equal(shell("ls -A %s/in", place), "");
  expect_untouched(place);
}

static void a_name_that_no_system_could_use_is_refused(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *deep = new_archive(), *wide = new_archive(), *huge = new_archive();
  char *path = calloc(1, 900001);
  assert_non_null(path);
  put_off(free, path);
  strcpy(path, "data");
  for (int i = 4; i < 900000; i += 2) memcpy(path + i, "/d", 2);
  add_header(deep, '5', "data/", "", 0);
  add_long_name(deep, path);
  add_file(deep, "short", "deep");
  add_end(deep);
  fails(CONU_ERROR_PROTOCOL, copy_out(deep, place), "too long a name");
  assert_true(strlen(conu_error_get_message(failure())) < 1000);
  memset(path + 5, 'w', 2000);
  path[2005] = '\0';
  add_header(wide, '5', "data/", "", 0);
  add_long_name(wide, path);
  add_file(wide, "short", "wide");
  add_end(wide);
  conu_status_t status = copy_out(wide, place);
  if (status == CONU_OK) fail_msg("a name of 2000 bytes was made");
  fails(status, status, "File name too long");
  add_header(huge, 'L', "long", "", 077777777777);
  fails(CONU_ERROR_PROTOCOL, copy_out(huge, place), "too long");
  expect_untouched(place);
}

static void a_hundred_thousand_entries_are_copied(void **state) {
  (void)state;
  char *place = fresh_place();
  struct archive *archive = new_archive();
  char name[64];
  add_header(archive, '5', "data/", "", 0);
  for (int i = 0; i < 100000; i++) {
    snprintf(name, sizeof name, "data/%d", i);
    add_header(archive, '2', name, "nowhere", 0);
  }
  add_end(archive);
  ok(copy_out(archive, place));
  assert_string_equal(shell("ls %s/in/data | wc -l", place), "100000\n");
  expect_untouched(place);
}

static void an_archive_without_an_end_can_be_cancelled(void **state) {
  (void)state;
  static const struct rule script[] = {
      RUNNING, {"GET /v1.41/containers/0123456789abcdef/archive", RAW, FLOOD}, END_OF_SCRIPT};
  char *place = fresh_place();
  // A file of 8 GB of zeros, and what goes on behind the end of an archive.
  struct archive *file = new_archive(), *ended = new_archive();
  add_header(file, '0', "data", "", 077777777777);
  add_file(ended, "data", "content");
  add_end(ended);
  struct archive *const archives[] = {file, ended};
  for (int i = 0; i < 2; i++) {
    raw = (struct raw){archives[i]->bytes, archives[i]->size};
    conu_cancel_t *cancel = new_cancel();
    trigger_after(cancel, 200);
    int64_t start = now_ms();
    fails(CONU_ERROR_CANCELLED, copy_from_script(script, place, cancel), "cancelled");
    assert_true(now_ms() - start < 2000);
    shell("rm -f %s/in/data", place);
    assert_string_equal(shell("ls -A %s/in", place), "");
  }
  expect_untouched(place);
}

// --- into a container ------------------------------------------------------------------------------------------------

static void a_description_that_makes_no_sense_is_a_breach_of_protocol(void **state) {
  (void)state;
  static struct rule script[] = {RUNNING, {"HEAD", NULL, GO_ON}, {"PUT", "200 ", GO_ON}, END_OF_SCRIPT};
  const char *const headers[] = {
      "",                                                               // none
      "X-Docker-Container-Path-Stat: \r\n",                             // empty
      "X-Docker-Container-Path-Stat: !no base64!\r\n",                  //
      "X-Docker-Container-Path-Stat: bm8ganNvbg==\r\n",                 // no json
      "X-Docker-Container-Path-Stat: WzEsMl0=\r\n",                     // [1,2]
      "X-Docker-Container-Path-Stat: eyJtb2RlIjoibWFueSJ9\r\n",         // {"mode":"many"}
      "X-Docker-Container-Path-Stat: eyJtb2RlIjo0MjB9AAAA/////w==\r\n"  // bytes behind it
  };
  char *file = file_in(fresh_folder(), "file", "content");
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    script[3].answer = text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%s\r\n", headers[i]);
    conu_container_t *container;
    ok(conu_image_run_via_api(image_of(opened(scripted(script)), "localhost/some/image"), NULL, NULL, &container,
                              &error));
    put_off(free_container, container);
    fails(CONU_ERROR_PROTOCOL, conu_container_copy_to(container, file, "/file", NULL, &error),
          "X-Docker-Container-Path-Stat");
    says("/file");
    assert_int_equal(requests_with("PUT"), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(names_that_lead_out_are_refused),
      TEST(links_are_no_way_out),
      TEST(an_archive_of_one_file_has_nothing_else),
      TEST(device_nodes_stay_in_the_destination),
      TEST(an_archive_that_is_cut_off_leaves_no_half_file),
      TEST(what_is_no_archive_is_told),
      TEST(a_name_that_no_system_could_use_is_refused),
      TEST(a_hundred_thousand_entries_are_copied),
      TEST(an_archive_without_an_end_can_be_cancelled),
      TEST(a_description_that_makes_no_sense_is_a_breach_of_protocol),
  };
  return RUN_LAB_TESTS(tests);
}
