// A reader's or a writer's seat.
#include "container/seat.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

Seat::Seat(std::atomic_flag &taken, Text doing, Text what) : taken_(taken) {
  if (taken_.test_and_set(std::memory_order_acquire))
    throw_failure(Code::state, {"another thread ", doing, " ", what, " just now"},
                  "a stream has one reader and one writer at a time");
}

}  // namespace conu
