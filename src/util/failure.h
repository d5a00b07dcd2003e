// The one exception of the core: what went wrong, where, and what the user can do about it.
#pragma once

#include <exception>
#include <initializer_list>
#include <string>

#include "util/text.h"

namespace conu {

// The values are the public status codes; capi checks at compile time that the two lists agree.
enum class Code : int {
  invalid_argument = -1,
  not_found = -2,
  conflict = -3,
  unauthorized = -4,
  engine = -5,
  unreachable = -6,
  timeout = -7,
  cancelled = -8,
  protocol = -9,
  command_missing = -10,
  command_failed = -11,
  io = -12,
  permission = -13,
  unsupported = -14,
  no_memory = -15,
  state = -16,
  rate_limited = -17,
  internal = -18,
};

class Failure : public std::exception {
 public:
  Failure(Code code, Text message, Text hint = {}, int http_status = 0);
  // Not inline: each place that throws would have them.
  Failure(const Failure &);
  Failure(Failure &&) noexcept;
  Failure &operator=(const Failure &);
  Failure &operator=(Failure &&) noexcept;
  ~Failure() override;

  const char *what() const noexcept override { return message.c_str(); }

  Code code;
  std::string message;
  std::string hint;
  int http_status = 0;
  std::string details;  // a JSON document, or empty
};

// A failed system call: `what` names the object and what was tried, the text of `error_number` is added.
Failure system_failure(Text what, int error_number);

// What throws calls these: each throw written out costs another hundred bytes. A message may come in parts.
[[noreturn]] void throw_failure(Code code, Text message, Text hint = {}, int http_status = 0);
[[noreturn]] void throw_failure(Code code, std::initializer_list<Text> message, Text hint = {}, int http_status = 0);
[[noreturn]] void throw_system_failure(Text what, int error_number);
[[noreturn]] void throw_system_failure(std::initializer_list<Text> what, int error_number);

}  // namespace conu
