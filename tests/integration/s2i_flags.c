// Source-to-image: what each option of `s2i build` does to the container that assembles, and to the image.
#include <sys/stat.h>

#include "s2i_lab.h"

// --- the environment -------------------------------------------------------------------------------------------------

static void variables_come_from_the_source_the_options_and_a_file(void **state) {
  (void)state;
  char *source = source_that("env"), *name = result_name();
  char *file = file_in(fresh_folder(), "variables", "# a comment\n// another\nFROM_FILE=f\nBOTH=of the file\n");
  file_in(source, ".s2i/environment", "# a comment\nFROM_SOURCE = s \nTWICE=source\nQUOTED=\"a b\"\nno variable\n");
  char *lines = printed(builder_name, source, name, text("-e TWICE=option --env=EMPTY= -eSHORT=1 -E %s", file));
  contains(lines, "FROM_SOURCE=s\n");
  contains(lines, "TWICE=option\n");
  contains(lines, "QUOTED=\"a b\"\n");
  contains(lines, "EMPTY=\n");
  contains(lines, "SHORT=1\n");
  contains(lines, "FROM_FILE=f\n");
  lacks(lines, "no variable");
  char *variables = image_field(name, "{{json .Config.Env}}");
  contains(variables, "\"TWICE=option\"");
  lacks(variables, "TWICE=source");
  contains(variables, "\"FROM_FILE=f\"");
}

// --- which files there are -------------------------------------------------------------------------------------------

static const char tree[] = "cd /tmp/src; find . | sort";

static void links_are_followed_or_kept(void **state) {
  (void)state;
  char *source = source_that("stat -c '%%N:%%F' link folder-link/file broken || true");
  file_in(source, "folder/file", "");
  shell("cd %s && ln -s do link && ln -s folder folder-link && ln -s nowhere broken", source);
  char *lines = printed(builder_name, source, result_name(), NULL);
  contains(lines, "link':regular file\n");
  contains(lines, "folder-link/file':regular");
  contains(lines, "broken' -> 'nowhere':symbolic link\n");
  contains(printed(builder_name, source, result_name(), "--keep-symlinks"), "link' -> 'do':symbolic link\n");
}

static void files_stay_out_that_are_ignored_or_excluded(void **state) {
  (void)state;
  char *source = source_that("%s", tree);
  file_in(source, "secret/file", "");
  file_in(source, "sub/secret", "");
  file_in(source, "a.log", "");
  file_in(source, "kept.log", "");
  file_in(source, ".git-not/file", "");
  file_in(source, ".s2iignore", "*.log\n!kept.log\n");
  char *lines = printed(builder_name, source, result_name(), "--exclude (^|/)secret(/|$)");
  lacks(lines, "secret");
  lacks(lines, "a.log");
  contains(lines, "./kept.log\n./sub\n");
  contains(printed(builder_name, source, result_name(), NULL), "./secret/file\n./sub\n./sub/secret\n");
}

static void a_folder_in_the_source_may_be_all_of_it(void **state) {
  (void)state;
  char *source = fresh_folder(), *name = result_name();
  file_in(source, "deep/er/do", "pwd; ls -A");
  contains(printed(builder_name, source, name, "--context-dir deep/er"), "/tmp/src\ndo\n");
  contains(image_field(name, "{{json .Config.Labels}}"), "source-context-dir\":\"deep/er\"");
}

static void the_destination_is_where_the_option_or_the_label_says(void **state) {
  (void)state;
  char *label = derived("LABEL io.openshift.s2i.destination=/opt/to\nENV DESTINATION=/opt/to\nRUN mkdir /opt/to", NULL);
  contains(printed(label, source_that("pwd"), result_name(), NULL), "/opt/to/src\n");
  char *none = derived("ENV DESTINATION=/var/tmp", NULL);
  contains(printed(none, source_that("pwd"), result_name(), "-d /var/tmp"), "/var/tmp/src\n");
  contains(printed(none, source_that("pwd"), result_name(), "--location=/var/tmp"), "/var/tmp/src\n");
}

// --- the container that assembles ------------------------------------------------------------------------------------

static void the_container_is_as_the_options_say(void **state) {
  (void)state;
  char *folder = fresh_folder();
  file_in(folder, "file", "from the host\n");
  contains(said_with(text("-v %s:/mnt/here:ro", folder), "cat /mnt/here/file"), "from the host\n");
  assert_string_equal(said_with("--network none", "ls /sys/class/net | grep -v lo || true"), "");
  contains(said_with("--add-host friend:10.1.2.3 --add-host=other:10.1.2.4", "cat /etc/hosts"), "10.1.2.4");
  const char *capability = "chown 1 do 2>/dev/null && echo may || echo may not";
  contains(said_with(NULL, capability), "may\n");
  contains(said_with("--cap-drop CHOWN,FOWNER", capability), "may not\n");
}

static void who_assembles_is_as_the_option_or_the_label_says(void **state) {
  (void)state;
  char *folders = "RUN mkdir -p /opt/app && chmod 777 /opt/app\n", *name = result_name();
  char *builder = derived(text("%sUSER 1001", folders), NULL);
  contains(printed(builder, source_that("id -u"), name, "--assemble-user 1002 -u 1000-1999"), "1002\n");
  assert_string_equal(image_field(name, "{{.Config.User}}"), "1001");
  char *label = derived(text("%sUSER 1001\nLABEL io.openshift.s2i.assemble-user=1003", folders), NULL);
  contains(printed(label, source_that("id -u"), result_name(), "--allowed-uids=-500,1003-"), "1003\n");
}

static void injected_files_are_empty_in_the_image(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name();
  file_in(folder, "secret", "a secret of assemble\n");
  char *builder = derived("RUN mkdir /opt/injected", NULL);
  char *lines = printed(builder, source_that("cat /opt/injected/secret"), name, text("-i %s:/opt/injected", folder));
  contains(lines, "a secret of assemble\n");
  assert_string_equal(in_image(name, "stat -c %s /opt/injected/secret"), "0\n");
}

static void quiet_leaves_out_what_assemble_prints_but_its_errors(void **state) {
  (void)state;
  char *lines = said_with("-q", "echo loud; echo wrong >&2");
  lacks(lines, "loud");
  contains(lines, "wrong\n");
}

// --- before and after ------------------------------------------------------------------------------------------------

static void an_incremental_build_gets_what_the_last_one_saved(void **state) {
  (void)state;
  char *name = result_name();
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

static void metadata_that_assemble_writes_become_labels(void **state) {
  (void)state;
  char *name = result_name();
  const char *script = "mkdir -p /tmp/.s2i; echo '%s' > /tmp/.s2i/image_metadata.json";
  const char *metadata = "{\"labels\":[{\"one\":\"1 and\\\" more\"},{\"io.k8s.display-name\":\"shown\"}]}";
  printed(builder_name, source_that(script, metadata), name, "-n named");
  char *labels = image_field(name, "{{json .Config.Labels}}");
  contains(labels, "\"one\":\"1 and\\\" more\"");
  contains(labels, "\"io.k8s.display-name\":\"shown\"");
}

// --- pulling, and which engine ---------------------------------------------------------------------------------------

static void the_policy_says_when_the_builder_is_pulled(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_REGISTRY", text("%s:1", fresh("conu/builder"))),
       *source = source_that("echo done");
  shell("docker --host %s tag %s %s && docker --host %s push --quiet %s", setting("CONU_HOST"), builder_name, name,
        setting("CONU_HOST"), name);
  remove_later(name);
  ask("DELETE", text("/images/%s?force=1", name));
  fails(CONU_ERROR_NOT_FOUND, try_extend(name, source, result_name(), "-p never"), name);
  contains(printed(name, source, result_name(), NULL), "done\n");
  contains(printed(name, source, result_name(), "--pull-policy=always"), "done\n");
  contains(printed(name, source, result_name(), "-p=if-not-present"), "done\n");
}

static void another_engine_may_do_it(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  shell("docker --host %s save %s | docker --host %s load", setting("CONU_HOST"), builder_name, spare->url);
  char *name = result_name();
  conu_image_t *made;
  conu_status_t status = conu_image_s2i_extend(image_named(builder_name), source_that("echo there"), name,
                                               words(text("-U %s --network none", spare->url)), NULL, &made, &error);
  ok(status);
  assert_true(is_present(kept_image(made)));
  assert_false(is_present(image_named(name)));
  assert_true(is_present(image_of(spare->engine, name)));
}

static void the_folder_of_the_build_may_stay(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  char *source = source_that("true");
  shell("cd %s && git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -q -m 1", source);
  printed(builder_name, source, result_name(), NULL);
  assert_string_equal(temporary_files(), "");
  printed(builder_name, source, result_name(), "--save-temp-dir");
  assert_string_not_equal(temporary_files(), "");
}

// --- the s2i program itself ------------------------------------------------------------------------------------------

static void the_program_itself_does_it_where_it_is_asked_for(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name(), *source = source_that("true");
  set_variable("CONU_S2I", "binary");
  fails(CONU_ERROR_COMMAND_MISSING, try_extend(builder_name, source, name, NULL), "s2i");
  hints("CONU_S2I");
  file_in(folder, "s2i",
          text("#!/bin/sh\n"
               "for last; do :; done\n"
               "echo \"$@\" > %s/arguments\n"
               "[ $1 = usage ] && { echo ' the usage ' >&2; exit 0; }\n"
               "echo building >&2; exec docker --host %s tag %s \"$last\"\n",
               folder, setting("CONU_HOST"), builder_name));
  shell("chmod +x %s/s2i", folder);
  set_variable("PATH", text("%s:%s", folder, setting("PATH")));
  contains(printed(builder_name, source, name, "-c"), "building\n");
  char *arguments = shell("cat %s/arguments", folder);
  contains(arguments, text("build --url %s ", setting("CONU_HOST")));
  contains(arguments, text(" -c %s %s %s\n", source, builder_name, name));
  char *usage;
  ok(conu_image_s2i_usage(image_named(builder_name), NULL, &usage, &error));
  assert_string_equal(taken(usage), "the usage");
  contains(shell("cat %s/arguments", folder), text(" %s\n", builder_name));
  file_in(folder, "s2i", "#!/bin/sh\necho it does not want to >&2; exit 3\n");
  fails(CONU_ERROR_COMMAND_FAILED, try_extend(builder_name, source, result_name(), NULL), "it does not want to");
  says("3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(variables_come_from_the_source_the_options_and_a_file),
      TEST(links_are_followed_or_kept),
      TEST(files_stay_out_that_are_ignored_or_excluded),
      TEST(a_folder_in_the_source_may_be_all_of_it),
      TEST(the_destination_is_where_the_option_or_the_label_says),
      TEST(the_container_is_as_the_options_say),
      TEST(who_assembles_is_as_the_option_or_the_label_says),
      TEST(injected_files_are_empty_in_the_image),
      TEST(quiet_leaves_out_what_assemble_prints_but_its_errors),
      TEST(an_incremental_build_gets_what_the_last_one_saved),
      TEST(the_result_may_begin_with_a_runtime_image),
      TEST(triggers_of_the_builder_run),
      TEST(metadata_that_assemble_writes_become_labels),
      TEST(the_policy_says_when_the_builder_is_pulled),
      TEST(another_engine_may_do_it),
      TEST(the_folder_of_the_build_may_stay),
      TEST(the_program_itself_does_it_where_it_is_asked_for),
  };
  return RUN_S2I_TESTS(tests);
}
