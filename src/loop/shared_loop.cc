// A loop that belongs to an object and not to a call.
#include "loop/shared_loop.h"

#include "util/fork.h"

namespace conu {

SharedLoop::SharedLoop() : wake_(new uv_async_t), fork_generation_(fork_generation()) {
  if (uv_async_init(loop_.uv(), wake_, [](uv_async_t *) {}) != 0) {
    delete wake_;
    throw_failure(Code::io, "cannot make an event loop that threads can share");
  }
}

SharedLoop::~SharedLoop() {
  uv_close(reinterpret_cast<uv_handle_t *>(wake_),
           [](uv_handle_t *handle) { delete reinterpret_cast<uv_async_t *>(handle); });
}

bool SharedLoop::is_own() const { return fork_generation_ == fork_generation(); }

void SharedLoop::drive(Job &job) {
  if (!is_own())
    throw_failure(Code::state, "this object was made before a fork, and belongs to the parent process",
                  "make a new one in the child");
  std::unique_lock lock(mutex_);
  queue_.push_back(&job);
  if (running_) uv_async_send(wake_);
  while (!job.finished) {
    if (running_) {
      changed_.wait(lock);
      continue;
    }
    running_ = true;
    lock.unlock();
    run_until_finished(job);
    lock.lock();
    running_ = false;
    changed_.notify_all();
  }
}

void SharedLoop::start(Job &job) {
  job.scope.emplace(loop_);
  try {
    job.watch.emplace(*job.scope, job.cancel);
    if (job.scope->is_cancelled()) throw job.scope->reason();  // what need not wait would run to its end
    job.start(*job.scope);
  } catch (...) {
    job.failure = std::current_exception();
  }
}

void SharedLoop::run_until_finished(Job &own) {
  loop_.refresh_clock();
  for (;;) {
    std::vector<Job *> arrived;
    {
      std::lock_guard lock(mutex_);
      arrived.swap(queue_);
    }
    for (Job *job : arrived) {
      start(*job);
      active_.push_back(job);
    }
    loop_.settle();
    std::erase_if(active_, [this](Job *job) {
      if (!job->failure && !job->is_done()) return false;
      job->watch.reset();
      std::lock_guard lock(mutex_);
      job->finished = true;
      changed_.notify_all();
      return true;
    });
    if (own.finished) return;
    loop_.turn(*own.scope);
  }
}

}  // namespace conu
