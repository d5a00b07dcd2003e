// Source-to-image: what comes of a source and a builder, how it is told, and what is left when it ends early.
#include <signal.h>
#include <sys/stat.h>

#include "s2i_lab.h"

static conu_image_t *failed;  // of builds that must fail

// --- what comes out --------------------------------------------------------------------------------------------------

static void a_web_application_is_extended_run_and_answers(void **state) {
  (void)state;
  char *source = fresh_folder(), *name = result_name();
  file_in(source, "index.html", "hello from the source\n");
  conu_image_t *image;
  ok(conu_image_s2i_extend(image_named(builder_name), source, name, NULL, NULL, &image, &error));
  kept_image(image);
  assert_string_equal(conu_image_get_full_name(image), name);
  conu_container_t *container;
  ok(conu_image_run_via_api(image, NULL, NULL, &container, &error));
  kept_container(container);
  ok(conu_container_wait_for_port(container, 8080, 10000, NULL, &error));
  conu_http_response_t *response;
  ok(conu_container_http_request(container, "GET", "/index.html", 8080, NULL, 0, NULL, &response, &error));
  assert_int_equal(conu_http_response_get_status(response), 200);
  size_t size;
  const char *body = conu_http_response_get_body(response, &size);
  assert_string_equal(text("%.*s", (int)size, body), "hello from the source\n");
  conu_http_response_free(response);
}

static void the_labels_tell_the_builder_and_the_source(void **state) {
  (void)state;
  char *source = fresh_folder(), *name = result_name();
  printed(builder_name, source, name, "-n=shown --description=described --loglevel 5");
  char *labels = image_field(name, "{{json .Config.Labels}}");
  contains(labels, text("\"io.openshift.s2i.build.image\":\"%s\"", builder_name));
  contains(labels, text("\"io.openshift.s2i.build.source-location\":\"%s\"", source));
  contains(labels, "\"io.k8s.display-name\":\"shown\"");
  contains(labels, "\"io.k8s.description\":\"described\"");
  contains(labels, "\"conu.image_session\":");
}

static void a_name_without_a_tag_is_the_latest(void **state) {
  (void)state;
  char *name = text("localhost/%s", fresh("conu-result")), *full = text("%s:latest", name);
  remove_later(full);
  conu_image_t *image;
  ok(conu_image_s2i_extend(image_named(builder_name), fresh_folder(), name, NULL, NULL, &image, &error));
  assert_string_equal(conu_image_get_full_name(kept_image(image)), full);
  contains(image_field(full, "{{json .Config.Labels}}"), text("\"io.k8s.display-name\":\"%s\"", name));
}

static void a_name_that_was_there_is_the_new_image_then(void **state) {
  (void)state;
  char *name = result_name();
  printed(builder_name, source_that("echo first > /opt/first"), name, NULL);
  char *first = image_field(name, "{{.Id}}");
  remove_later(first);
  printed(builder_name, source_that("echo second > /opt/second"), name, NULL);
  assert_string_not_equal(image_field(name, "{{.Id}}"), first);
  assert_string_equal(in_image(name, "ls -d /opt/first /opt/second 2>/dev/null"), "/opt/second\n");
}

static void an_entrypoint_of_the_builder_gets_the_script_and_stays(void **state) {
  (void)state;
  char *builder =
      derived("ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo through the entrypoint: $@; exec \\\"$@\\\"\", \"sh\"]", NULL);
  char *name = result_name(), *lines = printed(builder, source_that("echo assembled"), name, NULL);
  contains(lines, "through the entrypoint: ");
  contains(lines, "assembled\n");
  contains(image_field(name, "{{json .Config.Entrypoint}}"), "through the entrypoint");
  contains(image_field(name, "{{json .Config.Cmd}}"), "/usr/libexec/s2i/run");
}

static void a_builder_without_tar_does_as_well(void **state) {
  (void)state;
  char *builder = derived("RUN rm /bin/tar", NULL), *name = result_name();
  contains(printed(builder, source_that("echo assembled; ls /bin/tar 2>&1 || true"), name, NULL), "assembled\n");
  contains(image_field(name, "{{json .Config.Labels}}"), text("\"io.openshift.s2i.build.image\":\"%s\"", builder));
}

static void a_builder_of_an_ordinary_user_gets_files_of_that_user(void **state) {
  (void)state;
  char *builder = derived("RUN mkdir -p /opt/app && chown 1001:0 /opt/app\nUSER 1001", NULL), *name = result_name();
  const char *script = "stat -c 'src:%u:%g' /tmp/src; echo more >> do; id -u";
  char *lines = printed(builder, source_that("%s", script), name, NULL);
  contains(lines, "src:1001:0\n");
  contains(lines, "1001\n");
  assert_string_equal(image_field(name, "{{.Config.User}}"), "1001");
}

// --- sources ---------------------------------------------------------------------------------------------------------

static const char git[] =
    "git -c init.defaultBranch=main -c user.name=Ann -c user.email=ann@example.com -c protocol.file.allow=always";

static char *repository(void) {
  char *folder = source_that("echo from the first commit");
  shell(
      "cd %s && %s init -q && git add -A && %s commit -q -m first && git tag v1 && echo 'echo from the second' > do &&"
      " %s commit -q -a -m second && echo 'echo not committed' > do",
      folder, git, git, git);
  return folder;
}

static void a_repository_is_cloned_as_it_was_committed(void **state) {
  (void)state;
  char *folder = repository(), *name = result_name();
  contains(printed(builder_name, folder, name, NULL), "from the second\n");
  char *labels = image_field(name, "{{json .Config.Labels}}");
  contains(labels, "\"io.openshift.s2i.build.commit.message\":\"second\"");
  contains(labels, "\"io.openshift.s2i.build.commit.ref\":\"main\"");
  contains(labels, "ann@example.com");
  contains(printed(builder_name, text("file://%s", folder), result_name(), "-r v1"), "from the first commit\n");
  contains(printed(builder_name, folder, result_name(), "--copy"), "not committed\n");
  char *id = shell("git -C %s rev-parse v1", folder);
  id[strcspn(id, "\n")] = '\0';
  contains(printed(builder_name, folder, result_name(), text("--ref=%s", id)), "from the first commit\n");
}

static void submodules_are_there_unless_they_are_to_be_ignored(void **state) {
  (void)state;
  char *module = repository(), *folder = source_that("ls module");
  shell("cd %s && %s init -q && %s submodule --quiet add %s module && git add -A && %s commit -q -m top", folder, git,
        git, module, git);
  set_variable("GIT_CONFIG_COUNT", "1");
  set_variable("GIT_CONFIG_KEY_0", "protocol.file.allow");
  set_variable("GIT_CONFIG_VALUE_0", "always");
  contains(printed(builder_name, folder, result_name(), NULL), "do\n");
  lacks(printed(builder_name, folder, result_name(), "--ignore-submodules"), "do\n");
}

static void a_password_in_a_url_is_told_to_nobody(void **state) {
  (void)state;
  char *folder = repository(), *name = result_name();
  shell("git -C %s update-server-info", folder);
  char *url = text("http://ann:not-for-you@%s/.git", served(folder, false));
  note_log(CONU_LOG_DEBUG);
  contains(printed(builder_name, url, name, NULL), "from the second\n");
  char *labels = image_field(name, "{{json .Config.Labels}}");
  contains(labels, "source-location");
  lacks(labels, "not-for-you");
  lacks(ask("GET", text("/images/%s/json", name)), "not-for-you");
  fails(CONU_ERROR_COMMAND_FAILED, try_extend(builder_name, text("%s/none", url), result_name(), NULL), "git");
  says("/.git/none");
  lacks(conu_error_get_message(failure()), "not-for-you");
  lacks(conu_error_get_details_json(failure()), "not-for-you");
  assert_int_not_equal(strlen(noted), 0);
  lacks(noted, "not-for-you");
}

// --- how it is told --------------------------------------------------------------------------------------------------

static void lines_come_as_assemble_prints_them(void **state) {
  (void)state;
  char *name = result_name();
  conu_progress_t *progress = extending(
      builder_name, source_that("echo '  one  '; sleep 1; echo '  two  ' >&2; sleep 1; echo three"), name, NULL);
  const char *const wanted[] = {"one", "  two  ", "three"};
  int64_t at[3];
  for (size_t i = 0; i < 3; at[i++] = now_ms()) do {
      assert_true(next_step(progress));
    } while (conu_progress_get_text(progress) == NULL || strcmp(conu_progress_get_text(progress), wanted[i]) != 0);
  assert_in_range(at[1] - at[0], 700, 3000);
  assert_in_range(at[2] - at[1], 700, 3000);
  read_to_end(progress);
}

// --- ends that come early --------------------------------------------------------------------------------------------

static void a_failing_assemble_is_told_with_its_code_and_its_end(void **state) {
  (void)state;
  char *source = source_that("echo the beginning; echo the end of the story >&2; exit 42"), *name = result_name();
  fails(CONU_ERROR_COMMAND_FAILED, try_extend(builder_name, source, name, NULL), "42");
  says("assemble");
  says("the end of the story");
  says(builder_name);
  details("42");
  assert_false(is_present(image_named(name)));
}

// Until assemble has printed this.
static void wait_for_line(conu_progress_t *progress, const char *line) {
  do {
    assert_true(next_step(progress));
  } while (conu_progress_get_text(progress) == NULL || strcmp(conu_progress_get_text(progress), line) != 0);
}

static void a_cancel_in_the_middle_leaves_nothing(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  char *source = source_that("echo begun; sleep 60");
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 1500);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED,
        conu_image_s2i_extend(image_named(builder_name), source, result_name(), NULL, cancel, &failed, &error),
        "cancelled");
  assert_null(failed);
  assert_in_range(now_ms() - start, 1400, 8000);
  assert_string_equal(temporary_files(), "");
}

static void a_progress_that_is_cancelled_or_freed_leaves_nothing(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  char *source = repository();
  shell("cd %s && echo 'echo begun; sleep 60' > do && %s commit -q -a -m slow", source, git);
  conu_progress_t *progress = extending(builder_name, source, result_name(), NULL);
  wait_for_line(progress, "begun");
  ok(conu_progress_cancel(progress, &error));
  assert_string_equal(temporary_files(), "");
  ok(conu_image_s2i_extend_progress(image_named(builder_name), source, result_name(), NULL, NULL, &progress, &error));
  wait_for_line(progress, "begun");
  conu_progress_free(progress);
  for (int i = 0; i < 100 && *temporary_files() != '\0'; i++) sleep_ms(50);
  assert_string_equal(temporary_files(), "");
}

static void an_engine_that_is_killed_in_the_middle_is_told(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  struct spare *spare = spare_engine();
  shell("docker --host %s save %s | docker --host %s load", setting("CONU_HOST"), builder_name, spare->url);
  conu_image_t *builder = image_of(spare->engine, builder_name);
  conu_progress_t *progress;
  // Without a network: two engines of Podman would share a bridge, which the one would take from the other.
  ok(conu_image_s2i_extend_progress(builder, source_that("echo begun; sleep 60"), "localhost/result:1",
                                    words("--network none"), NULL, &progress, &error));
  kept_progress(progress);
  wait_for_line(progress, "begun");
  kill_spare(spare);
  conu_status_t status;
  bool more = true;
  do {
    status = conu_progress_next(progress, 20000, NULL, &more, &error);
  } while (status == CONU_OK && more);
  fails(CONU_ERROR_UNREACHABLE, status, spare->url);
  assert_string_equal(temporary_files(), "");
}

// --- how much it takes -----------------------------------------------------------------------------------------------

static long peak_kilobytes(void) { return atol(shell("grep VmHWM /proc/%d/status | tr -dc 0-9", (int)getpid())); }

static void a_large_source_takes_little_memory(void **state) {
  (void)state;
  char *source = source_that("ls -l large");
  shell("head -c 50M /dev/urandom > %s/large", source);
  long before = peak_kilobytes();
  contains(printed(builder_name, source, result_name(), NULL), "52428800");
  assert_in_range(peak_kilobytes() - before, 0, 20000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_web_application_is_extended_run_and_answers),
      TEST(the_labels_tell_the_builder_and_the_source),
      TEST(a_name_without_a_tag_is_the_latest),
      TEST(a_name_that_was_there_is_the_new_image_then),
      TEST(an_entrypoint_of_the_builder_gets_the_script_and_stays),
      TEST(a_builder_without_tar_does_as_well),
      TEST(a_builder_of_an_ordinary_user_gets_files_of_that_user),
      TEST(a_repository_is_cloned_as_it_was_committed),
      TEST(submodules_are_there_unless_they_are_to_be_ignored),
      TEST(a_password_in_a_url_is_told_to_nobody),
      TEST(lines_come_as_assemble_prints_them),
      TEST(a_failing_assemble_is_told_with_its_code_and_its_end),
      TEST(a_cancel_in_the_middle_leaves_nothing),
      TEST(a_progress_that_is_cancelled_or_freed_leaves_nothing),
      TEST(an_engine_that_is_killed_in_the_middle_is_told),
      TEST(a_large_source_takes_little_memory),
  };
  return RUN_S2I_TESTS(tests);
}
