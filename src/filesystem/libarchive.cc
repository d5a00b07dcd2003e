// libarchive, loaded on first use.
#include "filesystem/libarchive.h"

#include "util/shared_library.h"

namespace conu {

static LibArchive load() {
  SharedLibrary library("libarchive.so.13", "making an archive", "libarchive (Debian: libarchive13)");
  LibArchive functions{};
#define CONU_FIND(name) library.find(#name, &functions.name);
  CONU_LIBARCHIVE_FUNCTIONS(CONU_FIND)
#undef CONU_FIND
  return functions;
}

const LibArchive &libarchive() {
  static const LibArchive functions = load();
  return functions;
}

}  // namespace conu
