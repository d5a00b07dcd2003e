// A reader's or a writer's seat, which one thread has at a time.
#pragma once

#include <atomic>
#include <string>

#include "util/failure.h"

namespace conu {

class Seat {
 public:
  // `doing` what to `what`, for the message: "reads", "this stream".
  Seat(std::atomic_flag &taken, const std::string &doing, const std::string &what = "this stream") : taken_(taken) {
    if (taken_.test_and_set(std::memory_order_acquire))
      throw Failure(Code::state, "another thread " + doing + " " + what + " just now",
                    "a stream has one reader and one writer at a time");
  }
  ~Seat() { taken_.clear(std::memory_order_release); }
  Seat(const Seat &) = delete;
  Seat &operator=(const Seat &) = delete;

 private:
  std::atomic_flag &taken_;
};

}  // namespace conu
