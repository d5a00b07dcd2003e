// Looking for patterns in whole files and outputs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/results.h"
#include "container/pattern.h"
#include "loop/task.h"

namespace conu {

// The part of the text that has the pattern in it, if any. A cancel ends it on the way. In a text of more than 64 KiB a
// regular expression is looked for in parts that overlap by half, so that a match of more than 32 KiB may be missed;
// plain text never is.
Task<std::optional<std::string_view>> find_part(const Pattern &pattern, std::string_view text);

// Adds an error for each pattern that is not there and should be, or is and should not. `what` is the text's name.
Task<void> search_for(std::string what, std::string_view text, const std::vector<Pattern> &expected,
                      const std::vector<Pattern> &excluded, CheckResult *result);

}  // namespace conu
