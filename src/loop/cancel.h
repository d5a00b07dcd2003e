// The cancel object that a user hands to calls, and a call's watch on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "util/failure.h"
#include "util/fd.h"

namespace conu {

class Scope;

// May serve many calls at once, stays triggered, and is triggered from any thread or a signal handler. The eventfd is
// written when it is triggered and never emptied after that, so every call that polls it is told, however late it
// comes.
class Cancel {
 public:
  using Check = bool (*)(void *user);

  explicit Cancel(int64_t timeout_ms = -1);  // negative: none. Throws Failure(io) where there is no descriptor left.

  void trigger() noexcept;
  void wake() noexcept;
  bool is_triggered() const noexcept;
  void set_check(Check check, void *user) noexcept;
  bool has_check() const noexcept { return check_.load() != nullptr; }

  int fd() const { return fd_.get(); }
  int64_t remaining_ms() const;  // until its deadline; negative: it has none
  // What the calls that it was given to end with, if they are to end now. Asks the check, too.
  std::unique_ptr<Failure> verdict() noexcept;
  // Takes a wake out of the descriptor, so that it is not reported for ever.
  void drain_wakes() noexcept;

 private:
  Fd fd_;
  std::atomic<bool> triggered_{false};
  int64_t deadline_ns_ = -1;
  std::atomic<Check> check_{nullptr};
  std::atomic<void *> check_user_{nullptr};
};

// For work that waits for nothing, such as copying a tree: throws what the call is to end with. It may be called as
// often as one likes; a check of the user's is asked every ten milliseconds.
class CancelPoint {
 public:
  explicit CancelPoint(Cancel *cancel) : cancel_(cancel) {}
  void check();

 private:
  Cancel *cancel_;
  int64_t next_ns_ = 0;
};

// Cancels `scope` when `cancel` says so, for as long as it lives. A null cancel is never triggered.
class CancelWatch {
 public:
  CancelWatch(Scope &scope, Cancel *cancel);
  ~CancelWatch();
  CancelWatch(const CancelWatch &) = delete;
  CancelWatch &operator=(const CancelWatch &) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace conu
