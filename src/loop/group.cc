// Lines of coroutines that run side by side.
#include "loop/group.h"

#include <deque>

#include "loop/loop.h"

namespace conu {

namespace {

// Starts its tasks, each in a scope of its own, and resumes when the last of them has ended.
class Group : public Suspension {
 public:
  enum class Ends { at_first, at_failure, by_itself };

  Group(Loop &loop, std::vector<Task<void>> tasks, Ends ends, int64_t grace_ms = 0) : ends_(ends), grace_ms_(grace_ms) {
    for (auto &task : tasks) {
      scopes_.emplace_back(loop);
      lines_.push_back(line(std::move(task), this, scopes_.size() - 1));
    }
  }

  size_t first() const { return *first_; }
  std::exception_ptr error() const { return error_; }

 private:
  // The coroutine that each task runs in: tells the group how it ended.
  static Task<void> line(Task<void> task, Group *group, size_t index) {
    std::exception_ptr error;
    try {
      co_await task;
    } catch (...) {
      error = std::current_exception();
    }
    group->ended(index, error);
  }

  bool begin() override {
    if (scope_->is_cancelled()) stop(scope_->reason());
    running_ = lines_.size() + 1;
    for (size_t i = 0; i < lines_.size(); i++) lines_[i].start(scopes_[i]);
    return --running_ > 0;
  }

  bool is_shielded() const override { return ends_ == Ends::by_itself; }

  void stop(const Failure &reason) override {
    if (is_shielded()) {
      grace_.emplace(scope_->loop);
      grace_->start(grace_ms_, [this, reason] { end_others(scopes_.size(), reason); });
      return;
    }
    if (!failure_) failure_ = reason;
    end_others(scopes_.size(), reason);
  }

  void end_others(size_t except, const Failure &reason) {
    for (size_t i = 0; i < scopes_.size(); i++)
      if (i != except) scopes_[i].cancel(reason);
  }

  void ended(size_t index, std::exception_ptr error) {
    running_--;
    bool decides = !first_ && (ends_ == Ends::at_first || (error && ends_ == Ends::at_failure) || scopes_.size() == 1);
    if (decides) {
      first_ = index;
      error_ = error;
      end_others(index, Failure(Code::cancelled, "something else came first"));
    }
    // Its own line is not at its final suspend yet: it is there on the loop's next turn.
    if (running_ > 0) return;
    grace_.reset();
    resume_later();
  }

  Ends ends_;
  int64_t grace_ms_;  // how long a cancel is kept from those that end by themselves
  std::deque<Scope> scopes_;
  std::vector<Task<void>> lines_;
  size_t running_ = 0;
  std::optional<size_t> first_;
  std::exception_ptr error_;
  std::optional<Timer> grace_;
};

}  // namespace

Task<size_t> when_any(std::vector<Task<void>> tasks) {
  Scope &scope = co_await current_scope();
  Group group(scope.loop, std::move(tasks), Group::Ends::at_first);
  co_await group;
  if (group.error()) std::rethrow_exception(group.error());
  co_return group.first();
}

Task<void> when_all(std::vector<Task<void>> tasks) {
  Scope &scope = co_await current_scope();
  Group group(scope.loop, std::move(tasks), Group::Ends::at_failure);
  co_await group;
  if (group.error()) std::rethrow_exception(group.error());
}

Task<void> shielded(Task<void> task, int64_t grace_ms) {
  Scope &scope = co_await current_scope();
  std::vector<Task<void>> tasks;
  tasks.push_back(std::move(task));
  Group group(scope.loop, std::move(tasks), Group::Ends::by_itself, grace_ms);
  co_await group;
  if (group.error()) std::rethrow_exception(group.error());
}

Task<void> with_cleanup(Task<void> work, Task<void> cleanup) {
  std::exception_ptr failure;
  try {
    co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  try {
    co_await shielded(std::move(cleanup));
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  if (failure) std::rethrow_exception(failure);
}

Background::Background(Loop &loop, Task<void> task) : line_(std::make_shared<BackgroundLine>(loop, std::move(task))) {
  loop.adopt(line_);
  line_->task.start(line_->scope);
}

void Background::cancel() {
  if (line_) line_->scope.cancel(Failure(Code::cancelled, "the work was cancelled"));
}

void Background::abandon() {
  cancel();
  line_.reset();
}

}  // namespace conu
