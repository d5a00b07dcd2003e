// Signatures of packages. The images here have no real rpm: their rpm is a script, which sees to it that it is asked as
// rpm would want to be, and prints what rpm 4.18 printed to that question about packages made and signed for this test.
#include "lab.h"

static const char signed_line[] =
    "signed-package (none)|(none)|RSA/SHA512, Mon Nov 23 11:25:13 2026, Key ID eeaf551ae05a0dd1|(none)\n";
static const char unsigned_line[] = "unsigned-package (none)|(none)|(none)|(none)\n";
static const char key_line[] = "gpg-pubkey (none)|(none)|(none)|(none)\n";

// An image whose rpm prints this and ends with this code.
static conu_image_t *image_with_rpm(const char *output, int exit_code) {
  char *folder = fresh_folder(), *name = text("localhost/%s:1", fresh("conu-rpm"));
  file_in(folder, "output", output);
  file_in(folder, "rpm",
          text("#!/bin/sh\n"
               "echo 'warning: on the other stream' >&2\n"
               "[ $# = 3 ] && [ \"$1 $2\" = '-qa --qf' ] || exit 99\n"
               "case $3 in '%%{NAME} %%{SIGPGP:pgpsig}|'*'|%%{RSAHEADER:pgpsig}|'*'\\n') ;; *) exit 98 ;; esac\n"
               "cat /output\nexit %d\n",
               exit_code));
  file_in(folder, "Dockerfile",
          text("FROM %s\nCOPY output /output\nCOPY rpm /usr/local/sbin/rpm\nUSER 1000\n", setting("CONU_TEST_IMAGE")));
  shell("chmod 755 %s/rpm; chmod 644 %s/output", folder, folder);
  shell("docker --host %s build -t %s %s", setting("CONU_HOST"), name, folder);
  remove_later(name);
  return image_named(name);
}

static bool passes(conu_image_t *image, const char *keys) {
  bool result;
  ok(conu_image_has_pkgs_signed_with(image, words(keys), NULL, &result, &error));
  return result;
}

static void packages_that_are_signed_with_an_allowed_key_pass(void **state) {
  (void)state;
  conu_image_t *image = image_with_rpm(text("%s%s", key_line, signed_line), 0);
  assert_true(passes(image, "eeaf551ae05a0dd1"));
  assert_true(passes(image, "00000000 0xE05A0DD1"));
  assert_true(passes(image, "9493C80EECC0FAD5FC804CB6EEAF551AE05A0DD1"));
  assert_false(passes(image, "199e2f91fd431d51"));
}

static char *told;

static void keep(conu_log_level_t level, const char *message, void *unused) {
  (void)unused;
  if (level == CONU_LOG_WARNING) told = text("%s%s\n", told, message);
}

static void silence(void *unused) {
  (void)unused;
  conu_set_log_handler(CONU_LOG_ERROR, NULL, NULL);
}

static void a_package_without_a_signature_does_not_pass_and_is_named_in_the_log(void **state) {
  (void)state;
  conu_image_t *image = image_with_rpm(text("%s%s%s", key_line, signed_line, unsigned_line), 0);
  told = text("%s", "");
  put_off(silence, NULL);
  conu_set_log_handler(CONU_LOG_WARNING, keep, NULL);
  assert_false(passes(image, "eeaf551ae05a0dd1"));
  contains(told, "unsigned-package");
  lacks(told, "the package signed-package");
}

static void an_rpm_that_fails_is_command_failed_with_its_words(void **state) {
  (void)state;
  bool result = true;
  conu_image_t *image = image_with_rpm("", 1);
  fails(CONU_ERROR_COMMAND_FAILED,
        conu_image_has_pkgs_signed_with(image, words("eeaf551ae05a0dd1"), NULL, &result, &error),
        "ended with 1: warning: on the other stream");
  assert_false(result);
}

static void an_image_without_packages_or_without_rpm_is_unsupported(void **state) {
  (void)state;
  bool result;
  conu_string_list_t *keys = words("eeaf551ae05a0dd1");
  fails(CONU_ERROR_UNSUPPORTED,
        conu_image_has_pkgs_signed_with(image_with_rpm(key_line, 0), keys, NULL, &result, &error), "no package");
  // What busybox calls rpm knows no queries.
  fails(CONU_ERROR_UNSUPPORTED, conu_image_has_pkgs_signed_with(busybox, keys, NULL, &result, &error),
        "has no rpm program");
  says(setting("CONU_TEST_IMAGE"));
  char *folder = fresh_folder(), *name = text("localhost/%s:1", fresh("conu-bare"));
  file_in(folder, "Dockerfile", "FROM scratch\nCOPY Dockerfile /Dockerfile\nCMD [\"/none\"]\n");
  shell("docker --host %s build -t %s %s", setting("CONU_HOST"), name, folder);
  remove_later(name);
  fails(CONU_ERROR_UNSUPPORTED, conu_image_has_pkgs_signed_with(image_named(name), keys, NULL, &result, &error),
        "has no rpm program");
  hints("rpm-based");
}

static void what_is_no_list_of_packages_is_a_protocol_error(void **state) {
  (void)state;
  bool result;
  conu_image_t *image = image_with_rpm("hello\n", 0);
  fails(CONU_ERROR_PROTOCOL, conu_image_has_pkgs_signed_with(image, words("eeaf551ae05a0dd1"), NULL, &result, &error),
        "hello");
}

static void bad_keys_are_refused_before_any_request(void **state) {
  (void)state;
  bool result;
  conu_image_t *absent = image_named("conu.invalid/absent:1");
  const char *bad[] = {"", "fedora", "1234567", "eeaf551ae05a0dd1 x"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_has_pkgs_signed_with(absent, words(bad[i]), NULL, &result, &error),
          "allowed_keys");
    answered(0);
  }
  fails(CONU_ERROR_NOT_FOUND, conu_image_has_pkgs_signed_with(absent, words("eeaf551ae05a0dd1"), NULL, &result, &error),
        "conu.invalid/absent:1");
}

static void a_check_that_is_cancelled_leaves_no_container(void **state) {
  (void)state;
  bool result;
  for (int64_t moment = 20; moment <= 300; moment += 140) {
    conu_status_t status =
        conu_image_has_pkgs_signed_with(busybox, words("eeaf551ae05a0dd1"), cancel_within(moment), &result, &error);
    assert_true(status == CONU_ERROR_TIMEOUT || status == CONU_ERROR_UNSUPPORTED);
    fails(status, status, "");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(packages_that_are_signed_with_an_allowed_key_pass),
      TEST(a_package_without_a_signature_does_not_pass_and_is_named_in_the_log),
      TEST(an_rpm_that_fails_is_command_failed_with_its_words),
      TEST(an_image_without_packages_or_without_rpm_is_unsupported),
      TEST(what_is_no_list_of_packages_is_a_protocol_error),
      TEST(bad_keys_are_refused_before_any_request),
      TEST(a_check_that_is_cancelled_leaves_no_container),
  };
  return RUN_LAB_TESTS(tests);
}
