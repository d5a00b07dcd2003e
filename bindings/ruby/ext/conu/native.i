// The Ruby module Conu::Native: the C functions as methods that raise. The library in lib/ above it is what people use.
%module "conu::native"
%{
#include "call.h"
%}

// Objects: nil is NULL, one that is closed raises.
%typemap(in, noblock=1) SWIGTYPE * { $1 = static_cast<$1_ltype>(conu_ruby::object($input, $1_descriptor)); }
%typemap(in, numinputs=0, noblock=1) SWIGTYPE **out ($*1_ltype object = nullptr) { $1 = &object; }
%typemap(argout, noblock=1) SWIGTYPE **out { $result = SWIG_NewPointerObj(*$1, $*1_descriptor, SWIG_POINTER_OWN); }

// Strings, in UTF-8 both ways.
%typemap(in, noblock=1) const char * (VALUE text = Qnil) {
  text = conu_ruby::frozen_copy($input, "$1_name");
  $1 = NIL_P(text) ? nullptr : StringValueCStr(text);
}
%typemap(freearg, noblock=1) const char * { RB_GC_GUARD(text$argnum); }
%typemap(out, noblock=1) const char * { $result = $1 == nullptr ? Qnil : rb_utf8_str_new_cstr($1); }
%typemap(in, numinputs=0, noblock=1) char **out (char *chars = nullptr) { $1 = &chars; }
%typemap(argout, noblock=1) char **out { $result = conu_ruby::take_string(*$1); }

// Truth, and the other results.
%typemap(in, noblock=1) bool { $1 = RTEST($input); }
%typemap(in, numinputs=0, noblock=1) bool *out (bool value = false), bool *more (bool value = false) { $1 = &value; }
%typemap(argout, noblock=1) bool *out, bool *more { $result = *$1 ? Qtrue : Qfalse; }
%typemap(in, numinputs=0, noblock=1) int *exit_code (int value = 0), int *out (int value = 0) { $1 = &value; }
%typemap(argout, noblock=1) int *exit_code, int *out { $result = INT2NUM(*$1); }

// Bytes: a String with any content in, a binary one out. nil is NULL.
%typemap(in, noblock=1) (const void *data, size_t size) (VALUE bytes = Qnil) {
  bytes = conu_ruby::frozen_bytes($input);
  $1 = NIL_P(bytes) ? nullptr : RSTRING_PTR(bytes);
  $2 = NIL_P(bytes) ? 0 : RSTRING_LEN(bytes);
}
%typemap(freearg, noblock=1) (const void *data, size_t size) { RB_GC_GUARD(bytes$argnum); }
%typemap(in, numinputs=0, noblock=1) (void **data, size_t *size) (void *bytes = nullptr, size_t length = 0) {
  $1 = &bytes;
  $2 = &length;
}
%typemap(argout, noblock=1) (void **data, size_t *size) { $result = conu_ruby::take_bytes(*$1, *$2); }

// What a getter borrows, and a piece of a stream with its channel: copied before anyone else can touch the object.
%typemap(out, noblock=1) const void * { (void)$1; }
%typemap(in, numinputs=0, noblock=1) size_t *size (size_t length = 0) { $1 = &length; }
%typemap(argout, noblock=1) size_t *size { $result = conu_ruby::copy_bytes(result, *$1); }
%typemap(in, numinputs=0, noblock=1) (int *channel, const void **data, size_t *size)
    (int source = 0, const void *bytes = nullptr, size_t length = 0) {
  $1 = &source;
  $2 = const_cast<$2_ltype>(&bytes);
  $3 = &length;
}
%typemap(argout, noblock=1) (int *channel, const void **data, size_t *size) {
  $result = *$2 == nullptr ? Qnil : rb_assoc_new(INT2NUM(*$1), conu_ruby::copy_bytes(*$2, *$3));
}

// A descriptor, as a TCPSocket or a File.
%typemap(in, numinputs=0, noblock=1) int *fd (int value = -1) { $1 = &value; }
%typemap(argout, noblock=1) int *fd {
  $result = outcome.error == nullptr && *$1 >= 0 ? conu_ruby::take_descriptor(*$1) : Qnil;
}

// A status says no more than the error, which is raised last: by then what came out belongs to a Ruby object.
%typemap(out, noblock=1) conu_status_t { $result = Qnil; (void)$1; }
%typemap(out, noblock=1) conu_status_t conu_error::get_code { $result = INT2NUM($1); }
%typemap(in, numinputs=0, noblock=1) conu_error_t **error {
  conu_ruby::Outcome outcome;
  outcome = {};
  $1 = &outcome.error;
}
%typemap(argout, noblock=1) conu_error_t **error { conu_ruby::raise(outcome, $*1_descriptor); }
// How much a write has written counts also when it failed: the error tells.
%typemap(in, numinputs=0, noblock=1) (size_t *written, conu_error_t **error) (size_t count = 0) {
  conu_ruby::Outcome outcome;
  outcome = {};
  outcome.written = $1 = &count;
  $2 = &outcome.error;
}
%typemap(argout, noblock=1) (size_t *written, conu_error_t **error) {
  $result = SIZET2NUM(*$1);
  conu_ruby::raise(outcome, $*2_descriptor);
}

// Calls that wait have a cancel object, which they do not show.
%typemap(in, numinputs=0, noblock=1) conu_cancel_t *cancel {
  conu_cancel_t **cancel;
  cancel = &$1;
}
%define CONU_BLOCKING(function)
%exception function {
  conu_ruby::make_call(cancel, &outcome, self, argc, argv, [&] { $action });
}
%enddef

// This one waits too, up to a few seconds, though nothing can end it.
%exception conu_progress::cancel {
  conu_ruby::make_call(nullptr, &outcome, self, argc, argv, [&] { $action });
}

%rename("close") close_object;
%rename("closed?") is_closed;
%inline %{
static void close_object(VALUE object) { conu_ruby::close(object); }
static bool is_closed(VALUE object) { return conu_ruby::pointer_of(object) == nullptr; }
%}

%include "conu.i"
