// Something that one line of a loop waits for and another tells it.
#pragma once

#include <vector>

#include "loop/task.h"

namespace conu {

// Raising it wakes all that wait. What is raised while nobody waits is not kept: a waiter looks at its condition first.
class Signal {
 public:
  class Wait : public Suspension {
   public:
    explicit Wait(Signal &signal) : signal_(signal) {}

   private:
    friend class Signal;
    bool begin() override {
      signal_.waiting_.push_back(this);
      return true;
    }
    void stop(const Failure &reason) override {
      std::erase(signal_.waiting_, this);
      resume_failed(reason);
    }
    Signal &signal_;
  };

  Wait wait() { return Wait(*this); }
  void raise() {
    for (Wait *waiting : std::exchange(waiting_, {})) waiting->resume_later();
  }

 private:
  std::vector<Wait *> waiting_;
};

}  // namespace conu
