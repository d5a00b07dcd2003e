// What checks have found, and its JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/failure.h"

namespace conu {

struct CheckResult {
  std::string name;
  std::vector<std::string> errors;  // none: the check holds
  std::string out, err;             // of a command
  int64_t duration_ns = 0;

  bool holds() const { return errors.empty(); }
};

// Whether a failure is about the engine or the call, and not about what was looked for in the image.
bool is_of_the_call(const Failure &failure);
// Throws such a one, and makes any other an error of the check.
void add_failure(const Failure &failure, CheckResult *result);

struct CheckResults {
  std::string image;  // empty where it is not known
  std::vector<CheckResult> results;
  int64_t duration_ns = 0;
};

std::string to_json(const CheckResults &results);
// Takes what to_json makes, and what container-structure-test does. Failure(invalid_argument) that names a path.
CheckResults read_results(std::string_view text);

// For test reports of CI systems.
std::string to_junit(const CheckResults &results);

}  // namespace conu
