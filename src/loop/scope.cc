// Suspending, resuming and cancelling a line of coroutines.
#include "loop/scope.h"

#include "loop/loop.h"

namespace conu {

void Scope::cancel(const Failure &reason) {
  if (!reason_) reason_ = reason;
  if (waiting_ != nullptr) waiting_->stop(*reason_);
}

bool Scope::interrupt(const Failure &reason) {
  if (waiting_ == nullptr) return false;
  waiting_->stop(reason);
  return true;
}

bool Suspension::suspend(std::coroutine_handle<> handle, Scope *scope) {
  scope_ = scope;
  handle_ = handle;
  failure_.reset();
  if (scope->is_cancelled() && !is_shielded()) {
    failure_ = scope->reason();
    return false;
  }
  scope->waiting_ = this;
  if (begin()) return true;
  scope->waiting_ = nullptr;
  return false;
}

void Suspension::resume() {
  scope_->waiting_ = nullptr;
  handle_.resume();
}

void Suspension::resume_later() {
  scope_->waiting_ = nullptr;
  scope_->loop.post(handle_);
}

void Suspension::resume_failed(const Failure &reason) {
  failure_ = reason;
  resume_later();
}

}  // namespace conu
