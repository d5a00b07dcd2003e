/* Loads libconu.so, finds every function of the header, calls some that need no engine, unloads, and does it again.
 * dlopen LIBRARY */
#include <conu/conu.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {
#define CONU_FUNCTION(name) #name,
#include "names.inc"
#undef CONU_FUNCTION
};

static const char *library;

/* A function of the library that has been loaded, in the header's own type. */
#define LOADED(handle, name) ((__typeof__(&name))(intptr_t)dlsym(handle, #name))

static void *load(void) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) fail_msg("%s", dlerror());
  return handle;
}

static void every_function_is_found(void **state) {
  (void)state;
  void *handle = load();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (dlsym(handle, names[i]) == NULL) fail_msg("%s is missing: %s", names[i], dlerror());
  assert_int_equal(dlclose(handle), 0);
}

static void the_version_is_that_of_the_build(void **state) {
  (void)state;
  void *handle = load();
  assert_string_equal(LOADED(handle, conu_version)(), PROJECT_VERSION);
  int header = CONU_VERSION_MAJOR * 10000 + CONU_VERSION_MINOR * 100 + CONU_VERSION_PATCH;
  assert_int_equal(LOADED(handle, conu_version_number)(), header);
  assert_int_equal(dlclose(handle), 0);
}

static void every_status_has_its_name(void **state) {
  (void)state;
  void *handle = load();
  const char *(*status_name)(conu_status_t) = LOADED(handle, conu_status_name);
  assert_string_equal(status_name(CONU_OK), "CONU_OK");
  assert_string_equal(status_name(CONU_ERROR_INTERNAL), "CONU_ERROR_INTERNAL");
  for (int status = CONU_ERROR_INTERNAL; status < CONU_OK; status++) {
    assert_ptr_equal(strstr(status_name((conu_status_t)status), "CONU_ERROR_"), status_name((conu_status_t)status));
    assert_string_not_equal(status_name((conu_status_t)status), "CONU_ERROR_UNKNOWN");
  }
  assert_string_equal(status_name((conu_status_t)-9999), "CONU_ERROR_UNKNOWN");
  assert_string_equal(status_name((conu_status_t)1), "CONU_ERROR_UNKNOWN");
  assert_int_equal(dlclose(handle), 0);
}

static void a_call_works_in_a_loaded_library(void **state) {
  (void)state;
  void *handle = load();
  char *out = NULL;
  conu_error_t *error = NULL;
  assert_int_equal(LOADED(handle, conu_parse_reference)("fedora", &out, &error), CONU_OK);
  assert_null(error);
  assert_non_null(strstr(out, "docker.io/library/fedora:latest"));
  LOADED(handle, conu_string_free)(out);

  assert_int_equal(LOADED(handle, conu_parse_reference)("Not A Name", &out, &error), CONU_ERROR_INVALID_ARGUMENT);
  assert_null(out);
  assert_non_null(LOADED(handle, conu_error_get_message)(error));
  LOADED(handle, conu_error_free)(error);

  conu_cancel_t *cancel = LOADED(handle, conu_cancel_new)();
  assert_non_null(cancel);
  LOADED(handle, conu_cancel_trigger)(cancel);
  assert_true(LOADED(handle, conu_cancel_is_triggered)(cancel));
  LOADED(handle, conu_cancel_free)(cancel);
  assert_int_equal(dlclose(handle), 0);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  library = argv[1];
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_function_is_found),          cmocka_unit_test(the_version_is_that_of_the_build),
      cmocka_unit_test(every_status_has_its_name),        cmocka_unit_test(a_call_works_in_a_loaded_library),
      cmocka_unit_test(a_call_works_in_a_loaded_library), cmocka_unit_test(every_function_is_found),
  };
  return cmocka_run_group_tests_name("dlopen", tests, NULL, NULL);
}
