// What lines of logs and other texts are searched for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace conu {

// A regular expression of RE2, or plain text where nothing in it is special. It is matched in one pass and without
// recursion, so that no line can hang or crash the process; so it has no look-around and no back-references. Texts are
// UTF-8; a byte that is none is a character of its own, U+FFFD, which `.` matches.
class Pattern {
 public:
  // Throws Failure(invalid_argument) that says what is wrong with it.
  explicit Pattern(const std::string &text);

  bool is_in(std::string_view line) const;
  // Whether it is in this part of a text, where ^ and $ stand for the ends of the text.
  bool is_in_part(std::string_view text, size_t begin, size_t end) const;
  bool is_plain() const { return !expression_; }
  const std::string &text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> expression_;  // null: plain
};

}  // namespace conu
