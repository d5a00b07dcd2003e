// A loop that belongs to an object and not to a call: whoever calls runs it, the others hand their work to the runner.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "loop/loop.h"

namespace conu {

class SharedLoop {
 public:
  SharedLoop();
  ~SharedLoop();

  // Runs `task` on the loop: on this thread if nobody else runs it, else on the thread that does. A runner whose own
  // work is done passes the loop on to a thread that waits. Failure(state) in a child of the process that made the
  // loop.
  template <class T>
  T run(Task<T> task, Cancel *cancel) {
    Job job;
    job.cancel = cancel;
    job.start = [&task](Scope &scope) { task.start(scope); };
    job.is_done = [&task] { return task.is_done(); };
    drive(job);
    if (job.failure) std::rethrow_exception(job.failure);
    return task.result();
  }

  // Whether this process may touch the loop: a child of the one that made it must not even destroy it.
  bool is_own() const;
  Loop &loop() { return loop_; }

 private:
  struct Job {
    Cancel *cancel = nullptr;
    std::function<void(Scope &)> start;
    std::function<bool()> is_done;
    std::optional<Scope> scope;
    std::optional<CancelWatch> watch;
    std::exception_ptr failure;  // of the start itself
    bool finished = false;
  };

  void drive(Job &job);
  void run_until_finished(Job &own);
  void start(Job &job);

  Loop loop_;
  uv_async_t *wake_;
  std::mutex mutex_;  // guards what follows, and every job's `finished`
  std::condition_variable changed_;
  bool running_ = false;
  std::vector<Job *> queue_;
  std::vector<Job *> active_;  // the runner's only
  unsigned fork_generation_;
};

}  // namespace conu
