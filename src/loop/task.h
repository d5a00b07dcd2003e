// A coroutine that runs when it is awaited, and gives a T or throws.
//
// A co_await stands alone in its statement, never in a catch block or a destructor, and no `?:` or braced list is among
// its arguments; parameters are values or outlive the call for certain; no lambda that captures is a coroutine (gcc 12
// miscompiles some of these, readers misread the rest).
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "loop/scope.h"

namespace conu {

struct PromiseBase {
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      auto next = handle.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
  [[noreturn]] void rethrow() const;

  Scope *scope = nullptr;
  std::coroutine_handle<> continuation;
  std::exception_ptr exception;
};

template <class T>
struct Promise;

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task &&other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task &operator=(Task &&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Awaiting a task runs it at once, on the stack of the one that awaits: only what is really suspended costs a switch.
  bool await_ready() const noexcept { return false; }
  template <class Parent>
  bool await_suspend(std::coroutine_handle<Parent> parent) {
    start(*parent.promise().scope);
    if (handle_.done()) return false;
    handle_.promise().continuation = parent;
    return true;
  }
  T await_resume() { return result(); }

  void start(Scope &scope) {
    handle_.promise().scope = &scope;
    handle_.resume();
  }
  bool is_done() const { return handle_.done(); }
  std::exception_ptr exception() const { return handle_.promise().exception; }
  T result() {
    if (handle_.promise().exception) handle_.promise().rethrow();
    return handle_.promise().take();
  }

 private:
  Handle handle_;
};

template <class T>
struct Promise : PromiseBase {
  Task<T> get_return_object() { return Task<T>(Task<T>::Handle::from_promise(*this)); }
  void return_value(T value) { value_.emplace(std::move(value)); }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() { return Task<void>(Task<void>::Handle::from_promise(*this)); }
  void return_void() noexcept {}
  void take() noexcept {}
};

// The scope of the coroutine that asks: `Scope &scope = co_await current_scope();`
struct current_scope {
  bool await_ready() const noexcept { return false; }
  template <class Parent>
  bool await_suspend(std::coroutine_handle<Parent> parent) noexcept {
    scope = parent.promise().scope;
    return false;
  }
  Scope &await_resume() const noexcept { return *scope; }
  Scope *scope = nullptr;
};

}  // namespace conu
