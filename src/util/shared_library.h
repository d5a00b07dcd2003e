// A library of the distribution that is loaded on first use and kept.
#pragma once

#include <dlfcn.h>

#include <string>

#include "util/failure.h"

namespace conu {

class SharedLibrary {
 public:
  // Throws Failure(unsupported): `purpose` says what for ("TLS"), `package` what to install.
  SharedLibrary(const char *soname, const char *purpose, const char *package)
      : soname_(soname), handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr)
      throw Failure(Code::unsupported,
                    std::string(purpose) + " needs " + soname + ", which cannot be loaded: " + dlerror(),
                    std::string("install ") + package);
  }

  template <class Function>
  void find(const char *name, Function *function) const {
    *function = reinterpret_cast<Function>(dlsym(handle_, name));
    if (*function == nullptr) throw Failure(Code::unsupported, soname_ + " has no function " + name);
  }

 private:
  std::string soname_;
  void *handle_;  // never closed: what it started may still run
};

}  // namespace conu
