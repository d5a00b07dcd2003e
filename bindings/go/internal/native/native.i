// The Go package native: the C functions with out parameters as pointers. The package conu above it is what people use.
%module native

%insert(cgo_comment_typedefs) %{
#cgo pkg-config: conu
%}

// Where a call puts its results. Handles and errors are addresses of C objects, text is taken over by Text.Take.
%typemap(gotype) SWIGTYPE **out, conu_error_t **error "*uintptr"
%typemap(gotype) char **out "*Text"
%typemap(gotype) bool *out, bool *more "*bool"
%typemap(gotype) int *exit_code, int *channel, int *fd, int *out "*int32"

// Bytes are an address and a size: data that comes out is read by Borrow or taken over by Take, data that goes in is a
// slice.
%typemap(gotype) (const void *data, size_t size) "[]byte"
%typemap(in) (const void *data, size_t size) %{
  $1 = $input.array;
  $2 = (size_t)$input.len;
%}

// C would cut a string at its first NUL byte.
%typemap(goin) const char * "$result = withoutNul($input)"

// An int of C is shorter: what does not fit must not become another number.
%typemap(goin) int "$result = saturated($input)"

// An empty string is NULL where NULL means "not given".
%typemap(in) const char *url, const char *registry, const char *repository, const char *tag, const char *mode,
             const char *signal, const char *container_name %{
  if ($input.n > 0) {
    $1 = ($1_ltype)malloc($input.n + 1);
    memcpy($1, $input.p, $input.n);
    $1[$input.n] = '\0';
  }
%}

// Go runs a blocking call on a thread of its own anyway.
%define CONU_BLOCKING(function)
%enddef

%include "conu.i"
