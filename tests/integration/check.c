// Documents of checks on real images: files by a mount and one by one from the engine, configuration, commands.
#include <grp.h>

#include "lab.h"

// --- helpers ---------------------------------------------------------------------------------------------------------

static char *built_by(const char *url, const char *lines) {
  char *folder = fresh_folder(), *name = text("localhost/%s:1", fresh("conu-check"));
  file_in(folder, "file", "one\ntwo\n");
  file_in(folder, "Dockerfile", text("FROM %s\n%s", setting("CONU_TEST_IMAGE"), lines));
  shell("docker --host %s build --network none -t %s %s", url, name, folder);
  return name;
}

static conu_image_t *built(const char *lines) {
  char *name = built_by(setting("CONU_HOST"), lines);
  remove_later(name);
  return image_named(name);
}

// The same image of the same engine, which is reached in a way that shows no layers to mount.
static conu_image_t *from_afar(conu_image_t *image) {
  set_variable("DOCKER_TLS_VERIFY", on_podman() ? NULL : "1");
  set_variable("DOCKER_CERT_PATH", on_podman() ? NULL : setting("CONU_TEST_TLS_CERTIFICATES"));
  const char *url = setting(on_podman() ? "CONU_TEST_TCP_HOST" : "CONU_TEST_TLS_HOST");
  return image_of(opened(url), conu_image_get_full_name(image));
}

static char *document(const char *members) { return text("{\"schemaVersion\": \"2.0.0\", %s}", members); }

static char *checked(conu_image_t *image, const char *members) {
  char *results;
  ok(conu_image_check(image, document(members), NULL, &results, &error));
  return taken(results);
}

// All must hold, or exactly one must fail and say this.
static void holds(conu_image_t *image, const char *members) { contains(checked(image, members), "\"Fail\":0,"); }
static void fails_to_hold(conu_image_t *image, const char *members, const char *part) {
  char *results = checked(image, members);
  contains(results, "\"Fail\":1,");
  contains(results, part);
}

// --- files -----------------------------------------------------------------------------------------------------------

static const char tree[] =
    "COPY file /a/b/file\n"
    "RUN chown 12:34 /a/b/file && chmod 4750 /a/b/file && ln -s /a/b /link && ln -s ../b/file /a/b/relative && "
    "ln -s /nowhere /dangling && ln -s circle /circle && mkdir -m 1777 /sticky && mkfifo /fifo\n";

static void files_are_as_they_should_be(conu_image_t *image) {
  holds(image,
        "\"fileExistenceTests\": ["
        "{\"name\": \"file\", \"path\": \"/a/b/file\", \"permissions\": \"-rwsr-x---\", \"uid\": 12, \"gid\": 34,"
        " \"isExecutableBy\": \"group\", \"mode\": \"4750\"},"
        "{\"name\": \"go\", \"path\": \"/a/b/file\", \"permissions\": \"urwxr-x---\"},"
        "{\"name\": \"by a link\", \"path\": \"/link/file\", \"uid\": 12},"
        "{\"name\": \"folder\", \"path\": \"/sticky\", \"permissions\": \"drwxrwxrwt\", \"owner\": \"root\","
        " \"group\": \"root\"},"
        "{\"name\": \"variable\", \"path\": \"${PLACE}/file\"},"
        "{\"name\": \"link\", \"path\": \"/a/b/relative\", \"symlinkTarget\": \"../b/file\"},"
        "{\"name\": \"dangling\", \"path\": \"/dangling\", \"symlinkTarget\": \"/nowhere\"},"
        "{\"name\": \"circle\", \"path\": \"/circle\", \"symlinkTarget\": \"circle\"},"
        "{\"name\": \"fifo\", \"path\": \"/fifo\", \"permissions\": \"prw-r--r--\"},"
        "{\"name\": \"absent\", \"path\": \"/absent\", \"shouldExist\": false},"
        "{\"name\": \"below a file\", \"path\": \"/a/b/file/x\", \"shouldExist\": false},"
        "{\"name\": \"of docker\", \"path\": \"/.dockerenv\", \"shouldExist\": false}],"
        "\"fileContentTests\": ["
        "{\"name\": \"file\", \"path\": \"/a/b/file\", \"expectedContents\": [\"^one\\ntwo\\n$\", \"t.o\"],"
        " \"excludedContents\": [\"three\"]},"
        "{\"name\": \"link\", \"path\": \"/a/b/relative\", \"expectedContents\": [\"one\"]}],"
        "\"setuidTest\": {\"allowed\": [\"/a/b/file\"]}");
}

static void what_is_wrong_with_files_is_told(conu_image_t *image) {
  char *results = checked(
      image,
      "\"fileExistenceTests\": ["
      "{\"name\": \"1\", \"path\": \"/absent\"},"
      "{\"name\": \"2\", \"path\": \"/a\", \"shouldExist\": false},"
      "{\"name\": \"3\", \"path\": \"/a/b/file\", \"permissions\": \"-rw-r--r--\", \"uid\": 0, \"owner\": \"root\","
      " \"isExecutableBy\": \"other\"},"
      "{\"name\": \"4\", \"path\": \"/a/b/relative\", \"symlinkTarget\": \"/x\"},"
      "{\"name\": \"5\", \"path\": \"$NONE/x\", \"shouldExist\": false}],"
      "\"fileContentTests\": ["
      "{\"name\": \"6\", \"path\": \"/a/b/file\", \"expectedContents\": [\"three\"], \"excludedContents\": [\"t.o\"]},"
      "{\"name\": \"7\", \"path\": \"/a\"}, {\"name\": \"8\", \"path\": \"/circle\"},"
      "{\"name\": \"9\", \"path\": \"/absent\"}],"
      "\"setuidTest\": {}");
  contains(results, "\"Pass\":0,\"Fail\":10,");
  contains(results, "/absent should be there, and is not");
  contains(results, "/a should not be there, and is: drwxr-xr-x");
  contains(results, "/a/b/file: the permissions should be -rw-r--r--, but is -rwsr-x---");
  contains(results, "/a/b/file: the user ID should be 0, but is 12");
  contains(results, "/a/b/file: the owner should be root, but is 12");
  contains(results, "/a/b/file: it should be executable by other, but is -rwsr-x---");
  contains(results, "/a/b/relative: the target should be /x, but is ../b/file");
  contains(results, "the path /$NONE/x has the variable NONE");
  contains(results, "\\\"three\\\" was expected and not found: /a/b/file is \\\"one two\\\"");
  contains(results, "\\\"t.o\\\" was found and must not be: /a/b/file has \\\"two\\\"");
  contains(results, "/a/b/file is -rwsr-x--- of user 12 and group 34");
}

static const char *lines_with_tree(void) { return text("%sENV PLACE=/a/b\n", tree); }
static conu_image_t *image_with_tree(void) { return built(lines_with_tree()); }

static void files_are_checked_by_a_mount(void **state) {
  (void)state;
  conu_image_t *image = image_with_tree();
  files_are_as_they_should_be(image);
  what_is_wrong_with_files_is_told(image);
}

static void files_are_checked_one_by_one_from_an_engine_afar(void **state) {
  (void)state;
  conu_image_t *image = from_afar(image_with_tree());
  files_are_as_they_should_be(image);
  what_is_wrong_with_files_is_told(image);
}

// Docker with users of its own has others for owners on the disk and in its archives of single files, and Podman with
// a program for its layers has marks in them that the kernel does not know.
static void files_are_checked_on_an_engine_with_layers_of_its_own_kind(void **state) {
  (void)state;
  struct spare *spare = spare_engine_of(on_podman() ? "podman-fuse" : "docker-users");
  conu_image_t *image = image_of(spare->engine, built_by(spare->url, lines_with_tree()));
  files_are_as_they_should_be(image);
  what_is_wrong_with_files_is_told(image);
}

static conu_image_t *image_of_child;

// Somebody who reaches the engine and may not mount; that all holds says that set-uid bits are seen, too.
static void as_a_user(void) {
  child_expects(setgroups(0, NULL) == 0 && setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0);
  const char *members =
      "\"fileExistenceTests\": [{\"name\": \"a\", \"path\": \"/a/b/file\", \"permissions\": \"-rwsr-x---\","
      " \"uid\": 12, \"gid\": 34}, {\"name\": \"b\", \"path\": \"/fifo\", \"permissions\": \"prw-r--r--\"}],"
      "\"fileContentTests\": [{\"name\": \"c\", \"path\": \"/a/b/file\", \"expectedContents\": [\"one\"]}],"
      "\"setuidTest\": {%s}";
  for (int i = 0; i < 2; i++) {
    char *results = NULL;
    const char *allowed = i == 0 ? "\"allowed\": [\"/a/b/file\"]" : "";
    conu_status_t status = conu_image_check(image_of_child, document(text(members, allowed)), NULL, &results, &error);
    if (status != CONU_OK) dprintf(STDERR_FILENO, "%s\n", conu_error_get_message(error));
    child_expects(status == CONU_OK);
    child_expects(strstr(results, i == 0 ? "\"Fail\":0," : "\"Fail\":1,") != NULL);
    child_expects(i == 0 || strstr(results, "/a/b/file is -rwsr-x--- of user 12 and group 34") != NULL);
    conu_string_free(results);
  }
}

static const char *engine_socket(void) { return setting("CONU_HOST") + strlen("unix://"); }

static void lock_engine(void *mode) { shell("chmod %s %s", (char *)mode, engine_socket()); }

static void an_ordinary_user_checks_the_same(void **state) {
  (void)state;
  image_of_child = image_with_tree();
  put_off(lock_engine, text("%s", strtok(shell("stat -c %%a %s", engine_socket()), "\n")));
  lock_engine("0666");
  in_child(as_a_user);
}

static void what_a_volume_of_the_image_hides_is_checked(void **state) {
  (void)state;
  conu_image_t *image = built("COPY file /data/file\nVOLUME /data\n");
  const char *members =
      "\"fileContentTests\": [{\"name\": \"x\", \"path\": \"/data/file\", "
      "\"expectedContents\": [\"two\"]}]";
  holds(image, members);
  holds(from_afar(image), members);
}

// --- layers ----------------------------------------------------------------------------------------------------------

static void layers_are_checked(void **state) {
  (void)state;
  conu_image_t *image = built("COPY file /secret/key\nRUN rm -r /secret\nCOPY file /kept\nENV A=b\n");
  char *results =
      checked(image,
              "\"layerTests\": [{\"name\": \"right\", \"path\": \"/kept\", \"layer\": -1, \"instruction\": \"COPY\"},"
              "{\"name\": \"wrong\", \"path\": \"/kept\", \"layer\": 0},"
              "{\"name\": \"gone\", \"path\": \"/secret/key\", \"layer\": 0}],"
              "\"hiddenFileTests\": [{\"name\": \"secret\", \"path\": \"/secret\"},"
              "{\"name\": \"nothing\", \"path\": \"/kep\"}],"
              "\"layerSizeTest\": {\"maxLayerSize\": 1000}");
  contains(results, "\"Pass\":2,\"Fail\":4,");
  contains(results, "the layer 0 should have brought /kept, but the layer 3 of 4");
  contains(results, "/secret/key was removed by the layer 2 of 4");
  contains(results, "only hides it");
  contains(results, "bytes, and should have at most 1000 bytes");
  holds(image, "\"layerSizeTest\": {\"maxLayerSize\": 10000000, \"maxSize\": 20000000}");
}

// --- configuration ---------------------------------------------------------------------------------------------------

static void a_configuration_is_checked(void **state) {
  (void)state;
  conu_image_t *image = built(
      "ENV A=b\nLABEL l=v1\nEXPOSE 8080\nVOLUME /data\nWORKDIR /w\nUSER 12\n"
      "ENTRYPOINT [\"sh\"]\nCMD [\"-c\", \"true\"]\n");
  const char *members =
      "\"metadataTest\": {\"envVars\": [{\"key\": \"A\", \"value\": \"b\"}],"
      "\"labels\": [{\"key\": \"l\", \"value\": \"v\\\\d\", \"isRegex\": true}], \"exposedPorts\": [\"8080\"],"
      "\"unexposedPorts\": [\"808\"], \"volumes\": [\"/data\"], \"entrypoint\": [\"sh\"], \"cmd\": [\"-c\", \"true\"],"
      "\"workdir\": \"/w\", \"user\": \"%s\"}";
  holds(image, text(members, "12"));
  fails_to_hold(image, text(members, "root"), "the user should be \\\"root\\\", but is \\\"12\\\"");
}

// --- commands --------------------------------------------------------------------------------------------------------

static char *command_test(const char *script, const char *more) {
  return text("{\"name\": \"x\", \"command\": \"sh\", \"args\": [\"-c\", \"%s\"]%s}", script, more);
}

static char *command(const char *script, const char *more) {
  return text("\"commandTests\": [%s]", command_test(script, more));
}

static void commands_are_checked(void **state) {
  (void)state;
  holds(busybox, command("echo out; echo err >&2; exit 3",
                         ", \"exitCode\": 3, \"expectedOutput\": [\"^out\\n$\"], \"excludedOutput\": [\"err\"],"
                         "\"expectedError\": [\"e.r\"], \"excludedError\": [\"out\"]"));
  char *results = checked(busybox, command("echo out; echo err >&2; exit 3", ", \"expectedOutput\": [\"no\"]"));
  contains(results, "it should end with 0, but ended with 3: err");
  contains(results, "its output is \\\"out\\\"");
  contains(results, "\"Stdout\":\"out\\n\"");
  contains(results, "\"Stderr\":\"err\\n\"");
}

static void the_entrypoint_of_the_image_is_not_in_the_way(void **state) {
  (void)state;
  holds(built("ENTRYPOINT [\"false\"]\n"), command("true", ""));
}

static void variables_and_options_reach_the_command(void **state) {
  (void)state;
  set_variable("CONU_CHECK_TEST", "mine");
  holds(built("ENV BASE=/b\n"),
        text("\"globalEnvVars\": [{\"key\": \"X\", \"value\": \"$BASE/x\"}, {\"key\": \"Y\", \"value\": \"$X/y\"}],"
             "\"containerRunOptions\": {\"user\": \"12:34\", \"envVars\": [\"CONU_CHECK_TEST\"],"
             "\"bindMounts\": [\"%s:/mounted\"]}, %s",
             fresh_folder(),
             command("echo $Y $Z $CONU_CHECK_TEST `id -u` `ls -d /mounted`",
                     ", \"envVars\": [{\"key\": \"Z\", \"value\": \"z\"}],"
                     "\"expectedOutput\": [\"/b/x/y z mine 12 /mounted\"]")));
}

static void a_setup_is_there_for_the_command_and_leaves_no_image(void **state) {
  (void)state;
  const char *members =
      ", \"setup\": [[\"sh\", \"-c\", \"echo one > /made\"], [\"sh\", \"-c\", \"echo two >> /made\"]],"
      "\"teardown\": [[\"cat\", \"/made\"]], \"expectedOutput\": [\"one\\ntwo\"]";
  const char *why = ", \"setup\": [[\"sh\", \"-c\", \"echo why >&2; exit 4\"]]";
  char *results =
      checked(busybox, text("\"commandTests\": [%s, %s, %s]", command_test("cat /made", members),
                            command_test("true", why), command_test("true", ", \"teardown\": [[\"false\"]]")));
  contains(results, "\"Pass\":1,\"Fail\":2,");
  contains(results, "\"Stdout\":\"one\\ntwo\\n\"");
  contains(results, "the setup command \\\"sh -c echo why >&2; exit 4\\\" ended with 4: why");
  contains(results, "the teardown command \\\"false\\\"");
}

// Docker is told to leave the images below alone; Podman does not do so.
static void an_image_without_a_name_outlives_a_setup(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  conu_image_t *image;
  ok(conu_container_commit(container, NULL, NULL, NULL, &image, &error));
  kept_image(image);
  remove_later(id_of(image));
  char *members = command("true", ", \"setup\": [[\"true\"]]");
  if (on_podman())
    fails_to_hold(image, members, "has no name");
  else
    holds(image, members);
  assert_true(is_present(image));
}

static void a_program_that_is_missing_fails_the_check_in_the_engines_words(void **state) {
  (void)state;
  fails_to_hold(busybox, "\"commandTests\": [{\"name\": \"x\", \"command\": \"no-such-program\"}]", "no-such-program");
}

static void a_command_that_does_not_end_or_writes_without_end_fails_the_check(void **state) {
  (void)state;
  char *results =
      checked(busybox, text("\"commandTests\": [%s, %s]", command_test("echo begun; sleep 60", ", \"timeoutMs\": 1500"),
                            command_test("tr '\\\\0' x < /dev/zero", "")));
  contains(results, "\"Pass\":0,\"Fail\":2,");
  contains(results, "has not ended within 1500 ms");
  contains(results, "more than 16 MiB");
}

static void many_commands_keep_their_order(void **state) {
  (void)state;
  char *tests = text("%s", "");
  for (int i = 0; i < 6; i++)
    tests = text("%s%s{\"name\": \"n%d\", \"command\": \"echo\", \"args\": [\"%d\"], \"expectedOutput\": [\"%d\"]}",
                 tests, i > 0 ? "," : "", i, i, i);
  char *results = checked(busybox, text("\"commandTests\": [%s]", tests));
  contains(results, "\"Pass\":6,\"Fail\":0,\"Total\":6");
  const char *last = results;
  for (int i = 0; i < 6; i++) {
    const char *found = strstr(results, text("\"Name\":\"Command Test: n%d\"", i));
    assert_non_null(found);
    assert_true(found > last);
    last = found;
  }
}

// --- the call --------------------------------------------------------------------------------------------------------

static void a_mistake_in_the_document_is_told_before_any_request(void **state) {
  (void)state;
  conu_image_t *absent = image_named("conu.invalid/absent:1");
  char *results;
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_check(absent, document("\"fileExistenceTests\": [{\"name\": \"a\"}]"), NULL, &results, &error),
        "$.fileExistenceTests[0].path is missing");
  answered(0);
  assert_null(results);
  fails(CONU_ERROR_NOT_FOUND, conu_image_check(absent, document("\"metadataTest\": {}"), NULL, &results, &error),
        "conu.invalid/absent:1");
}

static void an_engine_that_cannot_be_reached_is_an_error(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, "conu/busybox");
  kill_spare(spare);
  char *results;
  fails(CONU_ERROR_UNREACHABLE, conu_image_check(image, document("\"metadataTest\": {}"), NULL, &results, &error), "");
}

static void a_check_that_is_cancelled_leaves_nothing(void **state) {
  (void)state;
  conu_image_t *image = image_with_tree(), *afar = from_afar(image);
  char *members = text("\"fileExistenceTests\": [{\"name\": \"a\", \"path\": \"/a\"}], \"setuidTest\": {}, %s",
                       command("sleep 30", ", \"setup\": [[\"touch\", \"/x\"]]"));
  bool is_afar = false;
  for (int64_t moment = 5; moment <= 1200; moment = moment * 3) {
    char *results;
    conu_image_t *asked = is_afar ? afar : image;
    is_afar = !is_afar;
    int64_t start = now_ms();
    fails(CONU_ERROR_TIMEOUT, conu_image_check(asked, document(members), cancel_within(moment), &results, &error), "");
    assert_true(now_ms() - start < moment + 10000);
  }
  char *results;
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 900);
  fails(CONU_ERROR_CANCELLED, conu_image_check(image, document(members), cancel, &results, &error), "");
}

static void results_become_a_report_for_ci(void **state) {
  (void)state;
  char *report;
  char *results = checked(busybox, command("printf 'a\\\\001<b>'; exit 1", ""));
  ok(conu_check_results_to_junit(results, &report, &error));
  report = taken(report);
  contains(report, "<testcase name=\"x\" classname=\"Command Test\"");
  contains(report, "<failure message=\"it should end with 0, but ended with 1");
  contains(report, "<system-out>a\xEF\xBF\xBD&lt;b&gt;</system-out>");
  file_in(fresh_folder(), "report.xml", report);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_check_results_to_junit("{\"Results\": 1}", &report, &error),
        "$.Results should be an array");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(files_are_checked_by_a_mount),
      TEST(files_are_checked_one_by_one_from_an_engine_afar),
      TEST(files_are_checked_on_an_engine_with_layers_of_its_own_kind),
      TEST(an_ordinary_user_checks_the_same),
      TEST(what_a_volume_of_the_image_hides_is_checked),
      TEST(layers_are_checked),
      TEST(a_configuration_is_checked),
      TEST(commands_are_checked),
      TEST(the_entrypoint_of_the_image_is_not_in_the_way),
      TEST(variables_and_options_reach_the_command),
      TEST(a_setup_is_there_for_the_command_and_leaves_no_image),
      TEST(an_image_without_a_name_outlives_a_setup),
      TEST(a_program_that_is_missing_fails_the_check_in_the_engines_words),
      TEST(a_command_that_does_not_end_or_writes_without_end_fails_the_check),
      TEST(many_commands_keep_their_order),
      TEST(a_mistake_in_the_document_is_told_before_any_request),
      TEST(an_engine_that_cannot_be_reached_is_an_error),
      TEST(a_check_that_is_cancelled_leaves_nothing),
      TEST(results_become_a_report_for_ci),
  };
  return RUN_LAB_TESTS(tests);
}
