// A scope: what one line of coroutines runs in, and where it is cancelled.
//
// Coroutines that await each other form a line, of which at most one point is suspended: the scope knows it. Lines that
// run side by side (group.h) have a scope each, below the one they were started from.
#pragma once

#include <coroutine>
#include <optional>

#include "util/failure.h"

namespace conu {

class Loop;
class Suspension;

class Scope {
 public:
  explicit Scope(Loop &loop) : loop(loop) {}
  Scope(const Scope &) = delete;
  Scope &operator=(const Scope &) = delete;

  // Ends the await that the line is in, and every later one, with `reason`.
  void cancel(const Failure &reason);
  // Ends the await that the line is in with `reason`; the line may go on after it. False where it is in none just now.
  bool interrupt(const Failure &reason);
  bool is_cancelled() const { return reason_.has_value(); }
  const Failure &reason() const { return *reason_; }

  Loop &loop;

 private:
  friend class Suspension;
  Suspension *waiting_ = nullptr;
  std::optional<Failure> reason_;
};

// The point where a line is suspended: the base of everything that can be awaited and is no Task.
class Suspension {
 public:
  Suspension() = default;
  Suspension(const Suspension &) = delete;
  Suspension &operator=(const Suspension &) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) {
    return suspend(handle, handle.promise().scope);
  }
  void await_resume() {
    if (failure_) throw *failure_;
  }

 protected:
  ~Suspension() = default;
  // Begins what is awaited; false if it is there already and the coroutine need not be suspended.
  virtual bool begin() = 0;
  // Whether it may be awaited in a scope that is cancelled already.
  virtual bool is_shielded() const { return false; }
  // Gives up what was begun, because of `reason`, and sees to it that the line goes on.
  virtual void stop(const Failure &reason) = 0;

  void resume();                              // what was awaited is there
  void resume_later();                        // the same, on the loop's next turn
  void resume_failed(const Failure &reason);  // it will not be: the await throws `reason`, on the loop's next turn

  Scope *scope_ = nullptr;
  std::optional<Failure> failure_;

 private:
  friend class Scope;
  bool suspend(std::coroutine_handle<> handle, Scope *scope);
  std::coroutine_handle<> handle_;
};

}  // namespace conu
