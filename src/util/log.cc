// Messages for the user's log handler.
#include "util/log.h"

#include <atomic>
#include <climits>
#include <mutex>

namespace conu {

namespace {

struct Sink {
  LogHandler handler = nullptr;
  void *user = nullptr;
};

std::mutex mutex;
Sink sink;
std::atomic<int> least_wanted{INT_MAX};

}  // namespace

void set_log_handler(LogLevel least, LogHandler handler, void *user) {
  std::lock_guard lock(mutex);
  sink = {handler, user};
  least_wanted.store(handler != nullptr ? static_cast<int>(least) : INT_MAX);
}

bool logs(LogLevel level) noexcept { return static_cast<int>(level) >= least_wanted.load(std::memory_order_relaxed); }

void log(LogLevel level, const std::string &message) noexcept {
  if (!logs(level)) return;
  Sink current;
  {
    std::lock_guard lock(mutex);
    current = sink;
  }
  // The handler runs without the lock, so that it may call the library.
  if (current.handler != nullptr) current.handler(level, message.c_str(), current.user);
}

}  // namespace conu
