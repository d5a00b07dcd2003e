// The failure of something that was run, with what it said.
#include "s2i/exit_failure.h"

#include "util/failure.h"

namespace conu {

void throw_exit_failure(Text message, Text hint, int exit_code, const char *member, const Json &said) {
  Failure failure(Code::command_failed, message, hint);
  failure.details = Json::object().set("exit_code", Json::integer(exit_code)).set(member, said).dump();
  throw failure;
}

}  // namespace conu
