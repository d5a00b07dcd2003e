// The raw module conu_native: each handle of C a userdata, each function a method, a failure nil and an error table.
// The module conu above it is what people use.
%module conu_native

%{
#include "failure.h"
#include "handle.h"
#include "interrupt.h"
#include "json.h"
#include "values.h"
%}

// Inputs. What Lua got wrong raises an error; what is refused before the call is nil and an error, as from the call.
%typemap(in) const char *
  %{ if (int refused = conu_lua::to_text(L, $input, (const char **)&$1)) return refused; %}
%typemap(in) int64_t %{ $1 = conu_lua::to_integer(L, $input); %}
%typemap(in) SWIGTYPE *
  %{ if (int refused = conu_lua::to_handle(L, $input, $descriptor, (void **)&$1)) return refused; %}
%typemap(in) const conu_string_list_t *command, const conu_string_list_t *additional_opts,
             const conu_string_list_t *allowed_keys, const conu_string_list_t *s2i_args
  %{ if (int refused = conu_lua::to_strings(L, $input, $descriptor, &$1)) return refused; %}

// Bytes are a string of Lua's, of which nil is none.
%typemap(in) (const void *data, size_t size)
  %{ $2 = 0;
  if (!lua_isnil(L, $input)) $1 = const_cast<char *>(luaL_checklstring(L, $input, &$2)); %}

// A cancel object, milliseconds or nil. It is the last input, so nothing is refused between here and the call.
%typemap(in) conu_cancel_t *cancel (conu_lua::Call call)
  %{ if (int refused = conu_lua::begin_call(L, $input, $descriptor, &call)) return refused;
  $1 = call.cancel; %}
%typemap(freearg) conu_cancel_t *cancel %{ conu_lua::end_call(&call$argnum); %}
%define CONU_BLOCKING(function)
%enddef

// Results.
%typemap(out) int, size_t, int64_t %{ lua_pushinteger(L, (lua_Integer)$1); SWIG_arg++; %}
%typemap(out) SWIGTYPE *
  %{ SWIG_arg += conu_lua::push_new(L, (void *)$1, $descriptor); %}
%typemap(out) const conu_string_list_t * %{ conu_lua::push_strings(L, $1); SWIG_arg++; %}
%typemap(out) conu_status_t ""
%typemap(out) conu_status_t get_code %{ lua_pushinteger(L, $1); SWIG_arg++; %}

// Outputs, which mean something after a success only.
%typemap(in, numinputs=0, noblock=1) SWIGTYPE **out ($*1_ltype handle = nullptr) { $1 = &handle; }
%typemap(argout) SWIGTYPE **out
  %{ if (result == CONU_OK) { SWIG_NewPointerObj(L, *$1, $*1_descriptor, 1); SWIG_arg++; } %}
%typemap(in, numinputs=0, noblock=1) char **out (char *text = nullptr) { $1 = &text; }
%typemap(argout) char **out
  %{ if (result == CONU_OK) { lua_pushstring(L, *$1); conu_string_free(*$1); SWIG_arg++; } %}
%typemap(in, numinputs=0, noblock=1) bool *out (bool flag = false), bool *more (bool flag = false) { $1 = &flag; }
%typemap(argout) bool *out, bool *more
  %{ if (result == CONU_OK) { lua_pushboolean(L, *$1); SWIG_arg++; } %}
%typemap(in, numinputs=0, noblock=1) int *exit_code (int number = 0), int *fd (int number = 0),
             int *out (int number = 0) { $1 = &number; }
%typemap(argout) int *exit_code, int *fd, int *out
  %{ if (result == CONU_OK) { lua_pushinteger(L, *$1); SWIG_arg++; } %}
%typemap(in, numinputs=0, noblock=1) (void **data, size_t *size) (void *bytes = nullptr, size_t length = 0)
  { $1 = &bytes; $2 = &length; }
%typemap(argout) (void **data, size_t *size) %{
  if (result == CONU_OK) { lua_pushlstring(L, (const char *)*$1, *$2); conu_bytes_free(*$1); SWIG_arg++; } %}
// A piece of a stream and its channel, borrowed until the next call; nil at the end.
%typemap(in, numinputs=0, noblock=1) (int *channel, const void **data, size_t *size)
  (int number = 0, void *bytes = nullptr, size_t length = 0) { $1 = &number; $2 = &bytes; $3 = &length; }
%typemap(argout) (int *channel, const void **data, size_t *size)
  %{ if (result == CONU_OK) SWIG_arg += conu_lua::push_piece(L, *$1, (const char *)*$2, *$3); %}
// A getter of bytes, whose size comes beside them.
%typemap(in, numinputs=0, noblock=1) size_t *size (size_t length = 0) { $1 = &length; }
%typemap(out) const void * ""
%typemap(argout) size_t *size %{ lua_pushlstring(L, result != nullptr ? (const char *)result : "", *$1); SWIG_arg++; %}
// Lists come as tables.
%typemap(argout) conu_string_list_t **out
  %{ if (result == CONU_OK) { conu_lua::push_strings(L, *$1); conu_string_list_free(*$1); SWIG_arg++; } %}
%typemap(argout) conu_image_list_t **out
  %{ if (result == CONU_OK) SWIG_arg += conu_lua::push_all(L, *$1, conu_lua::image_list, SWIGTYPE_p_conu_image); %}
%typemap(argout) conu_container_list_t **out
  %{ if (result == CONU_OK) SWIG_arg += conu_lua::push_all(L, *$1, conu_lua::container_list, SWIGTYPE_p_conu_container); %}

// Always the last parameter: a failure leaves nil and an error, and a success without an output true.
%typemap(in, numinputs=0, noblock=1) conu_error_t **error (conu_error_t *failure = nullptr) { $1 = &failure; }
%typemap(argout) conu_error_t **error %{
  if (result != CONU_OK) {
    SWIG_arg = conu_lua::push_failure(L, result, *$1);
  } else if (SWIG_arg == 0) {
    lua_pushboolean(L, 1);
    SWIG_arg = 1;
  }
%}

// What a write has written counts also after a failure, in the error's field `written`.
%typemap(in, numinputs=0, noblock=1) (size_t *written, conu_error_t **error)
  (size_t count = 0, conu_error_t *failure = nullptr) { $1 = &count; $2 = &failure; }
%typemap(argout) (size_t *written, conu_error_t **error) %{
  if (result == CONU_OK) {
    lua_pushinteger(L, (lua_Integer)*$1);
    SWIG_arg++;
  } else {
    SWIG_arg = conu_lua::push_failure(L, result, *$2);
    lua_pushinteger(L, (lua_Integer)*$1);
    lua_setfield(L, -2, "written");
  }
%}

%native(close) int conu_lua_close(lua_State *L);
%native(decode) int conu_lua_decode(lua_State *L);
%{
static int conu_lua_close(lua_State *L) { return conu_lua::close(L); }
static int conu_lua_decode(lua_State *L) { return conu_lua::decode(L); }
%}
%init %{
  conu_lua::set_up_errors(L);
  conu_lua::set_up_interrupts(L);
  for (swig_type_info **type = swig_types; *type != nullptr; type++) conu_lua::set_up_class(L, *type);
  lua_pushlightuserdata(L, nullptr);
  lua_setfield(L, -2, "null");
%}

%include "conu.i"
