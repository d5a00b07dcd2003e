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

// --- afterwards ------------------------------------------------------------------------------------------------------

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
      TEST(metadata_that_assemble_writes_become_labels),
      TEST(the_folder_of_the_build_may_stay),
  };
  return RUN_S2I_TESTS(tests);
}
