// Lines of coroutines that run side by side: the first of some, all of some, and work that a cancel must not reach.
#pragma once

#include <memory>
#include <vector>

#include "loop/loop.h"

namespace conu {

// Runs the tasks side by side until one of them ends, ends and joins the others, and gives the index of the first. What
// the first throws, it throws.
Task<size_t> when_any(std::vector<Task<void>> tasks);

// Runs the tasks side by side to their end. What one of them throws ends the others and is thrown when they are joined.
Task<void> when_all(std::vector<Task<void>> tasks);

// How long clean-up may go on after a cancel.
inline constexpr int64_t cleanup_ms = 5000;

// Runs `task`, which a cancel of the one that awaits reaches only `grace_ms` later: for what must not be left half
// done. It runs in a scope that is cancelled already, too, for as long.
Task<void> shielded(Task<void> task, int64_t grace_ms = cleanup_ms);

// Runs the work to its end, and then the cleanup, shielded, however the work has ended. What the work throws goes
// before what the cleanup throws.
Task<void> with_cleanup(Task<void> work, Task<void> cleanup);

// A line that goes on beside its starter, whenever the loop runs. To abandon it is to cancel it; the loop frees it once
// it has ended.
class Background {
 public:
  Background() = default;
  Background(Loop &loop, Task<void> task);
  Background(Background &&) = default;
  Background &operator=(Background &&other) noexcept {
    abandon();
    line_ = std::move(other.line_);
    return *this;
  }
  ~Background() { abandon(); }

  void cancel();                  // its end comes with one of the loop's next turns
  void abandon();                 // the same, and nobody asks for it any more
  void leak() { line_.reset(); }  // leaves it alone: it belongs to another process

 private:
  std::shared_ptr<BackgroundLine> line_;
};

}  // namespace conu
