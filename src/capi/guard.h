// The border: exceptions become statuses and error objects here, and nowhere else.
#pragma once

#include <conu/conu.h>
#include <pthread.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "util/failure.h"

namespace conu {

// The status and, if `error` is asked for, the error object of the exception that is being handled.
conu_status_t report_exception(const char *operation, conu_error_t **error) noexcept;

// pthread_cancel must not unwind through coroutines: a thread that is cancelled during a call ends after it.
class ThreadCancelOff {
 public:
  ThreadCancelOff() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~ThreadCancelOff() { pthread_setcancelstate(before_, nullptr); }

 private:
  int before_;
};

// Runs what a function of the API does. `operation` is the function's name.
template <class Body>
conu_status_t guard(const char *operation, conu_error_t **error, Body body) noexcept {
  ThreadCancelOff off;
  if (error != nullptr) *error = nullptr;
  try {
    body();
    return CONU_OK;
  } catch (...) {
    return report_exception(operation, error);
  }
}

// For functions that make an object and have no status: NULL where it cannot be made.
template <class Make>
auto make_or_null(Make make) noexcept -> decltype(make()) {
  try {
    return make();
  } catch (...) {
    return nullptr;
  }
}

[[noreturn]] void reject_null(const char *name);
[[noreturn]] void reject_empty(const char *name);

template <class T>
T &need(T *argument, const char *name) {
  if (argument == nullptr) reject_null(name);
  return *argument;
}

inline std::string need_text(const char *argument, const char *name) {
  if (argument == nullptr) reject_null(name);
  return argument;
}

inline std::string need_words(const char *argument, const char *name) {
  std::string text = need_text(argument, name);
  if (text.empty()) reject_empty(name);
  return text;
}

// Bytes of which there may be none.
inline std::string_view need_bytes(const void *data, size_t size, const char *name) {
  if (data == nullptr && size > 0) reject_null(name);
  return {static_cast<const char *>(data), size};
}

inline std::string text_or_empty(const char *argument) { return argument != nullptr ? argument : ""; }

// An output: what it points to is cleared first, so that a failure leaves nothing behind.
template <class T>
T &need_out(T *argument, const char *name = "out") {
  if (argument == nullptr) reject_null(name);
  *argument = T{};
  return *argument;
}

// Several outputs: all are cleared before one that is NULL is refused.
template <class... T>
void clear_outs(T *...arguments) {
  ((arguments != nullptr ? void(*arguments = T{}) : void()), ...);
}

// A copy that the caller frees with conu_string_free.
inline char *copied(std::string_view text) {
  char *copy = static_cast<char *>(malloc(text.size() + 1));
  if (copy == nullptr) throw std::bad_alloc();
  memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return copy;
}

// A borrowed text of a getter; NULL where there is none.
inline const char *or_null(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace conu
