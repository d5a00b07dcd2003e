// Failures made from errno.
#include "util/failure.h"

#include <cerrno>
#include <system_error>

namespace conu {

static Code code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
      return Code::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::permission;
    case ENOMEM:
      return Code::no_memory;
    default:
      return Code::io;
  }
}

Failure system_failure(const std::string &what, int error_number) {
  return Failure(code_of(error_number), what + ": " + std::generic_category().message(error_number));
}

}  // namespace conu
