// A reader's or a writer's seat, which one thread has at a time.
#pragma once

#include <atomic>

#include "util/text.h"

namespace conu {

class Seat {
 public:
  // `doing` what to `what`, for the message: "reads", "this stream".
  Seat(std::atomic_flag &taken, Text doing, Text what = "this stream");
  ~Seat() { taken_.clear(std::memory_order_release); }
  Seat(const Seat &) = delete;
  Seat &operator=(const Seat &) = delete;

 private:
  std::atomic_flag &taken_;
};

}  // namespace conu
