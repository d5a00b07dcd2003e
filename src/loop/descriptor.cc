// A raw non-blocking descriptor of a loop, which can be awaited.
#include "loop/descriptor.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "loop/loop.h"
#include "util/sigpipe.h"
#include "util/text.h"

namespace conu {

Descriptor::Descriptor(Loop &loop, Fd fd) : fd_(std::move(fd)) {
  auto poll = std::make_unique<uv_poll_t>();
  int result = uv_poll_init(loop.uv(), poll.get(), fd_.get());
  if (result != 0) throw_failure(Code::io, {"cannot watch a descriptor: ", uv_strerror(result)});
  poll_ = poll.release();
  poll_->data = this;
}

Descriptor::~Descriptor() {
  uv_close(reinterpret_cast<uv_handle_t *>(poll_),
           [](uv_handle_t *handle) { delete reinterpret_cast<uv_poll_t *>(handle); });
}

void Descriptor::arm(int events) {
  if (events == armed_) return;
  armed_ = events;
  if (events == 0)
    uv_poll_stop(poll_);
  else
    uv_poll_start(poll_, events, on_event);
}

void Descriptor::on_event(uv_poll_t *handle, int status, int events) {
  auto *self = static_cast<Descriptor *>(handle->data);
  // After an error libuv has stopped the poll; whoever waits finds the error by reading or writing.
  if (status < 0) {
    self->armed_ = 0;
    events = UV_READABLE | UV_WRITABLE;
  }
  auto *reader = events & UV_READABLE ? std::exchange(self->reader_, nullptr) : nullptr;
  auto *writer = events & UV_WRITABLE ? std::exchange(self->writer_, nullptr) : nullptr;
  // Writing is always possible in the end, so it is never left armed; reading is, until nobody is there to take it.
  int wanted = self->armed_ & UV_READABLE;
  if ((events & UV_READABLE) && reader == nullptr) wanted = 0;
  if (self->writer_ != nullptr) wanted |= UV_WRITABLE;
  if (status >= 0) self->arm(wanted);
  // What is resumed may destroy the descriptor: nothing here touches it afterwards.
  if (reader != nullptr && writer != nullptr) writer->resume_later();
  if (reader != nullptr)
    reader->resume();
  else if (writer != nullptr)
    writer->resume();
}

bool Descriptor::Readiness::begin() {
  (event_ == UV_READABLE ? descriptor_.reader_ : descriptor_.writer_) = this;
  descriptor_.arm(descriptor_.armed_ | event_);
  return true;
}

void Descriptor::Readiness::stop(const Failure &reason) {
  (event_ == UV_READABLE ? descriptor_.reader_ : descriptor_.writer_) = nullptr;
  resume_failed(reason);
}

Task<size_t> read_some(Descriptor &descriptor, void *buffer, size_t size, const char *what) {
  for (;;) {
    ssize_t n = read(descriptor.fd(), buffer, size);
    if (n >= 0) co_return static_cast<size_t>(n);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) throw_system_failure({"cannot read from ", what}, errno);
    co_await descriptor.readable();
  }
}

static ssize_t write_quietly(int fd, const void *data, size_t size) {
  NoSigpipe no_sigpipe;
  return write(fd, data, size);
}

Task<size_t> write_some(Descriptor &descriptor, const void *data, size_t size, const char *what) {
  for (;;) {
    ssize_t n = write_quietly(descriptor.fd(), data, size);
    if (n >= 0) co_return static_cast<size_t>(n);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) throw_system_failure({"cannot write to ", what}, errno);
    co_await descriptor.writable();
  }
}

Task<void> write_all(Descriptor &descriptor, const void *data, size_t size, const char *what) {
  const char *rest = static_cast<const char *>(data);
  while (size > 0) {
    size_t n = co_await write_some(descriptor, rest, size, what);
    rest += n;
    size -= n;
  }
}

}  // namespace conu
