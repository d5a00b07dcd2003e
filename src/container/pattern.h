// What a line of a log is searched for.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace conu {

// An ECMAScript regular expression, or plain text where nothing in it is special. It is matched in polynomial time and
// without recursion, so that no line can hang or crash the process; so it has no back-references.
class Pattern {
 public:
  // Throws Failure(invalid_argument) that says what is wrong with it.
  explicit Pattern(const std::string &text);

  bool is_in(std::string_view line) const;
  const std::string &text() const { return text_; }

 private:
  std::string text_;
  std::optional<std::regex> expression_;
};

}  // namespace conu
