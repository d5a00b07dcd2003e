// The loop that a call runs on its caller's own thread.
#include "loop/loop.h"

#include <fcntl.h>

#include <new>

#include "util/text.h"

namespace conu {

namespace {

// libuv aborts where it gets descriptor 0, 1 or 2 for itself: those that the host has closed are taken meanwhile.
struct StandardStreamsTaken {
  StandardStreamsTaken() {
    for (int fd = 0; fd < 3; fd++)
      if (fcntl(fd, F_GETFD) < 0) taken[fd].reset(open("/dev/null", O_RDWR | O_CLOEXEC));
  }
  Fd taken[3];
};

}  // namespace

Loop::Loop() {
  StandardStreamsTaken meanwhile;
  int result = uv_loop_init(&uv_);
  if (result == UV_ENOMEM) throw std::bad_alloc();
  if (result != 0) throw_failure(Code::io, {"cannot make an event loop: ", uv_strerror(result)});
}

void Loop::end_lines() {
  for (auto &line : lines_) line->scope.cancel(Failure(Code::cancelled, "its loop is gone"));
  settle();
  while (!lines_.empty() && uv_loop_alive(&uv_)) {
    uv_run(&uv_, UV_RUN_ONCE);
    settle();
  }
}

Loop::~Loop() {
  end_lines();
  for (TimerState *timer : spare_timers_)
    uv_close(reinterpret_cast<uv_handle_t *>(&timer->handle),
             [](uv_handle_t *handle) { delete static_cast<TimerState *>(handle->data); });
  // What was closed is freed by its close callback, which needs a turn. Lookups under way are waited for.
  while (uv_loop_alive(&uv_)) uv_run(&uv_, UV_RUN_ONCE);
  uv_loop_close(&uv_);
}

void Loop::turn(Scope &scope) {
  if (ready_.empty() && uv_run(&uv_, UV_RUN_ONCE) == 0 && ready_.empty() && !uv_loop_alive(&uv_))
    scope.interrupt(Failure(Code::internal, "a call waits for something that cannot happen"));
  settle();
}

void Loop::settle() {
  while (!ready_.empty()) {
    std::vector<std::coroutine_handle<>> ready;
    ready.swap(ready_);
    for (auto handle : ready) handle.resume();
  }
  std::erase_if(lines_, [](auto &line) { return line->task.is_done(); });
}

void Loop::post(std::coroutine_handle<> handle) {
  ready_.push_back(handle);
  uv_stop(&uv_);
}

TimerState *Loop::take_timer() {
  if (!spare_timers_.empty()) {
    TimerState *timer = spare_timers_.back();
    spare_timers_.pop_back();
    return timer;
  }
  spare_timers_.reserve(++timers_);  // so that giving one back cannot fail
  auto *timer = new TimerState;
  uv_timer_init(&uv_, &timer->handle);
  timer->handle.data = timer;
  return timer;
}

Timer::Timer(Loop &loop) : loop_(loop), state_(loop.take_timer()) {}

Timer::~Timer() {
  stop();
  loop_.give_timer(state_);
}

void Timer::start(int64_t ms, std::function<void()> fired) {
  state_->fired = std::move(fired);
  auto callback = [](uv_timer_t *handle) {
    // The function may end with its Timer, and that may be started anew meanwhile: it is called from here.
    auto fired = std::move(static_cast<TimerState *>(handle->data)->fired);
    fired();
    uv_stop(handle->loop);  // timers run before the poll, which must not wait for what has happened already
  };
  uv_timer_start(&state_->handle, callback, static_cast<uint64_t>(ms < 0 ? 0 : ms), 0);
}

void Timer::stop() { uv_timer_stop(&state_->handle); }

Deadline::Deadline(Scope &scope, int64_t ms, std::function<Failure()> reason)
    : scope_(scope), reason_(std::move(reason)) {
  if (ms < 0) return;
  timer_.emplace(scope.loop);
  timer_->start(ms, [this] { expire(); });
}

// What has come by now goes first, and a loop that stood still runs its timers before it looks. Where the line is
// between two awaits, the next one is meant.
void Deadline::expire() {
  timer_->start(1, [this] {
    if (!scope_.interrupt(reason_())) expire();
  });
}

namespace {

class Sleep : public Suspension {
 public:
  Sleep(Loop &loop, int64_t ms) : timer_(loop), ms_(ms) {}

 private:
  bool begin() override {
    timer_.start(ms_, [this] { resume(); });
    return true;
  }
  void stop(const Failure &reason) override {
    timer_.stop();
    resume_failed(reason);
  }
  Timer timer_;
  int64_t ms_;
};

}  // namespace

Task<void> sleep_for(int64_t ms) {
  Scope &scope = co_await current_scope();
  Sleep sleep(scope.loop, ms);
  co_await sleep;
}

}  // namespace conu
