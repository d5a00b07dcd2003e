// What all languages share. A language's native.i names its %module, sets its typemaps and CONU_BLOCKING, then includes
// this: SWIG silently misses a typemap that stands after the first struct.
//
// Typemaps are keyed by the header's parameter names: out, more, written, channel, data, size, fd, index, exit_code,
// cancel, error. CONU_BLOCKING(target) is put before each function that takes a cancel object, as a hook for %exception.
%{
#include <conu/conu.h>
%}
%include <stdint.i>
%nodefaultctor;
%nodefaultdtor;

// `struct conu_image {}` and its methods, for each handle of the header.
%include "conu_api.i"
