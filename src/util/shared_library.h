// A library of the distribution that is loaded on first use and kept.
#pragma once

#include <string>

namespace conu {

class SharedLibrary {
 public:
  // Throws Failure(unsupported): `purpose` says what for ("TLS"), `package` what to install.
  SharedLibrary(const char *soname, const char *purpose, const char *package);

  template <class Function>
  void find(const char *name, Function *function) const {
    *function = reinterpret_cast<Function>(address_of(name));
  }

 private:
  void *address_of(const char *name) const;

  std::string soname_;
  void *handle_;  // never closed: what it started may still run
};

}  // namespace conu
