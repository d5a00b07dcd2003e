// Source-to-image: sources, builders, names and options that are wrong. Each fails with a reason, and leaves nothing.
#include <sys/stat.h>

#include "s2i_lab.h"

// A build that must fail, with a message that has both parts, and leave no temporary file. The tests' own end looks for
// containers and images.
static void refused(conu_status_t code, const char *builder, const char *source, const char *options, const char *part,
                    const char *other_part) {
  set_variable("TMPDIR", fresh_folder());
  fails(code, try_extend(builder, source, result_name(), options), part);
  says(other_part);
  assert_string_equal(temporary_files(), "");
}

static void hinted(conu_status_t code, const char *builder, const char *source, const char *options, const char *part,
                   const char *other_part, const char *hint) {
  refused(code, builder, source, options, part, other_part);
  hints(hint);
}

// --- sources ---------------------------------------------------------------------------------------------------------

static void a_source_that_is_none_is_refused(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = file_in(folder, "file", "content\n");
  refused(CONU_ERROR_NOT_FOUND, builder_name, text("%s/none", folder), NULL, "/none", "No such file or directory");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, file, NULL, file, "folder");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, "file://host/folder", NULL, "file://host/folder", "host");
  refused(CONU_ERROR_NOT_FOUND, builder_name, folder, "--context-dir deep/er", "deep/er", folder);
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, "", NULL, "source", "");
}

static void a_url_that_is_no_repository_is_refused(void **state) {
  (void)state;
  char *folder = fresh_folder();
  refused(CONU_ERROR_COMMAND_FAILED, builder_name, "http://127.0.0.1:1/none.git", NULL, "http://127.0.0.1:1/none.git",
          "git");
  refused(CONU_ERROR_COMMAND_FAILED, builder_name, "nobody@127.0.0.1:none.git", NULL, "127.0.0.1:none.git", "git");
  refused(CONU_ERROR_COMMAND_FAILED, builder_name, "ext::sh -c 'touch hacked'", NULL, "git", "ext");
  file_in(folder, ".git/config", "no repository\n");
  hinted(CONU_ERROR_INVALID_ARGUMENT, builder_name, folder, NULL, folder, "commits", "--copy");
}

static void a_repository_without_commits_is_refused(void **state) {
  (void)state;
  char *folder = fresh_folder();
  shell("git init -q %s", folder);
  hinted(CONU_ERROR_INVALID_ARGUMENT, builder_name, folder, NULL, folder, "commits", "--copy");
}

static char *repository(void) {
  char *folder = source_that("true");
  shell("cd %s && git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -q -m 1", folder);
  return folder;
}

static void a_ref_that_there_is_not_is_refused(void **state) {
  (void)state;
  char *folder = repository();
  hinted(CONU_ERROR_COMMAND_FAILED, builder_name, folder, "--ref nosuchref", "nosuchref", folder, "ref");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, folder, "--ref=--orphan=x", "--orphan=x", "ref");
}

static void without_git_a_url_is_refused_and_a_folder_copied(void **state) {
  (void)state;
  char *folder = repository(), *programs = fresh_folder();
  const char *path = setting("PATH");
  shell("ln -s $(command -v env) $(command -v sh) %s", programs);
  set_variable("PATH", programs);
  conu_status_t status = try_extend(builder_name, "https://127.0.0.1:1/x.git", result_name(), NULL);
  conu_error_free(error);
  conu_status_t copied = try_extend(builder_name, folder, result_name(), NULL);
  set_variable("PATH", path);
  if (copied != CONU_OK) fail_msg("%s", conu_error_get_message(error));
  assert_int_equal(status, CONU_ERROR_COMMAND_MISSING);
}

static void pipes_and_circles_in_a_source_are_no_trap(void **state) {
  (void)state;
  char *pipe = source_that("true"), *circle = source_that("true");
  shell("mkfifo %s/pipe && mkdir %s/folder && ln -s .. %s/folder/above", pipe, circle, circle);
  hinted(CONU_ERROR_INVALID_ARGUMENT, builder_name, pipe, NULL, "pipe", "", ".s2iignore");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, circle, NULL, "folder/above", "");
  file_in(pipe, ".s2iignore", "pipe\n");
  assert_int_equal(try_extend(builder_name, pipe, result_name(), NULL), CONU_OK);
}

static void sockets_and_broken_links_are_no_reason_to_fail(void **state) {
  (void)state;
  char *folder = source_that("ls -A; readlink broken loop"), *name = result_name();
  shell(
      "cd %s && ln -s nowhere broken && ln -s loop loop && python3 -c "
      "\"import socket; socket.socket(socket.AF_UNIX).bind('socket')\"",
      folder);
  char *lines = printed(builder_name, folder, name, NULL);
  contains(lines, "nowhere\nloop\n");
  lacks(lines, "socket");
}

static void a_file_that_cannot_be_read_is_told(void **state) {
  (void)state;
  char *folder = source_that("true");
  shell("mkdir -p %s/a && ln -s /proc/self/mem %s/a/memory", folder, folder);
  conu_image_t *made;
  conu_status_t status = conu_image_s2i_extend(image_named(builder_name), folder, result_name(), NULL,
                                               cancel_within(20000), &made, &error);
  if (status == CONU_OK)
    kept_image(made);
  else
    fails(status, status, "a/memory");
}

// --- builders --------------------------------------------------------------------------------------------------------

static void a_builder_without_scripts_is_refused(void **state) {
  (void)state;
  char *builder = derived("LABEL io.openshift.s2i.scripts-url=", NULL), *source = source_that("true");
  hinted(CONU_ERROR_NOT_FOUND, builder, source, NULL, builder, "assemble", "io.openshift.s2i.scripts-url");
  hinted(CONU_ERROR_NOT_FOUND, builder_name, source, "-s file:///nowhere", "file:///nowhere", "--scripts-url", "there");
  fails(CONU_ERROR_NOT_FOUND, conu_image_s2i_usage(image_named(builder), NULL, &(char *){NULL}, &error), "usage");
  says(builder);
  char *none = in_registry("CONU_TEST_REGISTRY", "conu/none:1");
  fails(CONU_ERROR_NOT_FOUND, conu_image_s2i_usage(image_named(none), NULL, &(char *){NULL}, &error), none);
  refused(CONU_ERROR_NOT_FOUND, none, source, NULL, none, "");
}

static void an_assemble_that_cannot_run_is_told(void **state) {
  (void)state;
  char *source = source_that("true");
  char *missing = derived("RUN rm /usr/libexec/s2i/assemble", NULL);
  refused(CONU_ERROR_COMMAND_FAILED, missing, source, NULL, "/usr/libexec/s2i/assemble", missing);
  char *closed = derived("RUN chmod 644 /usr/libexec/s2i/assemble", NULL);
  refused(CONU_ERROR_COMMAND_FAILED, closed, source, NULL, "/usr/libexec/s2i/assemble", closed);
  char *nonsense = derived("RUN printf '\\177ELF nonsense' > /usr/libexec/s2i/assemble", NULL);
  refused(CONU_ERROR_COMMAND_FAILED, nonsense, source, NULL, "/usr/libexec/s2i/assemble", nonsense);
}

// Its tar ends before it has read the source.
static void a_folder_that_the_source_cannot_go_to_is_told(void **state) {
  (void)state;
  char *folder = source_that("true");
  shell("head -c 20000000 /dev/urandom > %s/large", folder);
  refused(CONU_ERROR_COMMAND_FAILED, builder_name, folder, "-d /none", "exit code 2", "tar: Error is not recoverable");
}

static void who_may_not_assemble_is_refused(void **state) {
  (void)state;
  char *source = source_that("true");
  hinted(CONU_ERROR_PERMISSION, builder_name, source, "--allowed-uids=1-", builder_name, "", "user");
  char *named = derived("USER daemon:root", NULL);
  hinted(CONU_ERROR_PERMISSION, named, source, "-u 0-65535", named, "daemon", "");
  refused(CONU_ERROR_PERMISSION, builder_name, source, "-u 1000-1999 --assemble-user 2000", "2000", "");
  // What Podman tells of an image has no ONBUILD instructions.
  if (!on_podman()) refused(CONU_ERROR_PERMISSION, derived("ONBUILD USER 5", NULL), source, "-u 10-", "5", "");
  fails(on_podman() ? CONU_ERROR_CONFLICT : CONU_ERROR_ENGINE,
        try_extend(builder_name, source, result_name(), "--assemble-user=nosuchuser"), "nosuchuser");
}

static void labels_that_are_too_large_are_refused(void **state) {
  (void)state;
  char *large = text("%s", "");
  for (int i = 0; i < 105; i++) large = text("%s%0100d", large, i);
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, source_that("true"), text("--description %s", large), "label",
          "10240");
}

static void metadata_that_are_none_are_refused(void **state) {
  (void)state;
  static const char *const contents[] = {"no JSON", "{}", "{\"labels\":{}}", "{\"labels\":[{\"a\":1}]}", "[]", ""};
  for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
    hinted(CONU_ERROR_PROTOCOL, builder_name,
           source_that("mkdir -p /tmp/.s2i; printf '%%s' '%s' > /tmp/.s2i/image_metadata.json", contents[i]), NULL,
           "image_metadata.json", "", "labels");
}

static void a_source_without_a_program_is_no_source_for_triggers(void **state) {
  (void)state;
  if (on_podman()) return;
  char *builder = derived("ONBUILD COPY . /opt/here/", NULL);
  hinted(CONU_ERROR_NOT_FOUND, builder, source_that("true"), NULL, "to run", builder, "execute");
  char *failing = derived("ONBUILD RUN echo the trigger fails; exit 7", NULL), *source = source_that("true");
  assert_int_equal(chmod(file_in(source, "run", "#!/bin/sh\n"), 0755), 0);
  refused(CONU_ERROR_COMMAND_FAILED, failing, source, NULL, "7", "");
}

// --- names and options -----------------------------------------------------------------------------------------------

static void a_name_that_is_none_is_refused(void **state) {
  (void)state;
  static const char *const names[] = {"Bad Name", "", "name:bad tag", "a@b", ":tag", "a/UPPER"};
  char *source = source_that("true");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, names[i], NULL), names[i]);
}

// Some engines take capitals for those of a registry's name.
static void a_name_that_the_engine_refuses_leaves_no_image_without_one(void **state) {
  (void)state;
  char *name = text("UPPER/%s:1", fresh("case"));
  conu_status_t status = try_extend(builder_name, source_that("true"), name, NULL);
  if (status == CONU_OK)
    remove_later(name);
  else
    fails(CONU_ERROR_ENGINE, status, name);
}

static const struct {
  const char *options, *part, *other_part;
  conu_status_t code;
} wrong[] = {
    {"--nosuch", "--nosuch", "s2i build", CONU_ERROR_INVALID_ARGUMENT},
    {"-x", "-x", "s2i build", CONU_ERROR_INVALID_ARGUMENT},
    {"-cx", "-x", "-cx", CONU_ERROR_INVALID_ARGUMENT},
    {"positional", "positional", "s2i build", CONU_ERROR_INVALID_ARGUMENT},
    {"-c -- positional", "positional", "", CONU_ERROR_INVALID_ARGUMENT},
    {"-e", "-e", "value", CONU_ERROR_INVALID_ARGUMENT},
    {"-e FOO", "FOO", "-e", CONU_ERROR_INVALID_ARGUMENT},
    {"--copy=perhaps", "--copy", "perhaps", CONU_ERROR_INVALID_ARGUMENT},
    {"--exclude (", "--exclude", "(", CONU_ERROR_INVALID_ARGUMENT},
    {"-p sometimes", "sometimes", "-p", CONU_ERROR_INVALID_ARGUMENT},
    {"--incremental-pull-policy=x", "x", "--incremental-pull-policy", CONU_ERROR_INVALID_ARGUMENT},
    {"-u abc", "abc", "-u", CONU_ERROR_INVALID_ARGUMENT},
    {"--allowed-uids=5-3", "5-3", "--allowed-uids", CONU_ERROR_INVALID_ARGUMENT},
    {"--incremental --runtime-image x", "--incremental", "--runtime-image", CONU_ERROR_INVALID_ARGUMENT},
    {"-v relative:/x:ro:more", "-v", "relative", CONU_ERROR_INVALID_ARGUMENT},
    {"--add-host nonsense", "--add-host", "nonsense", CONU_ERROR_INVALID_ARGUMENT},
    {"-i /nowhere/at/all:/tmp", "/nowhere/at/all", "", CONU_ERROR_NOT_FOUND},
    {"--run", "--run", "", CONU_ERROR_UNSUPPORTED},
    {"--use-config", "--use-config", "", CONU_ERROR_UNSUPPORTED},
    {"--as-dockerfile /tmp/Dockerfile", "--as-dockerfile", "", CONU_ERROR_UNSUPPORTED},
    {"--image-scripts-url image:///x", "--image-scripts-url", "", CONU_ERROR_UNSUPPORTED},
    {"--callback-url http://127.0.0.1:1/", "--callback-url", "", CONU_ERROR_UNSUPPORTED},
};

static void options_that_are_wrong_are_refused_by_name(void **state) {
  (void)state;
  char *source = source_that("true");
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    refused(wrong[i].code, builder_name, source, wrong[i].options, wrong[i].part, wrong[i].other_part);
    if (wrong[i].code == CONU_ERROR_UNSUPPORTED) hints("CONU_S2I=binary");
  }
}

static void artifacts_for_the_runtime_image_are_looked_at(void **state) {
  (void)state;
  char *source = source_that("true"), *runtime = text("--runtime-image %s", setting("CONU_TEST_DEBIAN_IMAGE"));
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, source, runtime, "to be taken over",
          setting("CONU_TEST_DEBIAN_IMAGE"));
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, source, text("%s -a relative", runtime), "relative", "");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, source, text("%s -a /x:../y", runtime), "../y", "/x");
  refused(CONU_ERROR_INVALID_ARGUMENT, builder_name, source, text("%s -a /x*", runtime), "/x*", "");
  refused(CONU_ERROR_NOT_FOUND, builder_name, source, text("--runtime-image %s -a /opt/none", builder_name),
          "/opt/none", "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_source_that_is_none_is_refused),
      TEST(a_url_that_is_no_repository_is_refused),
      TEST(a_repository_without_commits_is_refused),
      TEST(a_ref_that_there_is_not_is_refused),
      TEST(without_git_a_url_is_refused_and_a_folder_copied),
      TEST(pipes_and_circles_in_a_source_are_no_trap),
      TEST(sockets_and_broken_links_are_no_reason_to_fail),
      TEST(a_file_that_cannot_be_read_is_told),
      TEST(a_builder_without_scripts_is_refused),
      TEST(an_assemble_that_cannot_run_is_told),
      TEST(a_folder_that_the_source_cannot_go_to_is_told),
      TEST(who_may_not_assemble_is_refused),
      TEST(labels_that_are_too_large_are_refused),
      TEST(metadata_that_are_none_are_refused),
      TEST(a_source_without_a_program_is_no_source_for_triggers),
      TEST(a_name_that_is_none_is_refused),
      TEST(a_name_that_the_engine_refuses_leaves_no_image_without_one),
      TEST(options_that_are_wrong_are_refused_by_name),
      TEST(artifacts_for_the_runtime_image_are_looked_at),
  };
  return RUN_S2I_TESTS(tests);
}
