// Building images: what is sent, what comes out, and what goes wrong.
#include <sys/stat.h>
#include <unistd.h>

#include "lab.h"

static conu_image_t *failed;  // of builds that must fail

static void free_options(void *options) { conu_build_options_free(options); }

// A folder with a Dockerfile that begins with busybox, and the options to build it under a name of its own.
static conu_build_options_t *options_for(const char *folder, const char *instructions, char **tag) {
  file_in(folder, "Dockerfile", text("FROM %s\n%s\n", setting("CONU_TEST_IMAGE"), instructions));
  conu_build_options_t *options = conu_build_options_new();
  assert_non_null(options);
  put_off(free_options, options);
  ok(conu_build_options_set_path(options, folder, &error));
  if (tag != NULL) {
    *tag = text("localhost/%s:1", fresh("conu-built"));
    ok(conu_build_options_add_tag(options, *tag, &error));
    remove_later(*tag);
  }
  return options;
}

static conu_image_t *built(conu_build_options_t *options) {
  conu_image_t *image;
  ok(conu_image_build(engine, options, NULL, &image, &error));
  return kept_image(image);
}

static conu_status_t try_build(conu_build_options_t *options) {
  return conu_image_build(engine, options, NULL, &failed, &error);
}

// What a script prints in a container of the image.
static char *said_in(conu_image_t *image, const char *script) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("", script), NULL, &container, &error));
  kept_container(container);
  assert_int_equal(waited(container), 0);
  return logs(container);
}

// --- what comes out --------------------------------------------------------------------------------------------------

static void a_folder_becomes_an_image_under_its_tag(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  file_in(folder, "greeting", "hello from the folder\n");
  conu_image_t *image = built(options_for(folder, "COPY greeting /greeting", &tag));
  assert_string_equal(conu_image_get_full_name(image), tag);
  assert_string_equal(said_in(image, "cat /greeting"), "hello from the folder\n");
}

static void an_image_without_a_tag_is_known_by_its_id(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_image_t *image = built(options_for(folder, text("RUN echo %s > /unique", fresh("content")), NULL));
  contains(conu_image_get_full_name(image), "sha256:");
  remove_later(conu_image_get_full_name(image));
  assert_null(conu_image_get_tag(image));
  bool present;
  ok(conu_image_is_present(image, NULL, &present, &error));
  assert_true(present);
}

static void every_tag_is_given(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "ENV A=1", &tag);
  char *second = text("localhost/%s:2", fresh("conu-built"));
  remove_later(second);
  ok(conu_build_options_add_tag(options, second, &error));
  built(options);
  bool present;
  ok(conu_image_is_present(image_named(second), NULL, &present, &error));
  assert_true(present);
}

static void arguments_labels_and_target_reach_the_build(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_build_options_t *options = options_for(
      folder, text("ARG WHAT=nothing\nRUN echo $WHAT > /what\nFROM %s AS last\nRUN exit 1", setting("CONU_TEST_IMAGE")),
      &tag);
  file_in(folder, "Dockerfile",
          text("FROM %s AS first\nARG WHAT=nothing\nRUN echo $WHAT > /what\nFROM first AS last\nRUN exit 1\n",
               setting("CONU_TEST_IMAGE")));
  ok(conu_build_options_add_arg(options, "WHAT", "an argument with \"quotes\"", &error));
  ok(conu_build_options_add_label(options, "org.example.mine", "ž = 1", &error));
  ok(conu_build_options_set_target(options, "first", &error));
  conu_image_t *image = built(options);
  assert_string_equal(said_in(image, "cat /what"), "an argument with \"quotes\"\n");
  assert_string_equal(conu_metadata_get_label(metadata_of(image), "org.example.mine"), "ž = 1");
}

static void a_built_image_carries_the_marks_of_an_image_and_no_session(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_metadata_t *metadata = metadata_of(built(options_for(folder, "ENV A=1", &tag)));
  assert_int_equal(strlen(conu_metadata_get_label(metadata, "conu.image_session")), 36);
  assert_string_equal(conu_metadata_get_label(metadata, "conu.session"), "");
}

static void a_users_container_of_a_built_image_is_not_of_our_session(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  built(options_for(folder, "ENV A=1", &tag));
  char *name = fresh("users");
  shell("docker --host %s create --name %s %s true", setting("CONU_HOST"), name, tag);
  const char *document = ask("GET", text("/containers/%s/json", name));
  ask("DELETE", text("/containers/%s?force=1", name));
  contains(document, "\"conu.session\":\"\"");
}

static void without_the_cache_every_step_runs_again(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "RUN cat /proc/sys/kernel/random/uuid > /id", &tag);
  conu_image_t *image = built(options);
  char *first = said_in(image, "cat /id");
  // The next builds take the tag away. Podman makes the step of the labels anew, so there may be two such images.
  remove_later(id_of(image));
  remove_later(id_of(built(options)));
  assert_string_equal(said_in(image, "cat /id"), first);
  conu_build_options_set_no_cache(options, true);
  built(options);
  assert_string_not_equal(said_in(image, "cat /id"), first);
}

// --- what is sent ----------------------------------------------------------------------------------------------------

static void what_the_ignore_file_names_stays_out_but_for_its_exceptions(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  file_in(folder, ".dockerignore", "# comment\n*.log\n!keep.log\nsecret\n**/tmp\n!secret/open\n");
  file_in(folder, "a.log", "");
  file_in(folder, "keep.log", "");
  file_in(folder, "secret/closed", "");
  file_in(folder, "secret/open", "");
  file_in(folder, "deep/tmp/file", "");
  file_in(folder, "deep/file", "");
  conu_image_t *image = built(options_for(folder, "COPY . /sent", &tag));
  assert_string_equal(said_in(image, "cd /sent && find . -type f | sort"),
                      "./.dockerignore\n./Dockerfile\n./deep/file\n./keep.log\n./secret/open\n");
}

static void a_dockerfile_that_is_ignored_is_sent_all_the_same(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  file_in(folder, ".dockerignore", "*\n");
  built(options_for(folder, "ENV A=1", &tag));
}

static void a_dockerfile_of_another_name_in_a_folder_is_found(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "RUN exit 1", &tag);
  file_in(folder, "parts/Other.dockerfile", text("FROM %s\nRUN echo other > /which\n", setting("CONU_TEST_IMAGE")));
  ok(conu_build_options_set_dockerfile(options, "parts/Other.dockerfile", &error));
  assert_string_equal(said_in(built(options), "cat /which"), "other\n");
}

static void modes_links_and_long_names_arrive_as_they_are(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  char name[181];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  file_in(folder, text("%s/žluťoučký kůň", name), "long\n");
  assert_int_equal(chmod(file_in(folder, "program", "#!/bin/sh\necho ran\n"), 0755), 0);
  assert_int_equal(chmod(file_in(folder, "private", ""), 0600), 0);
  assert_int_equal(symlink("program", text("%s/link", folder)), 0);
  assert_int_equal(symlink("/nowhere", text("%s/broken", folder)), 0);
  assert_int_equal(mkdir(text("%s/empty", folder), 0750), 0);
  conu_image_t *image = built(options_for(folder, "COPY . /sent", &tag));
  char *script = text("cd /sent && ./link && readlink broken && stat -c '%%a %%u' private empty && cat %s/*", name);
  assert_string_equal(said_in(image, script), "ran\n/nowhere\n600 0\n750 0\nlong\n");
}

static void a_large_file_arrives_whole(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  shell("head -c 31457287 /dev/urandom > %s/large", folder);
  char *sum = shell("md5sum < %s/large", folder);
  conu_image_t *image = built(options_for(folder, "COPY large /large", &tag));
  assert_string_equal(said_in(image, "md5sum < /large"), sum);
}

// --- progress --------------------------------------------------------------------------------------------------------

static void the_log_comes_as_steps_and_the_image_at_the_end(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "RUN echo this is said", &tag);
  conu_build_options_set_no_cache(options, true);
  conu_progress_t *progress;
  ok(conu_image_build_progress(engine, options, NULL, &progress, &error));
  kept_progress(progress);
  conu_image_t *image = NULL;
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &image, &error), "image");
  char *log = read_to_end(progress);
  contains(log, "this is said");
  contains(log, "RUN echo this is said");
  ok(conu_progress_take_image(progress, &image, &error));
  assert_string_equal(conu_image_get_full_name(kept_image(image)), tag);
}

static void a_build_that_is_cancelled_leaves_no_image(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 1500);
  int64_t start = now_ms();
  conu_status_t status = conu_image_build(engine, options_for(folder, "RUN sleep 20", &tag), cancel, &failed, &error);
  fails(CONU_ERROR_CANCELLED, status, "cancelled");
  assert_true(now_ms() - start < 8000);
  bool present;
  ok(conu_image_is_present(image_named(tag), NULL, &present, &error));
  assert_false(present);
  // The engine notices in its own time that nobody waits for its container any more.
  for (int i = 0; i < 300 && strstr(ask("GET", "/containers/json?all=1"), "\"Id\"") != NULL; i++) sleep_ms(100);
}

// --- what goes wrong -------------------------------------------------------------------------------------------------

static void a_step_that_fails_is_named(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "RUN echo before && exit 3", NULL);
  fails(CONU_ERROR_COMMAND_FAILED, try_build(options), "RUN echo before && exit 3");
  says(folder);
  assert_null(failed);
}

static void a_base_image_that_does_not_exist_is_not_found(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "", NULL);
  file_in(folder, "Dockerfile", text("FROM %s:absent\n", in_registry("CONU_TEST_REGISTRY", "conu/busybox")));
  fails(CONU_ERROR_NOT_FOUND, try_build(options), "absent");
}

static void a_base_image_of_a_registry_with_a_password_needs_the_login(void **state) {
  (void)state;
  char *tag, *folder = fresh_folder();
  char *base = in_registry("CONU_TEST_AUTH_REGISTRY", "conu/busybox:latest");
  conu_build_options_t *options = options_for(folder, "", &tag);
  file_in(folder, "Dockerfile", text("FROM %s\nENV A=1\n", base));
  conu_build_options_set_pull(options, true);
  fails(CONU_ERROR_UNAUTHORIZED, try_build(options), setting("CONU_TEST_AUTH_REGISTRY"));
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  ok(conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"),
                       setting("CONU_TEST_AUTH_REGISTRY"), NULL, &error));
  conu_image_t *image;
  ok(conu_image_build(mine, options, NULL, &image, &error));
  kept_image(image);
  remove_later(base);
}

static void a_malformed_dockerfile_is_refused_with_the_engines_words(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "NOSUCH instruction", NULL);
  conu_status_t status = try_build(options);
  assert_int_not_equal(status, CONU_OK);
  fails(status, status, "NOSUCH");
}

static void a_folder_or_dockerfile_that_is_not_there_is_not_found(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "", NULL);
  ok(conu_build_options_set_dockerfile(options, "Absent", &error));
  fails(CONU_ERROR_NOT_FOUND, try_build(options), "Absent");
  ok(conu_build_options_set_path(options, "/no/such/folder", &error));
  fails(CONU_ERROR_NOT_FOUND, try_build(options), "/no/such/folder");
  answered(0);
}

static void malformed_options_are_refused(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "", NULL);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_build_options_add_tag(options, "Upper/Case Tag", &error), "Upper/Case Tag");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_build_options_set_platform(options, "a b", &error), "a b");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_build_options_add_arg(options, "", "x", &error), "name");
  ok(conu_build_options_set_dockerfile(options, "../Dockerfile", &error));
  fails(CONU_ERROR_INVALID_ARGUMENT, try_build(options), "../Dockerfile");
  ok(conu_build_options_set_path(options, text("%s/Dockerfile", folder), &error));
  fails(CONU_ERROR_INVALID_ARGUMENT, try_build(options), "no folder");
  conu_build_options_t *empty = conu_build_options_new();
  put_off(free_options, empty);
  fails(CONU_ERROR_INVALID_ARGUMENT, try_build(empty), "path");
}

static void a_malformed_ignore_file_is_refused(void **state) {
  (void)state;
  char *folder = fresh_folder();
  file_in(folder, ".dockerignore", "[a-\n");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_build(options_for(folder, "", NULL)), "[a-");
}

static void a_stage_that_does_not_exist_is_refused_with_its_name(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_build_options_t *options = options_for(folder, "", NULL);
  ok(conu_build_options_set_target(options, "no-such-stage", &error));
  conu_status_t status = try_build(options);
  assert_int_not_equal(status, CONU_OK);
  fails(status, status, "no-such-stage");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_folder_becomes_an_image_under_its_tag),
      TEST(an_image_without_a_tag_is_known_by_its_id),
      TEST(every_tag_is_given),
      TEST(arguments_labels_and_target_reach_the_build),
      TEST(a_built_image_carries_the_marks_of_an_image_and_no_session),
      TEST(a_users_container_of_a_built_image_is_not_of_our_session),
      TEST(without_the_cache_every_step_runs_again),
      TEST(what_the_ignore_file_names_stays_out_but_for_its_exceptions),
      TEST(a_dockerfile_that_is_ignored_is_sent_all_the_same),
      TEST(a_dockerfile_of_another_name_in_a_folder_is_found),
      TEST(modes_links_and_long_names_arrive_as_they_are),
      TEST(a_large_file_arrives_whole),
      TEST(the_log_comes_as_steps_and_the_image_at_the_end),
      TEST(a_build_that_is_cancelled_leaves_no_image),
      TEST(a_step_that_fails_is_named),
      TEST(a_base_image_that_does_not_exist_is_not_found),
      TEST(a_base_image_of_a_registry_with_a_password_needs_the_login),
      TEST(a_malformed_dockerfile_is_refused_with_the_engines_words),
      TEST(a_folder_or_dockerfile_that_is_not_there_is_not_found),
      TEST(malformed_options_are_refused),
      TEST(a_malformed_ignore_file_is_refused),
      TEST(a_stage_that_does_not_exist_is_refused_with_its_name),
  };
  return RUN_LAB_TESTS(tests);
}
