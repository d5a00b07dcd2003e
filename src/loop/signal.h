// Something that one line of a loop waits for and another tells it.
#pragma once

#include "loop/task.h"

namespace conu {

// One waiter at a time. What is raised while nobody waits is not kept: the waiter looks at its condition first.
class Signal {
 public:
  class Wait : public Suspension {
   public:
    explicit Wait(Signal &signal) : signal_(signal) {}

   private:
    friend class Signal;
    bool begin() override {
      signal_.waiting_ = this;
      return true;
    }
    void stop(const Failure &reason) override {
      signal_.waiting_ = nullptr;
      resume_failed(reason);
    }
    Signal &signal_;
  };

  Wait wait() { return Wait(*this); }
  void raise() {
    if (auto *waiting = std::exchange(waiting_, nullptr)) waiting->resume_later();
  }

 private:
  Wait *waiting_ = nullptr;
};

}  // namespace conu
