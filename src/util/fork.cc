// How many times this process was forked off since the library came into use.
#include "util/fork.h"

#include <pthread.h>

#include <atomic>

namespace conu {

static std::atomic<unsigned> generation{0};

unsigned fork_generation() {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1); });
  (void)registered;
  return generation.load();
}

}  // namespace conu
