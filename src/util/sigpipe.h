// Writing where the other side may be gone, without the signal that comes with it.
#pragma once

#include <signal.h>
#include <time.h>

#include <cerrno>

namespace conu {

// While it lives, a SIGPIPE that this thread's own writes raise is kept back, and it is gone in the end. Pipes need it:
// unlike sockets they have no MSG_NOSIGNAL. One that was pending before stays pending.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    int saved = errno;
    const timespec now{};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = saved;
  }
  NoSigpipe(const NoSigpipe &) = delete;
  NoSigpipe &operator=(const NoSigpipe &) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

}  // namespace conu
