// Source-to-image: the ways beside the plain one: incremental builds, runtime images, builders with ONBUILD
// instructions, and what a builder says of its usage.
#include <sys/stat.h>

#include "s2i_lab.h"

// A file with this script.
static void script_in(const char *folder, const char *name, const char *commands) {
  assert_int_equal(chmod(file_in(folder, name, text("#!/bin/sh\n%s\n", commands)), 0755), 0);
}

// --- incremental builds ----------------------------------------------------------------------------------------------

static void an_incremental_build_gets_what_the_last_one_saved(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1", fresh("conu/before")));  // it has no such image
  remove_later(name);
  const char *script = "cat /tmp/artifacts/kept 2>/dev/null || echo nothing is saved; echo saved > /opt/app/kept";
  contains(printed(builder_name, source_that("%s", script), name, "--incremental"), "nothing is saved\n");
  char *first = image_field(name, "{{.Id}}");
  remove_later(first);
  contains(printed(builder_name, source_that("%s", script), name, "--incremental --rm"), "saved\n");
  lacks(ask("GET", text("/images/%s/json", first)), "\"Id\"");
  contains(printed(builder_name, source_that("%s; exit 0", script), text("%s-other", name),
                   "--incremental --incremental-pull-policy never"),
           "nothing is saved\n");
  remove_later(text("%s-other", name));
}

// What assemble finds in the folder of artifacts, where this saved them in the image before.
static char *saved_by(const char *commands) {
  char *name = result_name(), *source = source_that("ls /tmp/artifacts 2>/dev/null | tr '\\n' ' '; echo; id -u >&2");
  script_in(source, ".s2i/bin/save-artifacts", text("cd /opt/app\n%s", commands));
  printed(builder_name, source, name, NULL);
  remove_later(image_field(name, "{{.Id}}"));
  return printed(builder_name, source, name, "--incremental");
}

static void what_leads_out_of_the_artifacts_is_left_out(void **state) {
  (void)state;
  note_log(CONU_LOG_WARNING);
  char *lines = saved_by(
      "ln -s /etc far; ln -s ../../x up; ln -s own in; cp do own; mkfifo pipe;"
      "tar -cPf - far up in pipe ../app/do /opt/app/do own");
  contains(noted, "the artifact far is left out");
  contains(noted, "the artifact up is left out");
  contains(noted, "the artifact ../app/do is left out");
  contains(noted, "the artifact /opt/app/do is left out");
  contains(text("\n%s", lines), "\nin own\n");
}

static void artifacts_that_cannot_be_saved_make_a_clean_build(void **state) {
  (void)state;
  static const char *const commands[][2] = {{"tar -cf - do; echo it is broken >&2; exit 3", "failed with exit code 3"},
                                            {"echo this is no archive", "archive"},
                                            {"tar -cf - do | head -c 700", "cut off"}};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    char *lines = saved_by(commands[i][0]);
    contains(lines, "WARNING: Clean build will be performed because of error saving previous build artifacts: ");
    contains(lines, commands[i][1]);
    lacks(lines, "do\n");
  }
  lacks(saved_by("exit 0"), "WARNING");
}

static void the_image_before_may_be_pulled_and_its_user_saves(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1", fresh("conu/before"))), *before = result_name();
  char *builder =
      derived("RUN mkdir -p /opt/app && echo kept > /opt/app/kept && chmod -R 777 /opt/app\nUSER 1001", NULL);
  char *source = source_that("cat /tmp/artifacts/* || true");
  script_in(source, ".s2i/bin/save-artifacts", "cd /opt/app && id -u > by && tar -cf - by kept");
  printed(builder, source, before, NULL);
  remove_later(image_field(before, "{{.Id}}"));
  shell("docker --host %s tag %s %s && docker --host %s push --quiet %s && docker --host %s rmi %s %s",
        setting("CONU_HOST"), before, name, setting("CONU_HOST"), name, setting("CONU_HOST"), name, before);
  remove_later(name);
  contains(printed(builder, source, name, "--incremental --incremental-pull-policy=always"), "1001\nkept\n");
}

// --- runtime images --------------------------------------------------------------------------------------------------

static void the_result_may_begin_with_a_runtime_image(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name();
  char *script = file_in(folder, "assemble-runtime", "#!/bin/sh\necho at runtime: $(pwd) $(cat built)\n");
  assert_int_equal(chmod(script, 0755), 0);
  char *runtime = derived(text("FROM %s\nLABEL io.openshift.s2i.scripts-url=image:///s2i of=runtime\nWORKDIR /deploy\n"
                               "COPY assemble-runtime /s2i/\nCOPY assemble-runtime /s2i/run\n",
                               setting("CONU_TEST_DEBIAN_IMAGE")),
                          folder);
  char *options = text("--runtime-image %s -a /opt/app/built --runtime-pull-policy never", runtime);
  char *lines = printed(builder_name, source_that("echo it is built > /opt/app/built"), name, options);
  contains(lines, "at runtime: /deploy it is built\n");
  contains(image_field(name, "{{json .Config.Labels}}"), "\"of\":\"runtime\"");
  assert_string_equal(in_image(name, "cat /deploy/built; ls /opt/app 2>/dev/null"), "it is built\n");
}

static char *runtime_image(const char *instructions, char *folder) {
  if (folder == NULL) folder = fresh_folder();
  return derived(text("FROM %s\nWORKDIR /deploy\n%s", setting("CONU_TEST_DEBIAN_IMAGE"), instructions), folder);
}

static void labels_and_options_say_what_is_taken_over_and_by_whom(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name();
  script_in(folder, "assemble-runtime",
            "echo by $(id -u); env | grep VARIABLE; find . | sort; stat -c '%n:%a' a b/c/f");
  char *runtime = runtime_image(
      "COPY assemble-runtime /s2i/\nRUN cp /s2i/assemble-runtime /s2i/run\n"
      "LABEL io.openshift.s2i.scripts-url=image:///s2i "
      "io.openshift.s2i.assemble-runtime-user=1003 "
      "io.openshift.s2i.assemble-input-files=\"/opt/app/a;/opt/app/c:b\"\nUSER 1002",
      folder);
  char *source = source_that("cd /opt/app; echo > a; chmod 600 a; mkdir c; echo > c/f; chmod 700 c/f; ln -s f c/l");
  char *lines = printed(builder_name, source, name, text("-e VARIABLE=x --runtime-image %s", runtime));
  contains(lines, "by 1003\nVARIABLE=x\n.\n./a\n./b\n./b/c\n./b/c/f\n./b/c/l\na:644\nb/c/f:755\n");
  assert_string_equal(image_field(name, "{{json .Config.Cmd}}"), "[\"/s2i/run\"]");
  assert_string_equal(image_field(name, "{{.Config.User}}"), "1002");
  char *option = text("--runtime-image %s --assemble-runtime-user 1004 -a /opt/app/a;/opt/app/c:b", runtime);
  contains(printed(builder_name, source, result_name(), text("%s -e VARIABLE=y", option)), "by 1004\n");
}

static void the_source_may_have_the_scripts_for_the_runtime_image(void **state) {
  (void)state;
  char *source = source_that("echo built > /opt/app/built"), *name = result_name(), *runtime = runtime_image("", NULL);
  char *option = text("--runtime-image %s -a /opt/app/built", runtime);
  fails(CONU_ERROR_NOT_FOUND, try_extend(builder_name, source, result_name(), option), "assemble-runtime");
  says(runtime);
  script_in(source, ".s2i/bin/run", "cat built");
  script_in(source, ".s2i/bin/assemble-runtime", "echo it is $0");
  contains(printed(builder_name, source, name, option), "it is /deploy/scripts/assemble-runtime\n");
  assert_string_equal(in_image(name, "/deploy/scripts/run"), "built\n");
  script_in(source, ".s2i/bin/assemble-runtime", "echo it does not want to >&2; exit 9");
  fails(CONU_ERROR_COMMAND_FAILED, try_extend(builder_name, source, result_name(), option), "assemble-runtime");
  says("it does not want to");
  details("9");
}

// --- builders with ONBUILD instructions ------------------------------------------------------------------------------

static void triggers_of_the_builder_run(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name();
  file_in(folder, "content", "of the source\n");
  assert_int_equal(chmod(file_in(folder, "run", "#!/bin/sh\ncat /opt/here/content\n"), 0755), 0);
  file_in(folder, ".s2i/environment", "VARIABLE=of the source\n");
  // What Podman tells of an image has no ONBUILD instructions.
  if (on_podman()) return;
  char *builder = derived("WORKDIR /opt/here\nONBUILD COPY . /opt/here/\nONBUILD RUN echo the trigger runs", NULL);
  printed(builder, folder, name, NULL);
  assert_string_equal(in_image(name, "cat /opt/here/content"), "of the source\n");
  contains(image_field(name, "{{json .Config.Entrypoint}}"), "./run");
  contains(image_field(name, "{{json .Config.Env}}"), "VARIABLE=of the source");
}

static void a_builder_with_triggers_runs_what_is_in_the_source(void **state) {
  (void)state;
  // What Podman tells of an image has no ONBUILD instructions.
  if (on_podman()) return;
  char *builder = derived("WORKDIR /opt/here\nONBUILD COPY . /opt/here/", NULL), *name;
  static const char *const entries[] = {"run.sh", "start", "exec.sh", "execute"};
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    char *source = fresh_folder();
    script_in(source, entries[i], "true");
    file_in(source, "start.sh", "not executable");
    printed(builder, source, name = result_name(), NULL);
    assert_string_equal(image_field(name, "{{json .Config.Entrypoint}}"), text("[\"./%s\"]", entries[i]));
  }
  char *source = fresh_folder();
  file_in(source, ".s2i/bin/assemble", "echo it assembles\n");
  file_in(source, ".s2i/bin/run", "#!/bin/sh\necho it runs\n");
  char *lines = printed(builder, source, name = result_name(), "-e QUOTED=a\"b$c\\d --incremental --network none");
  contains(lines, "it assembles\n");
  contains(lines, "warning: options for assemble have no effect");
  contains(image_field(name, "{{json .Config.Env}}"), "\"QUOTED=a\\\"b$c\\\\d\"");
  assert_string_equal(in_image(name, "/opt/here/run"), "it runs\n");
}

// --- usage -----------------------------------------------------------------------------------------------------------

static char *usage_of(const char *builder) {
  char *usage;
  ok(conu_image_s2i_usage(image_named(builder), NULL, &usage, &error));
  return taken(usage);
}

static void usage_is_what_the_script_says(void **state) {
  (void)state;
  char *usage = usage_of(builder_name);
  contains(usage, "This is the builder of the tests.");
  contains(usage, "and this its stderr");
  lacks(usage, "  ");
}

static void usage_is_asked_of_the_user_and_without_tar(void **state) {
  (void)state;
  char *folder = fresh_folder();
  script_in(folder, "usage", "id -u; ls /tmp/src /tmp/scripts");
  const char *instructions = "COPY usage /usr/libexec/s2i/usage\nLABEL io.openshift.s2i.assemble-user=55\n%sUSER 44";
  assert_string_equal(usage_of(derived(text(instructions, ""), folder)), "44\n/tmp/scripts:\n\n/tmp/src:");
  assert_string_equal(usage_of(derived(text(instructions, "RUN rm /bin/tar\n"), folder)),
                      "44\n/tmp/scripts:\n\n/tmp/src:");
}

static void usage_that_fails_is_told(void **state) {
  (void)state;
  char *folder = fresh_folder();
  script_in(folder, "usage", "echo half of it; exit 4");
  char *builder = derived("COPY usage /usr/libexec/s2i/usage", folder);
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_s2i_usage(image_named(builder), NULL, &(char *){NULL}, &error), builder);
  says("usage");
  says("half of it");
  details("4");
}

static void a_builder_is_pulled_for_its_usage(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1", fresh("conu/builder")));
  shell("docker --host %s tag %s %s && docker --host %s push --quiet %s && docker --host %s rmi %s",
        setting("CONU_HOST"), builder_name, name, setting("CONU_HOST"), name, setting("CONU_HOST"), name);
  remove_later(name);
  contains(usage_of(name), "This is the builder of the tests.");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_incremental_build_gets_what_the_last_one_saved),
      TEST(what_leads_out_of_the_artifacts_is_left_out),
      TEST(artifacts_that_cannot_be_saved_make_a_clean_build),
      TEST(the_image_before_may_be_pulled_and_its_user_saves),
      TEST(the_result_may_begin_with_a_runtime_image),
      TEST(labels_and_options_say_what_is_taken_over_and_by_whom),
      TEST(the_source_may_have_the_scripts_for_the_runtime_image),
      TEST(triggers_of_the_builder_run),
      TEST(a_builder_with_triggers_runs_what_is_in_the_source),
      TEST(usage_is_what_the_script_says),
      TEST(usage_is_asked_of_the_user_and_without_tar),
      TEST(usage_that_fails_is_told),
      TEST(a_builder_is_pulled_for_its_usage),
  };
  return RUN_S2I_TESTS(tests);
}
