// How many times this process was forked off since the library came into use.
#pragma once

#include <atomic>
#include <functional>

namespace conu {

// It differs between a parent and its child: what belongs to another generation is not this process's to touch.
unsigned fork_generation();

// Where `made_in` is another generation than this process's: runs `renew` and takes what it renews for this process's
// own. Once, whatever the number of threads that come first.
void renew_after_fork(std::atomic<unsigned> &made_in, const std::function<void()> &renew);

}  // namespace conu
