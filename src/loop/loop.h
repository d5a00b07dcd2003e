// The loop that a call runs on its caller's own thread: uv_loop_t, and nothing that outlives the call but warm handles.
#pragma once

#include <uv.h>

#include <coroutine>
#include <functional>
#include <memory>
#include <vector>

#include "loop/cancel.h"
#include "loop/task.h"

namespace conu {

// A line of its own, which runs whenever the loop does (group.h).
struct BackgroundLine {
  BackgroundLine(Loop &loop, Task<void> task) : scope(loop), task(std::move(task)) {}
  Scope scope;
  Task<void> task;
};

struct TimerState {
  uv_timer_t handle;
  std::function<void()> fired;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop &) = delete;
  Loop &operator=(const Loop &) = delete;

  // Runs `task` to its end on this thread, or until `cancel` (may be null) ends its awaits.
  template <class T>
  T run(Task<T> task, Cancel *cancel) {
    refresh_clock();
    Scope scope(*this);
    CancelWatch watch(scope, cancel);
    if (scope.is_cancelled()) throw scope.reason();  // what need not wait would run to its end
    task.start(scope);
    while (!task.is_done()) turn(scope);
    settle();
    return task.result();
  }

  // Waits for something to happen, and runs what it resumes. `scope` is cancelled where nothing can happen any more.
  void turn(Scope &scope);
  // Resumes what is ready, without waiting: abandoned lines come to their end.
  void settle();
  // Cancels the lines that were adopted. Those that clean up are waited for, for as long as cleaning up may take: a
  // coroutine is destroyed only at its end. What they use has to be there until then.
  void end_lines();
  // Runs what is there to run, without waiting: sees whether a lookup has answered.
  void poll() { uv_run(&uv_, UV_RUN_NOWAIT); }
  // Keeps the line until it has ended.
  void adopt(std::shared_ptr<BackgroundLine> line) { lines_.push_back(std::move(line)); }
  // A loop that was idle has a stale clock.
  void refresh_clock() { uv_update_time(&uv_); }
  // Lets `handle` go on in the next turn.
  void post(std::coroutine_handle<> handle);
  // Milliseconds of the monotonic clock, as of this turn.
  int64_t now() const { return static_cast<int64_t>(uv_now(&uv_)); }

  // Lookups of names cannot be stopped: a loop with one under way is not fit for another call yet.
  bool is_busy() const { return lookups_ > 0; }
  void lookup_began() { lookups_++; }
  void lookup_ended() { lookups_--; }

  // Timers are used again: closing one would cost every call a turn of the loop.
  TimerState *take_timer();
  void give_timer(TimerState *timer) { spare_timers_.push_back(timer); }

  uv_loop_t *uv() { return &uv_; }

 private:
  uv_loop_t uv_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::shared_ptr<BackgroundLine>> lines_;
  std::vector<TimerState *> spare_timers_;
  size_t timers_ = 0;
  int lookups_ = 0;
};

// One shot of a clock, which is stopped with its object.
class Timer {
 public:
  explicit Timer(Loop &loop);
  ~Timer();
  Timer(const Timer &) = delete;
  Timer &operator=(const Timer &) = delete;

  void start(int64_t ms, std::function<void()> fired);
  void stop();

 private:
  Loop &loop_;
  TimerState *state_;
};

// While it lives, the await that `scope` is in ends with what `reason` says after `ms` milliseconds; negative: never.
class Deadline {
 public:
  Deadline(Scope &scope, int64_t ms, std::function<Failure()> reason);
  Deadline(const Deadline &) = delete;
  Deadline &operator=(const Deadline &) = delete;

 private:
  void expire();
  Scope &scope_;
  std::function<Failure()> reason_;
  std::optional<Timer> timer_;
};

// Milliseconds; the await ends early only with the scope.
Task<void> sleep_for(int64_t ms);

}  // namespace conu
