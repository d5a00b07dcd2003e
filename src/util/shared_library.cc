// Loading a library of the distribution on first use.
#include "util/shared_library.h"

#include <dlfcn.h>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

SharedLibrary::SharedLibrary(const char *soname, const char *purpose, const char *package)
    : soname_(soname), handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr)
    throw_failure(Code::unsupported, {purpose, " needs ", soname, ", which cannot be loaded: ", dlerror()},
                  concat("install ", package));
}

void *SharedLibrary::address_of(const char *name) const {
  void *address = dlsym(handle_, name);
  if (address == nullptr) throw_failure(Code::unsupported, {soname_, " has no function ", name});
  return address;
}

}  // namespace conu
