// How many times this process was forked off since the library came into use.
#include "util/fork.h"

#include <pthread.h>

#include <mutex>
#include <new>

namespace conu {

static std::atomic<unsigned> generation{0};

static std::mutex renewal;

// The one thread that a child begins with. Another one of the parent may have held the mutex.
static void note_child() {
  generation.fetch_add(1);
  new (&renewal) std::mutex;
}

unsigned fork_generation() {
  static const int registered = pthread_atfork(nullptr, nullptr, note_child);
  (void)registered;
  return generation.load();
}

void renew_after_fork(std::atomic<unsigned> &made_in, const std::function<void()> &renew) {
  if (made_in.load() == fork_generation()) return;
  std::lock_guard lock(renewal);
  if (made_in.load() == fork_generation()) return;
  renew();
  made_in.store(fork_generation());
}

}  // namespace conu
