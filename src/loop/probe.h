// Asking a user's own question again and again, on the thread of the caller.
#pragma once

#include <functional>

#include "loop/cancel.h"

namespace conu {

struct ProbeLimits {
  int64_t timeout_ms = -1;  // negative: none
  int64_t pause_ms = 0;     // between two times
  int count = -1;           // how often it is asked at most; negative: without end
};

// Asks until the answer is true. Throws Failure(timeout) at the deadline, Failure(state) when it was asked for the last
// time.
void run_probe(const std::function<bool()> &probe, ProbeLimits limits, Cancel *cancel);

}  // namespace conu
