// Where programs are.
#pragma once

#include <optional>
#include <string>

namespace conu {

// The path of a program, which is looked up in PATH as the shell does it; nothing where there is none. A file that may
// not be executed, or a path that may not be looked at, is given where there is nothing better: to start it tells why.
std::optional<std::string> find_program(const std::string &name);

}  // namespace conu
