// Source-to-image: where scripts, builders and credentials come from, and which engine and which program do the work.
#include <sys/stat.h>

#include "s2i_lab.h"

// A folder with the scripts assemble, which prints this, and run.
static char *scripts_that(const char *print) {
  char *folder = fresh_folder();
  file_in(folder, "assemble", text("#!/bin/sh\necho %s\n", print));
  file_in(folder, "run", "#!/bin/sh\n");
  return folder;
}

static char *source_of_nothing(void) { return source_that("true"); }

// --- scripts ---------------------------------------------------------------------------------------------------------

static void scripts_come_from_wherever_they_are_named(void **state) {
  (void)state;
  char *folder = fresh_folder(), *source = source_that("echo the image assembles"), *name;
  file_in(folder, "assemble", "#!/bin/sh\necho a file assembles $0\n");
  file_in(folder, "run", "#!/bin/sh\necho it runs\n");
  contains(printed(builder_name, source, name = result_name(), text("-s file://%s", folder)),
           "assembles /tmp/scripts/");
  contains(image_field(name, "{{json .Config.Cmd}}"), "/tmp/scripts/run");
  contains(in_image(name, "/tmp/scripts/run"), "it runs\n");
  contains(printed(builder_name, source, result_name(), text("--scripts http://%s", served(folder, false))),
           "a file assembles");
  contains(printed(builder_name, source, result_name(), "-s image:///usr/libexec/s2i"), "the image assembles\n");
  shell("mkdir -p %s/.sti && cp -r %s %s/.sti/bin", source, folder, source);
  char *lines = printed(builder_name, source, result_name(), NULL);
  contains(lines, "a file assembles");
  contains(lines, "warning: .sti/bin is out of use");
  file_in(source, ".s2i/bin/assemble", "#!/bin/sh\necho the source assembles $0\n");
  contains(printed(builder_name, source, name = result_name(), NULL), "the source assembles /tmp/scripts/assemble\n");
  contains(in_image(name, "ls -l /tmp/scripts/assemble; ls -A /tmp/src/.s2i/bin"), "-rwxr-xr-x");
}

static void labels_and_variables_of_old_builders_are_understood(void **state) {
  (void)state;
  char *labels = derived(
      "LABEL io.openshift.s2i.scripts-url= io.s2i.scripts-url=image:///usr/libexec/s2i "
      "io.s2i.destination=/var/tmp\nENV DESTINATION=/var/tmp",
      NULL);
  char *lines = printed(labels, source_that("pwd"), result_name(), NULL);
  contains(lines, "warning: the image uses the label io.s2i.scripts-url");
  contains(lines, "warning: the image uses the label io.s2i.destination");
  contains(lines, "/var/tmp/src\n");
  char *variables = derived(
      "LABEL io.openshift.s2i.scripts-url=\nENV STI_SCRIPTS_URL=image:///usr/libexec/s2i "
      "STI_LOCATION=/var/tmp DESTINATION=/var/tmp",
      NULL);
  lines = printed(variables, source_that("pwd"), result_name(), NULL);
  contains(lines, "warning: the image uses the variable STI_SCRIPTS_URL");
  contains(lines, "warning: the image uses the variable STI_LOCATION");
  contains(lines, "/var/tmp/src\n");
}

static void a_place_with_one_script_leaves_the_others_to_the_image(void **state) {
  (void)state;
  char *folder = fresh_folder(), *name = result_name();
  file_in(folder, "run", "#!/bin/sh\n");
  contains(printed(builder_name, source_that("echo the image assembles"), name, text("-s file://%s", folder)),
           "the image assembles\n");
  contains(image_field(name, "{{json .Config.Cmd}}"), "[\"/tmp/scripts/run\"]");
}

static void a_link_to_a_script_is_the_script(void **state) {
  (void)state;
  char *source = source_of_nothing(), *folder = fresh_folder(), *scripts = scripts_that("linked from a folder");
  file_in(source, "scripts/assemble", "#!/bin/sh\necho linked in a clone; ls /tmp/src/scripts\n");
  shell(
      "cd %s && mkdir -p .s2i/bin && ln -s ../../scripts/assemble .s2i/bin && git init -q && git add -A &&"
      " git -c user.name=a -c user.email=a@b commit -q -m 1",
      source);
  contains(printed(builder_name, source, result_name(), NULL), "linked in a clone\nassemble\n");
  shell("ln -s %s/* %s", scripts, folder);
  contains(printed(builder_name, source, result_name(), text("-s file://%s", folder)), "linked from a folder\n");
}

static void over_https_whom_the_system_trusts_is_believed(void **state) {
  (void)state;
  char *scripts = scripts_that("downloaded"), *source = source_of_nothing();
  char *plain = served(scripts, false), *secure = served(scripts, true), *port = strchr(secure, ':');
  char *option = text("-s https://%s", secure);
  fails(CONU_ERROR_UNAUTHORIZED, try_extend(builder_name, source, result_name(), option), "is not trusted");
  says(text("https://%s/assemble", secure));
  hints("SSL_CERT_FILE");
  set_variable("SSL_CERT_FILE", text("%s/ca.pem", setting("CONU_TEST_TLS_CERTIFICATES")));
  contains(printed(builder_name, source, result_name(), option), "downloaded\n");
  contains(printed(builder_name, source, result_name(), text("-s http://%s/to/https:%%2f%%2f%s", plain, secure)),
           "downloaded\n");
  option = text("-s https://localhost%s", port);
  fails(CONU_ERROR_UNAUTHORIZED, try_extend(builder_name, source, result_name(), option), "hostname mismatch");
  option = text("-s http://%s", secure);
  fails(CONU_ERROR_UNREACHABLE, try_extend(builder_name, source, result_name(), option), "cannot download http://");
  option = text("-s https://%s", plain);
  fails(CONU_ERROR_UNREACHABLE, try_extend(builder_name, source, result_name(), option), "cannot download https://");
}

static void redirections_are_followed_but_not_for_ever(void **state) {
  (void)state;
  char *folder = fresh_folder(), *source = source_of_nothing(), *server = served(folder, false);
  file_in(folder, "deep/assemble", "#!/bin/sh\necho deep\n");
  file_in(folder, "deep/run", "#!/bin/sh\n");
  const char *const targets[] = {"%2fdeep", "..%2f..%2fdeep", "%2f%2fSERVER%2fdeep"};
  for (size_t i = 0; i < 3; i++) {
    char *target = i < 2 ? text("%s", targets[i]) : text("%%2f%%2f%s%%2fdeep", server);
    contains(printed(builder_name, source, result_name(), text("-s http://%s/to/%s", server, target)), "deep\n");
  }
  fails(CONU_ERROR_PROTOCOL, try_extend(builder_name, source, result_name(), text("-s http://%s/again", server)),
        "again and again");
  char *option = text("-s http://%s/to/ftp:%%2f%%2fx", server);
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, result_name(), option), "ftp://x/assemble");
}

static void what_a_server_answers_without_a_script_is_told(void **state) {
  (void)state;
  char *source = source_of_nothing(), *server = served(scripts_that("nothing"), false), *option;
  const char *const statuses[] = {"404", "500"};
  for (size_t i = 0; i < 2; i++) {
    option = text("-s http://%s/status/%s", server, statuses[i]);
    fails(CONU_ERROR_NOT_FOUND, try_extend(builder_name, source, result_name(), option), "--scripts-url");
    says(text("GET http://%s/status/%s/assemble was %s", server, statuses[i], statuses[i]));
  }
  char *label = derived(text("LABEL io.openshift.s2i.scripts-url=http://%s/none", server), NULL);
  fails(CONU_ERROR_NOT_FOUND, try_extend(label, source, result_name(), NULL), label);
  says(text("GET http://%s/none/run was 404", server));
  fails(CONU_ERROR_UNREACHABLE, try_extend(builder_name, source, result_name(), "-s http://127.0.0.1:1/x"),
        "cannot download http://127.0.0.1:1/x/assemble: ");
}

static void a_password_for_scripts_is_told_to_nobody(void **state) {
  (void)state;
  char *server = served(scripts_that("downloaded"), false), *source = source_of_nothing(), *name = result_name();
  note_log(CONU_LOG_DEBUG);
  fails(CONU_ERROR_NOT_FOUND, try_extend(builder_name, source, name, text("-s http://%s/secret", server)), "401");
  contains(printed(builder_name, source, name, text("-s http://ann:not-for-you@%s/secret", server)), "downloaded\n");
  lacks(ask("GET", text("/images/%s/json", name)), "not-for-you");
  const char *const wrong[] = {"http://ann:not-for-you@%s/none", "ftp://ann:not-for-you@%s",
                               "http://ann:not-for-you@%s:x"};
  for (size_t i = 0; i < 3; i++) {
    char *option =
        text("-s %.*s%s%s", (int)(strchr(wrong[i], '%') - wrong[i]), wrong[i], server, strchr(wrong[i], '%') + 2);
    fails(i == 0 ? CONU_ERROR_NOT_FOUND : CONU_ERROR_INVALID_ARGUMENT,
          try_extend(builder_name, source, result_name(), option), server);
    lacks(conu_error_get_message(failure()), "not-for-you");
  }
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, name, "-U tcp://ann:not-for-you@127.0.0.1:1"),
        "password");
  lacks(conu_error_get_message(failure()), "not-for-you");
  assert_int_not_equal(strlen(noted), 0);
  lacks(noted, "not-for-you");
}

// --- builders and credentials ----------------------------------------------------------------------------------------

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

static void credentials_come_from_the_file_that_is_named(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_AUTH_REGISTRY", text("%s:1", fresh("conu/builder"))), *folder = fresh_folder();
  char *login = text("%s:%s", setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"));
  char *base64 = shell("printf %%s %s | base64 -w0", login), *source = source_that("echo done");
  char *config = text("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", setting("CONU_TEST_AUTH_REGISTRY"), base64);
  char *file = file_in(folder, "config.json", config);
  shell("docker --host %s tag %s %s && docker --config %s --host %s push --quiet %s", setting("CONU_HOST"),
        builder_name, name, folder, setting("CONU_HOST"), name);
  remove_later(name);
  ask("DELETE", text("/images/%s?force=1", name));
  fails(CONU_ERROR_UNAUTHORIZED, try_extend(name, source, result_name(), NULL), name);
  contains(printed(name, source, result_name(), text("--dockercfg-path %s", file)), "done\n");
  fails(CONU_ERROR_NOT_FOUND, try_extend(name, source, result_name(), "--dockercfg-path=/none.json"), "/none.json");
  says("--dockercfg-path");
  file = file_in(folder, "none.json", "{\"auths\": no JSON: not-for-you");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(name, source, result_name(), text("--dockercfg-path %s", file)), file);
  lacks(conu_error_get_message(failure()), "not-for-you");
}

// --- engines ---------------------------------------------------------------------------------------------------------

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

static char *certificates(const char *folder) {
  return text("--ca %s/ca.pem --cert %s/cert.pem --key %s/key.pem --network none", folder, folder, folder);
}

// Podman's service speaks no TLS.
static void an_engine_over_tls_may_do_it(void **state) {
  (void)state;
  if (on_podman()) return;
  const char *right = setting("CONU_TEST_TLS_CERTIFICATES"), *url = setting("CONU_TEST_TLS_HOST");
  char *source = source_that("echo there"), *wrong = text("%s/other", right);
  contains(printed(builder_name, source, result_name(), text("-U %s --tlsverify %s", url, certificates(right))),
           "there");
  contains(printed(builder_name, source, result_name(), text("-U %s --tls %s", url, certificates(wrong))), "there");
  char *option = text("-U %s --tlsverify %s", url, certificates(wrong));
  fails(CONU_ERROR_UNAUTHORIZED, try_extend(builder_name, source, result_name(), option), "not trusted");
  says(url);
  option = text("-U %s --tlsverify --ca %s/ca.pem", url, right);
  fails(CONU_ERROR_UNREACHABLE, try_extend(builder_name, source, result_name(), option), url);
  option = text("-U %s --tlsverify --ca /none/ca.pem", url);
  fails(CONU_ERROR_UNAUTHORIZED, try_extend(builder_name, source, result_name(), option), "/none/ca.pem");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, result_name(), text("-U %s", url)), "HTTPS");
  set_variable("DOCKER_CERT_PATH", right);
  contains(printed(builder_name, source, result_name(), text("-U %s --tlsverify", url)), "there");
}

static void tls_is_for_engines_that_can_have_it(void **state) {
  (void)state;
  char *source = source_of_nothing();
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, result_name(), "--tls"), "no TLS to the socket");
  hints("--url");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, result_name(), "--ca /x"), "needs --tls");
  fails(CONU_ERROR_UNREACHABLE, try_extend(builder_name, source, result_name(), "--url=tcp://127.0.0.1:1"),
        "tcp://127.0.0.1:1");
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

static void the_program_is_given_the_certificates(void **state) {
  (void)state;
  if (on_podman()) return;
  char *folder = fresh_folder(), *source = source_of_nothing(), *arguments;
  const char *certificates = setting("CONU_TEST_TLS_CERTIFICATES");
  file_in(folder, "s2i", text("#!/bin/sh\necho \"$@\" >> %s/arguments; echo it ends on its output; exit 5\n", folder));
  shell("chmod +x %s/s2i", folder);
  set_variable("PATH", text("%s:%s", folder, setting("PATH")));
  set_variable("CONU_S2I", "binary");
  set_variable("DOCKER_CERT_PATH", certificates);
  conu_image_t *builder = image_of(opened(setting("CONU_TEST_TLS_HOST")), builder_name), *made;
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_s2i_extend(builder, source, "x:1", words("--tlsverify -c"), NULL, &made, &error), "exit code 5");
  says("it ends on its output");
  fails(CONU_ERROR_COMMAND_FAILED, conu_image_s2i_usage(builder, NULL, &(char *){NULL}, &error), "exit code 5");
  arguments = shell("cat %s/arguments", folder);
  char *options = text("--url %s --tlsverify --ca %s/ca.pem --cert %s/cert.pem --key %s/key.pem ",
                       setting("CONU_TEST_TLS_HOST"), certificates, certificates, certificates);
  contains(arguments, text("build %s--tlsverify -c %s %s x:1\n", options, source, builder_name));
  contains(arguments, text("usage %s%s\n", options, builder_name));
  set_variable("CONU_S2I", "perhaps");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_extend(builder_name, source, "x:1", NULL), "perhaps");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(scripts_come_from_wherever_they_are_named),
      TEST(labels_and_variables_of_old_builders_are_understood),
      TEST(a_place_with_one_script_leaves_the_others_to_the_image),
      TEST(a_link_to_a_script_is_the_script),
      TEST(over_https_whom_the_system_trusts_is_believed),
      TEST(redirections_are_followed_but_not_for_ever),
      TEST(what_a_server_answers_without_a_script_is_told),
      TEST(a_password_for_scripts_is_told_to_nobody),
      TEST(the_policy_says_when_the_builder_is_pulled),
      TEST(credentials_come_from_the_file_that_is_named),
      TEST(another_engine_may_do_it),
      TEST(an_engine_over_tls_may_do_it),
      TEST(tls_is_for_engines_that_can_have_it),
      TEST(the_program_itself_does_it_where_it_is_asked_for),
      TEST(the_program_is_given_the_certificates),
  };
  return RUN_S2I_TESTS(tests);
}
