// The s2i program itself, for who asks for it.
#pragma once

#include "s2i/extend.h"

namespace conu {

// Whether the environment asks for it: CONU_S2I=binary.
bool is_program_wanted();

// Failure(command_missing) without the program, Failure(command_failed) with what it says.
Task<void> extend_by_program(Steps &steps, Image &builder, const Extension &extension);
Task<std::string> usage_by_program(Image &builder);

}  // namespace conu
