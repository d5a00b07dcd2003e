// How Ruby makes a call that waits: without the interpreter lock, ended by interrupts, on objects that stay meanwhile.
//
// Ruby raises by longjmp, which runs no destructor and must not leave libconu's frames behind. So everything here is
// plain data, what is to be raised is kept as rb_protect tells it, and it is raised when the call is over.
#pragma once

#include <conu/conu.h>
#include <ruby.h>
#include <ruby/encoding.h>
#include <ruby/thread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace conu_ruby {

// What a call has left behind: an error of libconu, or what interrupted it, as rb_protect tells it; 0 for nothing.
struct Outcome {
  conu_error_t *error;
  int interrupt;
  const size_t *written;  // where a write has counted
};

// A call in flight, and the Ruby objects that it was given.
struct Call {
  VALUE self;
  int argc;
  const VALUE *argv;
  VALUE thread;
  conu_cancel_t *cancel;
  void (*run)(void *action);
  void *action;
  bool has_run;
  bool holds_lock;  // the interpreter lock came back early, see is_interrupted()
  int interrupt;
  Call *next;
};

// An object that was closed while calls used it. The last of them frees it.
struct Closed {
  VALUE owner;
  void *object;
  RUBY_DATA_FUNC free;
  Closed *next;
};

// Both are touched only by whoever holds the interpreter lock.
inline Call *calls_in_flight = nullptr;
inline Closed *closed_in_use = nullptr;

inline bool is_in_use(VALUE owner) {
  for (const Call *call = calls_in_flight; call != nullptr; call = call->next) {
    if (call->self == owner) return true;
    for (int n = 0; n < call->argc; ++n) {
      if (call->argv[n] == owner) return true;
    }
  }
  return false;
}

inline void enter(Call *call) {
  call->next = calls_in_flight;
  calls_in_flight = call;
}

inline void leave(Call *call) {
  Call **flying = &calls_in_flight;
  while (*flying != call) flying = &(*flying)->next;
  *flying = call->next;
  Closed **link = &closed_in_use;
  while (Closed *closed = *link) {
    if (is_in_use(closed->owner)) {
      link = &closed->next;
    } else {
      *link = closed->next;
      closed->free(closed->object);
      xfree(closed);
    }
  }
}

inline void *&pointer_of(VALUE owner) {
  if (!RB_TYPE_P(owner, T_DATA) || RTYPEDDATA_P(owner)) rb_raise(rb_eTypeError, "this is not an object of libconu");
  return DATA_PTR(owner);
}

// Frees what a Ruby object stands for, now or after the last call that uses it. SWIG knows a closed object by its NULL.
inline void close(VALUE owner) {
  void *object = pointer_of(owner);
  RUBY_DATA_FUNC free = RDATA(owner)->dfree;
  if (object == nullptr) return;
  if (is_in_use(owner)) {
    auto *closed = ALLOC(Closed);
    *closed = {owner, object, free, closed_in_use};
    closed_in_use = closed;
  }
  DATA_PTR(owner) = nullptr;
  if (!is_in_use(owner)) free(object);
}

inline VALUE check_interrupts(VALUE) {
  rb_thread_check_ints();
  return Qnil;
}

inline void *check_interrupts_with_lock(void *user) {
  auto *call = static_cast<Call *>(user);
  rb_protect(check_interrupts, Qnil, &call->interrupt);
  return nullptr;
}

inline VALUE borrow_lock(VALUE user) {
  rb_thread_call_with_gvl(check_interrupts_with_lock, reinterpret_cast<void *>(user));
  return Qnil;
}

// libconu asks this on the thread of the call. A trap handler runs here; only what raises ends the call.
inline bool is_interrupted(void *user) {
  auto *call = static_cast<Call *>(user);
  if (call->interrupt == 0 && rb_thread_interrupted(call->thread)) {
    // When Ruby gives the lock back it looks for interrupts once more, beyond the protection that we have in there.
    // What it raises then is caught here, before it passes libconu's frames; but the lock has not been given back.
    int raised = 0;
    rb_protect(borrow_lock, reinterpret_cast<VALUE>(call), &raised);
    if (raised != 0) {
      call->interrupt = raised;
      call->holds_lock = true;
    }
  }
  return call->interrupt != 0;
}

inline void *run(void *user) {
  auto *call = static_cast<Call *>(user);
  call->has_run = true;
  call->run(call->action);
  // Ruby must not take a lock again that this thread holds: leave by raising, as Ruby code that is called back does.
  if (call->holds_lock) rb_jump_tag(call->interrupt);
  return nullptr;
}

inline void wake(void *cancel) { conu_cancel_wake(static_cast<conu_cancel_t *>(cancel)); }

inline VALUE run_without_lock(VALUE user) {
  auto *call = reinterpret_cast<Call *>(user);
  // For the only thread of a program an unblocking function would have Ruby start one more thread, each time. That
  // thread is interrupted by signals alone, and learns of them as libconu asks its check every now and then.
  rb_unblock_function_t *unblock = call->cancel != nullptr && !rb_thread_alone() ? wake : nullptr;
  rb_thread_call_without_gvl2(run, call, unblock, call->cancel);
  return Qnil;
}

// Makes a call of libconu. `cancel` is where its cancel object goes; nullptr for a call that takes none.
template <typename Action>
void make_call(conu_cancel_t **cancel, Outcome *outcome, VALUE self, int argc, const VALUE *argv, Action action) {
  Call call{};
  call.self = self;
  call.argc = argc;
  call.argv = argv;
  call.thread = rb_thread_current();
  call.run = [](void *user) { (*static_cast<Action *>(user))(); };
  call.action = &action;
  if (cancel != nullptr) {
    call.cancel = *cancel = conu_cancel_new();
    if (call.cancel == nullptr)
      rb_raise(rb_path2class("Conu::IOError"), "no file descriptor is left to make a call with");
    conu_cancel_set_check(call.cancel, is_interrupted, &call);
  }
  enter(&call);
  while (!call.has_run && call.interrupt == 0) {
    int raised = 0;  // already in call.interrupt
    rb_protect(run_without_lock, reinterpret_cast<VALUE>(&call), &raised);
    // Ruby does not even begin while an interrupt is pending. One that raises nothing was no reason: begin again.
    if (!call.has_run) rb_protect(check_interrupts, Qnil, &call.interrupt);
  }
  leave(&call);
  conu_cancel_free(call.cancel);
  outcome->interrupt = call.interrupt;
}

// Raises what a call has left behind.
inline void raise(Outcome outcome, swig_type_info *error_type) {
  if (outcome.interrupt != 0) {
    conu_error_free(outcome.error);
    rb_jump_tag(outcome.interrupt);
  }
  if (outcome.error != nullptr) {
    VALUE error = SWIG_NewPointerObj(outcome.error, error_type, SWIG_POINTER_OWN);
    VALUE written = outcome.written == nullptr ? Qnil : SIZET2NUM(*outcome.written);
    rb_exc_raise(rb_funcall(rb_path2class("Conu::Error"), rb_intern("from"), 2, error, written));
  }
}

// The C object behind a Ruby object; nullptr for nil.
inline void *object(VALUE owner, swig_type_info *type) {
  void *object = nullptr;
  int result = SWIG_ConvertPtr(owner, &object, type, 0);
  if (result == SWIG_ObjectPreviouslyDeletedError) {
    rb_raise(rb_path2class("Conu::StateError"), "the %s is closed", strrchr(rb_obj_classname(owner), ':') + 1);
  }
  if (!SWIG_IsOK(result)) rb_raise(rb_eTypeError, "%s is not a %s", rb_obj_classname(owner), SWIG_TypePrettyName(type));
  return object;
}

// A frozen copy of a String, which no other thread can change while C reads it; nil for nil.
inline VALUE frozen_copy(VALUE string, const char *name) {
  if (NIL_P(string)) return Qnil;
  Check_Type(string, T_STRING);
  VALUE copy = rb_str_new_frozen(rb_str_export_to_enc(string, rb_utf8_encoding()));
  if (memchr(RSTRING_PTR(copy), '\0', RSTRING_LEN(copy)) != nullptr) {
    rb_raise(rb_path2class("Conu::InvalidArgumentError"), "%s: a NUL byte is not allowed", name);
  }
  return copy;
}

// The same for bytes, whatever they are.
inline VALUE frozen_bytes(VALUE string) {
  if (NIL_P(string)) return Qnil;
  Check_Type(string, T_STRING);
  return rb_str_new_frozen(string);
}

inline VALUE copy_bytes(const void *data, size_t size) {
  return data == nullptr ? Qnil : rb_str_new(static_cast<const char *>(data), static_cast<long>(size));
}

inline VALUE new_string(VALUE chars) { return rb_utf8_str_new_cstr(reinterpret_cast<const char *>(chars)); }

// Makes a String of what libconu allocated, and frees that.
inline VALUE take_string(char *chars) {
  if (chars == nullptr) return Qnil;
  int raised = 0;
  VALUE string = rb_protect(new_string, reinterpret_cast<VALUE>(chars), &raised);
  conu_string_free(chars);
  if (raised != 0) rb_jump_tag(raised);
  return string;
}

struct Bytes {
  void *data;
  size_t size;
};

inline VALUE new_bytes(VALUE user) {
  auto *bytes = reinterpret_cast<Bytes *>(user);
  return copy_bytes(bytes->data, bytes->size);
}

inline VALUE take_bytes(void *data, size_t size) {
  Bytes bytes = {data, size};
  int raised = 0;
  VALUE string = rb_protect(new_bytes, reinterpret_cast<VALUE>(&bytes), &raised);
  conu_bytes_free(data);
  if (raised != 0) rb_jump_tag(raised);
  return string;
}

inline VALUE new_io(VALUE fd) {
  struct stat status {};
  bool is_socket = fstat(NUM2INT(fd), &status) == 0 && S_ISSOCK(status.st_mode);
  return rb_funcall(rb_path2class(is_socket ? "TCPSocket" : "File"), rb_intern("for_fd"), 1, fd);
}

// Makes a TCPSocket or a File of a descriptor, which it closes.
inline VALUE take_descriptor(int fd) {
  int raised = 0;
  VALUE io = rb_protect(new_io, INT2NUM(fd), &raised);
  if (raised != 0) {
    ::close(fd);
    rb_jump_tag(raised);
  }
  return io;
}

}  // namespace conu_ruby
