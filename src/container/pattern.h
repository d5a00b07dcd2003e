// What lines of logs and other texts are searched for.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace conu {

// An ECMAScript regular expression, behind "(?i)" for letters of either case, or plain text where nothing in it is
// special. It is matched in polynomial time and without recursion, so that no line can hang or crash the process; so it
// has no back-references.
class Pattern {
 public:
  // Throws Failure(invalid_argument) that says what is wrong with it.
  explicit Pattern(const std::string &text);

  bool is_in(std::string_view line) const;
  // Whether it is in this part of a text, where ^ and $ stand for the ends of the text.
  bool is_in_part(std::string_view text, size_t begin, size_t end) const;
  bool is_plain() const { return !expression_.has_value(); }
  const std::string &text() const { return text_; }

 private:
  std::string text_;
  std::optional<std::regex> expression_;
};

}  // namespace conu
