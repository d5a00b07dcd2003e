// Messages for the user's log handler.
#include "util/log.h"

#include <mutex>

namespace conu {

namespace {

struct Sink {
  LogLevel least = LogLevel::error;
  LogHandler handler = nullptr;
  void *user = nullptr;
};

std::mutex mutex;
Sink sink;

}  // namespace

void set_log_handler(LogLevel least, LogHandler handler, void *user) {
  std::lock_guard lock(mutex);
  sink = {least, handler, user};
}

void log(LogLevel level, const std::string &message) noexcept {
  Sink current;
  {
    std::lock_guard lock(mutex);
    current = sink;
  }
  // The handler runs without the lock, so that it may call the library.
  if (current.handler != nullptr && level >= current.least) current.handler(level, message.c_str(), current.user);
}

}  // namespace conu
