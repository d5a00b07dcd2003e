// The cancel object that a user hands to calls, and a call's watch on it.
#include "loop/cancel.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "loop/loop.h"
#include "util/clock.h"

namespace conu {

Cancel::Cancel(int64_t timeout_ms) : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw_system_failure("cannot make a cancel object", errno);
  const int64_t most_ms = int64_t{1} << 40;  // some thirty years, so that the sum cannot overflow
  if (timeout_ms >= 0) deadline_ns_ = monotonic_ns() + std::min(timeout_ms, most_ms) * 1000000;
}

// Only what is safe in a signal handler: a store and a write.
void Cancel::trigger() noexcept {
  triggered_.store(true);
  wake();
}

void Cancel::wake() noexcept {
  int saved = errno;
  uint64_t one = 1;
  while (write(fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  errno = saved;
}

bool Cancel::is_triggered() const noexcept {
  return triggered_.load() || (deadline_ns_ >= 0 && monotonic_ns() >= deadline_ns_);
}

void Cancel::set_check(Check check, void *user) noexcept {
  check_user_.store(user);
  check_.store(check);
}

int64_t Cancel::remaining_ms() const {
  if (deadline_ns_ < 0) return -1;
  int64_t left = deadline_ns_ - monotonic_ns();
  return left <= 0 ? 0 : (left + 999999) / 1000000;
}

std::unique_ptr<Failure> Cancel::verdict() noexcept {
  if (triggered_.load()) return std::make_unique<Failure>(Code::cancelled, "the call was cancelled");
  if (deadline_ns_ >= 0 && monotonic_ns() >= deadline_ns_)
    return std::make_unique<Failure>(Code::timeout, "the deadline of the call's cancel object has passed");
  Check check = check_.load();
  if (check == nullptr || !check(check_user_.load())) return nullptr;
  trigger();
  return std::make_unique<Failure>(Code::cancelled, "the call was cancelled");
}

void Cancel::drain_wakes() noexcept {
  uint64_t count = 0;
  while (read(fd_.get(), &count, sizeof count) < 0 && errno == EINTR) {
  }
  // A trigger that came meanwhile was written into what has just been read: the other calls must see it too.
  if (triggered_.load()) wake();
}

void CancelPoint::check() {
  if (cancel_ == nullptr) return;
  int64_t now = monotonic_ns();
  if (now < next_ns_) return;
  next_ns_ = now + 10000000;
  auto reason = cancel_->verdict();
  if (reason) throw *reason;
}

struct CancelWatch::State {
  State(Scope &scope, Cancel &cancel) : scope(scope), cancel(cancel), timer(scope.loop) { start_timer(); }
  ~State() {
    if (is_polling)
      uv_close(reinterpret_cast<uv_handle_t *>(poll.release()),
               [](uv_handle_t *handle) { delete reinterpret_cast<uv_poll_t *>(handle); });
  }

  // To watch a descriptor costs five system calls, more than all else in a short call: it begins only in a call that
  // has lasted for a moment, and finds what has come by then.
  void start_polling() {
    int result = uv_poll_init(scope.loop.uv(), poll.get(), cancel.fd());
    if (result == UV_EEXIST) {  // two calls on one loop were given the same object
      copy.reset(fcntl(cancel.fd(), F_DUPFD_CLOEXEC, 0));
      result = uv_poll_init(scope.loop.uv(), poll.get(), copy.get());
    }
    if (result != 0) return;  // no descriptor or no memory left: the next moment may have them
    is_polling = true;
    poll->data = this;
    uv_poll_start(poll.get(), UV_READABLE, [](uv_poll_t *handle, int, int) {
      static_cast<State *>(handle->data)->woken();
      uv_stop(handle->loop);
    });
  }

  // For the polling, the deadline, and a check: an interpreter's signal handler may set a flag without waking anybody.
  void start_timer() {
    const int64_t moment_ms = 5, check_ms = 25;
    int64_t next = cancel.remaining_ms();
    auto at_latest = [&](int64_t ms) { next = next < 0 ? ms : std::min(next, ms); };
    if (!is_polling) at_latest(moment_ms);
    if (cancel.has_check()) at_latest(check_ms);
    if (next >= 0) timer.start(next, [this] { tick(); });
  }
  void tick() {
    if (!is_polling) start_polling();
    ask();
  }
  void woken() {
    if (!cancel.is_triggered()) cancel.drain_wakes();
    ask();
  }
  void ask() {
    auto reason = cancel.verdict();
    if (!reason) {
      start_timer();
      return;
    }
    timer.stop();
    if (is_polling) uv_poll_stop(poll.get());  // it stays readable: once told is enough
    scope.cancel(*reason);
  }

  Scope &scope;
  Cancel &cancel;
  Timer timer;
  std::unique_ptr<uv_poll_t> poll = std::make_unique<uv_poll_t>();
  bool is_polling = false;
  Fd copy;  // closed after the poll has let go of it
};

CancelWatch::CancelWatch(Scope &scope, Cancel *cancel) {
  if (cancel == nullptr) return;
  // One that is triggered already ends the call before its first request.
  if (auto reason = cancel->verdict()) {
    scope.cancel(*reason);
    return;
  }
  state_ = std::make_unique<State>(scope, *cancel);
}

CancelWatch::~CancelWatch() = default;

}  // namespace conu
