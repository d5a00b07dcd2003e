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
%typemap(in, numinputs=0, noblock=1) int *exit_code (int value = 0) { $1 = &value; }
%typemap(argout, noblock=1) int *exit_code { $result = INT2NUM(*$1); }

// A status says no more than the error, which is raised last: by then what came out belongs to a Ruby object.
%typemap(out, noblock=1) conu_status_t { $result = Qnil; (void)$1; }
%typemap(out, noblock=1) conu_status_t conu_error::get_code { $result = INT2NUM($1); }
%typemap(in, numinputs=0, noblock=1) conu_error_t **error {
  conu_ruby::Outcome outcome;
  outcome = {};
  $1 = &outcome.error;
}
%typemap(argout, noblock=1) conu_error_t **error { conu_ruby::raise(outcome, $*1_descriptor); }

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
