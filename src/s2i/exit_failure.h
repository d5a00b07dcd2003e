// The failure of something that was run, with what it said.
#pragma once

#include "json/json.h"

namespace conu {

// Failure(command_failed) whose details have `exit_code`, and `said` under the name `member`.
[[noreturn]] void throw_exit_failure(Text message, Text hint, int exit_code, const char *member, const Json &said);

}  // namespace conu
