// Asking a user's own question again and again.
#include "loop/probe.h"

#include <algorithm>

#include "loop/loop.h"
#include "util/text.h"

namespace conu {

static void check(const ProbeLimits &limits) {
  if (limits.pause_ms < 0) throw_failure(Code::invalid_argument, "the argument pause_ms is negative");
  if (limits.count == 0) throw_failure(Code::invalid_argument, "the argument count is 0: the probe would never run");
}

// A pause, which ends early at the deadline. The clock is that of a loop that has just run.
static int64_t pause_until(int64_t pause_ms, int64_t left_ms) {
  return left_ms < 0 ? pause_ms : std::min(pause_ms, left_ms);
}

void run_probe(const std::function<bool()> &probe, ProbeLimits limits, Cancel *cancel) {
  check(limits);
  Loop loop;
  int64_t began = loop.now();
  for (int asked = 1;; asked++) {
    if (cancel != nullptr)
      if (auto reason = cancel->verdict()) throw *reason;
    if (probe()) return;
    std::string so_far = concat("the probe was run ", decimal(asked), " times and was never true");
    if (limits.count > 0 && asked >= limits.count) throw_failure(Code::state, so_far);
    loop.refresh_clock();
    int64_t left = limits.timeout_ms < 0 ? -1 : std::max<int64_t>(limits.timeout_ms - (loop.now() - began), 0);
    loop.run(sleep_for(pause_until(limits.pause_ms, left)), cancel);
    bool is_late = limits.timeout_ms >= 0 && loop.now() - began >= limits.timeout_ms;
    if (is_late) throw_failure(Code::timeout, {so_far, " within ", decimal(limits.timeout_ms), " ms"});
  }
}

}  // namespace conu
