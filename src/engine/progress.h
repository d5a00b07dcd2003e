// The steps of long work (pull, push, build, load), and such work as an object that is asked for its steps.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/json_lines.h"
#include "loop/group.h"
#include "loop/shared_loop.h"
#include "loop/signal.h"

namespace conu {

struct Step {
  std::string layer;
  std::string status;
  std::string text;  // of a build's log, with its line end taken off
  int64_t current = 0;
  int64_t total = 0;
};

// Where work puts its steps. Without a reader they are dropped.
class Steps {
 public:
  Task<void> put(Step step);

 private:
  friend class Progress;
  bool is_read_ = false;
  std::optional<Step> next_;
  Signal filled_, taken_;
};

// Reads the engine's stream of JSON messages to its end. A message that reports an error is thrown as the failure it
// stands for, with `subject` in it; the others become steps. `aux` is called with each message's "aux" member.
Task<void> read_steps(Exchange &exchange, Steps &steps, std::string subject,
                      std::function<void(const Json &aux, const Step &step)> noticed);

// Work that goes on while somebody asks for its next step.
class Progress {
 public:
  using Work = std::function<Task<void>(Api &api, Steps &steps)>;

  // Begins at once, and goes on while one of the calls below runs.
  Progress(std::shared_ptr<Engine> engine, Work work);
  ~Progress();

  // The next step; nothing at the end. Failure(timeout) and Failure(cancelled) are of the waiting, and do not end the
  // work; every other failure is that of the work.
  std::optional<Step> next(int64_t timeout_ms, Cancel *cancel);
  // Waits until the first step is there or all is over, and throws what the work has thrown by then.
  void begin(Cancel *cancel);
  // Ends the work and waits until it has cleaned up.
  void cancel();
  bool has_succeeded() const { return succeeded_; }

 private:
  struct Owned;
  static Task<void> work_to_end(Progress &progress, Work work);
  Task<void> wait_for_step(int64_t timeout_ms);
  Task<std::optional<Step>> take_step(int64_t timeout_ms);
  Task<void> join();

  std::shared_ptr<Engine> engine_;
  std::unique_ptr<Owned> owned_;
  Steps steps_;
  Background line_;
  bool ended_ = false;
  std::atomic<bool> succeeded_ = false;  // the one member that is read outside of the loop
  std::exception_ptr failure_;
  Signal joined_;
};

}  // namespace conu
