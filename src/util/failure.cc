// Failures, and those made from errno.
#include "util/failure.h"

#include <cerrno>
#include <system_error>

#include "util/text.h"

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

Failure::Failure(Code code, Text message, Text hint, int http_status)
    : code(code), message(message), hint(hint), http_status(http_status) {}
Failure::Failure(const Failure &) = default;
Failure::Failure(Failure &&) noexcept = default;
Failure &Failure::operator=(const Failure &) = default;
Failure &Failure::operator=(Failure &&) noexcept = default;
Failure::~Failure() = default;

Failure system_failure(Text what, int error_number) {
  return Failure(code_of(error_number), concat(what, ": ", std::generic_category().message(error_number)));
}

void throw_failure(Code code, Text message, Text hint, int http_status) {
  throw Failure(code, message, hint, http_status);
}
void throw_failure(Code code, std::initializer_list<Text> message, Text hint, int http_status) {
  throw Failure(code, concatenated(message), hint, http_status);
}
void throw_system_failure(Text what, int error_number) { throw system_failure(what, error_number); }
void throw_system_failure(std::initializer_list<Text> what, int error_number) {
  throw system_failure(concatenated(what), error_number);
}

}  // namespace conu
