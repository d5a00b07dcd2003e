// A raw non-blocking descriptor of a loop, which can be awaited.
//
// It stays armed for reading between awaits, so that a request on a warm connection costs no epoll_ctl; it is disarmed
// when something arrives that nobody waits for.
#pragma once

#include <uv.h>

#include "loop/task.h"
#include "util/fd.h"

namespace conu {

class Descriptor {
 public:
  Descriptor(Loop &loop, Fd fd);
  ~Descriptor();
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  int fd() const { return fd_.get(); }

  // `co_await descriptor.readable()`: one reader and one writer at a time.
  class Readiness : public Suspension {
   public:
    Readiness(Descriptor &descriptor, int event) : descriptor_(descriptor), event_(event) {}

   private:
    friend class Descriptor;
    bool begin() override;
    void stop(const Failure &reason) override;
    Descriptor &descriptor_;
    int event_;
  };
  Readiness readable() { return Readiness(*this, UV_READABLE); }
  Readiness writable() { return Readiness(*this, UV_WRITABLE); }

 private:
  void arm(int events);
  static void on_event(uv_poll_t *handle, int status, int events);

  Fd fd_;
  uv_poll_t *poll_;
  int armed_ = 0;
  Readiness *reader_ = nullptr;
  Readiness *writer_ = nullptr;
};

// Reads at least one byte; 0 at the end of file. Throws Failure(io) that names `what`.
Task<size_t> read_some(Descriptor &descriptor, void *buffer, size_t size, const char *what);
// Writes at least one byte, to a socket or a pipe, without SIGPIPE. Throws Failure(io) that names `what`.
Task<size_t> write_some(Descriptor &descriptor, const void *data, size_t size, const char *what);
// The same with all of it.
Task<void> write_all(Descriptor &descriptor, const void *data, size_t size, const char *what);

}  // namespace conu
