// Random bytes of the kernel, and text made of them.
#pragma once

#include <cstddef>
#include <string>

namespace conu {

void random_bytes(void *bytes, size_t size);

std::string random_string(size_t size);  // of lower-case letters

}  // namespace conu
