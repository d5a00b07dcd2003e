// Unit tests in C++ under cmocka. cmocka's own asserts longjmp past destructors; these checks throw, and what they
// throw becomes a cmocka failure once the test's objects are gone.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "util/failure.h"

// cmocka wants four headers before it, has no extern "C" of its own, and its macro fail() breaks the standard headers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

extern "C" {
#include <cmocka.h>
}
#undef fail

namespace check {

struct Failed {
  std::string message;
  const char *file;
  int line;
};

inline std::vector<CMUnitTest> &tests() {
  static std::vector<CMUnitTest> all;
  return all;
}

struct Registration {
  Registration(const char *name, CMUnitTestFunction function) {
    tests().push_back({name, function, nullptr, nullptr, nullptr});
  }
};

// Runs a test's body; all that it made is destroyed before cmocka hears of a failure and jumps.
inline void run(void (*body)()) {
  static char message[4096];
  static const char *file;
  static int line;
  message[0] = '\0';
  file = "an exception";
  line = 0;
  try {
    body();
    return;
  } catch (const Failed &failed) {
    snprintf(message, sizeof message, "%s", failed.message.c_str());
    file = failed.file;
    line = failed.line;
  } catch (const std::exception &exception) {
    snprintf(message, sizeof message, "unexpected exception: %s", exception.what());
  }
  print_error("%s:%d: %s\n", file, line, message);
  _fail(file, line);
}

inline int run_all(const char *group) {
  cmocka_set_message_output(CM_OUTPUT_TAP);
  cmocka_set_test_filter(getenv("CONU_TEST_FILTER"));
  return _cmocka_run_group_tests(group, tests().data(), tests().size(), nullptr, nullptr);
}

inline void is_true(bool condition, const std::string &text, const char *file, int line) {
  if (!condition) throw Failed{text, file, line};
}

template <class Actual, class Expected>
void equal(const Actual &actual, const Expected &expected, const char *text, const char *file, int line) {
  if (actual == expected) return;
  std::ostringstream message;
  message << text << " is\n  " << actual << "\ninstead of\n  " << expected;
  throw Failed{message.str(), file, line};
}

// That `action` throws a Failure with this code, whose message contains `part`.
inline void fails(const std::function<void()> &action, conu::Code code, const std::string &part,
                  const std::string &text, const char *file, int line) {
  std::string message;
  try {
    action();
  } catch (const conu::Failure &failure) {
    if (failure.code == code && failure.message.find(part) != std::string::npos) return;
    message = "code " + std::to_string(static_cast<int>(failure.code)) + ", " + failure.message;
  }
  throw Failed{text + (message.empty() ? " did not fail" : " failed with " + message) + "\nexpected code " +
                   std::to_string(static_cast<int>(code)) + ", …" + part + "…",
               file, line};
}

}  // namespace check

#define TEST(name)                                                   \
  static void name##_body();                                         \
  static void name(void **) { check::run(name##_body); }             \
  static const check::Registration name##_registration(#name, name); \
  static void name##_body()

#define CHECK(condition) check::is_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected) check::equal((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_FAILS(expression, code, part) \
  check::fails([&] { (void)(expression); }, (code), (part), #expression, __FILE__, __LINE__)
