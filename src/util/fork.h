// How many times this process was forked off since the library came into use.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace conu {

// It differs between a parent and its child: what belongs to another generation is not this process's to touch.
unsigned fork_generation();

// Where `made_in` is another generation than this process's: runs `renew` and takes what it renews for this process's
// own. Once, whatever the number of threads that come first.
void renew_after_fork(std::atomic<unsigned> &made_in, const std::function<void()> &renew);

// A T that this process makes once, and a forked child anew. Never freed: references to it are out.
template <class T>
const T &once_in_process() {
  struct Made {
    const unsigned generation = fork_generation();
    const T value{};
  };
  static std::atomic<Made *> current{nullptr};
  Made *made = current.load();
  while (made == nullptr || made->generation != fork_generation()) {
    auto mine = std::make_unique<Made>();
    if (current.compare_exchange_strong(made, mine.get())) made = mine.release();
  }
  return made->value;
}

}  // namespace conu
