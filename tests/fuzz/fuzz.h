// What the fuzz targets share: any input may be refused with a Failure, nothing may break the target's promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "util/failure.h"

// The target: called with each input.
void fuzz(std::string_view input);

inline void require(bool condition) {
  if (!condition) abort();
}

// Runs `action`; false if it refused its input with this code. Every other failure is a finding.
inline bool accepts(conu::Code code, const std::function<void()> &action) {
  try {
    action();
    return true;
  } catch (const conu::Failure &failure) {
    require(failure.code == code && !failure.message.empty());
    return false;
  }
}

// Cuts the first line off the input.
inline std::string_view take_line(std::string_view *input) {
  std::string_view line = input->substr(0, input->find('\n'));
  input->remove_prefix(line.size() < input->size() ? line.size() + 1 : line.size());
  return line;
}

// libFuzzer's entry point; defined here, as each program includes this once.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz(std::string_view(reinterpret_cast<const char *>(data), size));
  return 0;
}
