/* NULL in every place of every function: a status call refuses it and names the argument, a getter answers 0, _free and
 * its like do nothing. The tests of single functions are generated from the header.
 *
 * Outside of a lab this is with an endpoint that does not exist: what can be tried without an engine. In a lab, where
 * CONU_TEST_IMAGE names an image, it is with the default engine: the places beside an object that an engine gave, too.
 */
#include <conu/conu.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What stands in the other places. Those that only an engine can give are NULL without one. */
static struct {
  conu_cancel_t *cancel;
  conu_string_list_t *string_list;
  conu_engine_t *engine;
  conu_image_t *image;
  conu_image_list_t *image_list;
  conu_container_t *container;
  conu_container_list_t *container_list;
  conu_metadata_t *metadata;
  conu_progress_t *progress;
  conu_run_builder_t *run_builder;
  conu_pull_options_t *pull_options;
  conu_build_options_t *build_options;
  conu_exec_result_t *exec_result;
  conu_http_response_t *http_response;
  conu_directory_options_t *directory_options;
  conu_directory_t *directory;
  conu_filesystem_t *filesystem;
  conu_mount_options_t *mount_options;
  conu_stream_t *stream;
  conu_exec_options_t *exec_options;
  conu_logs_options_t *logs_options;
  conu_wait_t *wait;
} samples;

static const char *image_name;

/* Whether the text has one of the words, which are separated by spaces, as a word of its own. */
static bool names_one_of(const char *text, const char *words) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
  for (const char *at = text; *at != '\0'; at += strcspn(at, letters)) {
    size_t length = strspn(at, letters);
    for (const char *word = words; length > 0 && *word != '\0'; word += strspn(word, " ")) {
      size_t size = strcspn(word, " ");
      if (size == length && strncmp(at, word, size) == 0) return true;
      word += size;
    }
    at += length;
  }
  return false;
}

static void expect_refused(conu_status_t status, conu_error_t **error, const char *arguments) {
  assert_string_equal(conu_status_name(status), "CONU_ERROR_INVALID_ARGUMENT");
  assert_non_null(*error);
  assert_int_equal(conu_error_get_code(*error), status);
  const char *message = conu_error_get_message(*error);
  if (!names_one_of(message, arguments)) fail_msg("'%s' does not name the argument %s", message, arguments);
  conu_error_free(*error);
  *error = NULL;
}

#include "nulls.inc"

static void expect_unreachable(conu_status_t status, conu_error_t **error) {
  assert_string_equal(conu_status_name(status), "CONU_ERROR_UNREACHABLE");
  assert_int_equal(conu_error_get_code(*error), status);
  assert_non_null(strstr(conu_error_get_message(*error), "/nonexistent/engine.sock"));
  conu_error_free(*error);
  *error = NULL;
}

static void a_null_engine_is_the_default_one(void **state) {
  (void)state;
  conu_error_t *error = NULL;
  char *text = NULL;
  conu_image_t *image = NULL;
  conu_image_list_t *images = NULL;
  conu_container_list_t *containers = NULL;
  conu_container_t *container = NULL;
  expect_unreachable(conu_engine_ping(NULL, NULL, &error), &error);
  expect_unreachable(conu_engine_info(NULL, NULL, &text, &error), &error);
  expect_unreachable(conu_engine_version(NULL, NULL, &text, &error), &error);
  expect_unreachable(conu_engine_set_timeout(NULL, 1000, &error), &error);
  expect_unreachable(conu_engine_list_images(NULL, NULL, &images, &error), &error);
  expect_unreachable(conu_engine_list_containers(NULL, NULL, &containers, &error), &error);
  expect_unreachable(conu_container_from_id(NULL, "abc", NULL, &container, &error), &error);
  expect_unreachable(conu_image_new(NULL, "fedora", NULL, CONU_PULL_NEVER, NULL, &image, &error), &error);
  assert_int_equal(conu_engine_ping(NULL, NULL, NULL), CONU_ERROR_UNREACHABLE);
}

static void getters_of_a_null_engine_answer_null(void **state) {
  (void)state;
  assert_null(conu_engine_get_url(NULL));
  assert_null(conu_engine_get_api_version(NULL));
  assert_null(conu_engine_get_discovery_json(NULL));
  conu_engine_free(NULL);
}

static void a_builder_needs_neither_command_nor_options(void **state) {
  (void)state;
  conu_run_builder_t *builder = NULL;
  assert_int_equal(conu_run_builder_new(NULL, NULL, &builder, NULL), CONU_OK);
  assert_non_null(builder);
  assert_int_equal(conu_run_builder_add_volume(builder, "/a", "/b", NULL, NULL), CONU_OK);
  conu_run_builder_free(builder);
}

static void expect_ok(conu_status_t status, conu_error_t **error) {
  if (status != CONU_OK) fail_msg("%s: %s", conu_status_name(status), conu_error_get_message(*error));
}

static int make_samples(void **state) {
  (void)state;
  conu_error_t *error = NULL;
  conu_string_list_t *command = conu_string_list_new();
  expect_ok(conu_string_list_append(command, "true", &error), &error);
  expect_ok(conu_run_cmd(command, 10000, NULL, &samples.exec_result, &error), &error);
  conu_string_list_free(command);
  samples.cancel = conu_cancel_new();
  samples.string_list = conu_string_list_new();
  samples.pull_options = conu_pull_options_new();
  samples.build_options = conu_build_options_new();
  samples.exec_options = conu_exec_options_new();
  samples.logs_options = conu_logs_options_new();
  samples.wait = conu_wait_all_of();
  expect_ok(conu_string_list_append(samples.string_list, "example", &error), &error);
  expect_ok(conu_run_builder_new(NULL, NULL, &samples.run_builder, &error), &error);
  samples.directory_options = conu_directory_options_new();
  samples.mount_options = conu_mount_options_new();
  expect_ok(conu_directory_new(NULL, NULL, &samples.directory, &error), &error);
  expect_ok(conu_build_options_set_path(samples.build_options, ".", &error), &error);
  if (image_name == NULL) return 0;

  expect_ok(conu_engine_default(NULL, &samples.engine, &error), &error);
  expect_ok(conu_engine_list_images(samples.engine, NULL, &samples.image_list, &error), &error);
  expect_ok(conu_engine_list_containers(samples.engine, NULL, &samples.container_list, &error), &error);
  expect_ok(conu_image_new(samples.engine, image_name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &samples.image, &error),
            &error);
  expect_ok(conu_image_get_metadata(samples.image, false, NULL, &samples.metadata, &error), &error);
  expect_ok(conu_image_pull_progress(samples.image, NULL, NULL, &samples.progress, &error), &error);
  expect_ok(conu_image_run_via_api(samples.image, NULL, NULL, &samples.container, &error), &error);
  expect_ok(conu_container_logs(samples.container, NULL, NULL, &samples.stream, &error), &error);
  return 0;
}

static int free_samples(void **state) {
  (void)state;
  conu_error_t *error = NULL;
  if (samples.container) expect_ok(conu_container_delete(samples.container, true, true, NULL, &error), &error);
  conu_stream_free(samples.stream);
  conu_wait_free(samples.wait);
  conu_container_free(samples.container);
  conu_progress_free(samples.progress);
  conu_metadata_free(samples.metadata);
  conu_image_free(samples.image);
  conu_image_list_free(samples.image_list);
  conu_container_list_free(samples.container_list);
  conu_engine_free(samples.engine);
  conu_directory_free(samples.directory);
  conu_directory_options_free(samples.directory_options);
  conu_mount_options_free(samples.mount_options);
  conu_exec_result_free(samples.exec_result);
  conu_build_options_free(samples.build_options);
  conu_exec_options_free(samples.exec_options);
  conu_logs_options_free(samples.logs_options);
  conu_pull_options_free(samples.pull_options);
  conu_run_builder_free(samples.run_builder);
  conu_string_list_free(samples.string_list);
  conu_cancel_free(samples.cancel);
  return 0;
}

#define COUNT(tests) (sizeof tests / sizeof *tests)

int main(void) {
  image_name = getenv("CONU_TEST_IMAGE");
  cmocka_set_message_output(CM_OUTPUT_TAP);
  cmocka_set_test_filter(getenv("CONU_TEST_FILTER"));
  static const struct CMUnitTest by_hand[] = {
      cmocka_unit_test(getters_of_a_null_engine_answer_null),
      cmocka_unit_test(a_builder_needs_neither_command_nor_options),
      cmocka_unit_test(a_null_engine_is_the_default_one),
  };
  struct CMUnitTest tests[COUNT(generated) + COUNT(by_hand)];
  size_t count = COUNT(generated);
  memcpy(tests, generated, sizeof generated);
  if (image_name == NULL) {
    setenv("CONU_HOST", "unix:///nonexistent/engine.sock", 1);
    memcpy(tests + count, by_hand, sizeof by_hand);
    count += COUNT(by_hand);
  }
  return _cmocka_run_group_tests("null", tests, count, make_samples, free_samples);
}
