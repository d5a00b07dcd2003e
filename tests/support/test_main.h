// The end of a test program: runs its cmocka tests, or those that CONU_TEST_FILTER names, and reports them as TAP.
#pragma once

#include <stdlib.h>

// Expects cmocka.h before it. `return RUN_TESTS(tests);` ends main, `tests` being the array of its CMUnitTests.
#define RUN_TESTS(tests) RUN_TESTS_WITH(tests, NULL, NULL)

// The same with something to do before the first test and after the last.
#define RUN_TESTS_WITH(tests, setup, teardown)                                                   \
  (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_set_test_filter(getenv("CONU_TEST_FILTER")), \
   cmocka_run_group_tests_name(#tests, (tests), (setup), (teardown)))
