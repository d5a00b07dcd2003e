// What lines of logs and other texts are searched for.
#include "container/pattern.h"

#include <re2/re2.h>

#include <algorithm>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// At worst a match takes time in proportion to both: within these it is fast enough for any log.
static const size_t longest_pattern = 4096, longest_line = 16 << 10;
static const int64_t most_memory = 4 << 20;  // of the compiled pattern and of what it remembers of matches

static std::shared_ptr<const RE2> compiled(const std::string &text) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(most_memory);
  return std::make_shared<const RE2>(text, options);
}

static const char *hint_for(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorPatternTooLarge:
      return "look for less, or for several simpler patterns";
    case RE2::ErrorRepeatSize:
      return "a repetition counts to 1000, and so do those within each other together";
    case RE2::ErrorBadPerlOp:
    case RE2::ErrorBadEscape:
      return "it is of the syntax of RE2, which has no look-around and no back-references";
    case RE2::ErrorBadUTF8:
      return "a pattern is UTF-8; only plain text may be other bytes";
    default:
      return "put a backslash before what is meant as it stands: ^$\\.*+?()[]{}|";
  }
}

Pattern::Pattern(const std::string &text) : text_(text) {
  auto reject = [&](Text why, Text hint) {
    throw_failure(Code::invalid_argument,
                  {"the pattern ", in_quotes(excerpt(text)), " is no regular expression: ", why}, hint);
  };
  if (text.empty()) reject("it is empty", "\".\" is in each line that is not empty");
  if (text.size() > longest_pattern)
    reject(concat("it is longer than ", decimal(longest_pattern), " characters"), "look for a part of it");
  if (text.find_first_of("^$\\.*+?()[]{}|") == text.npos) return;
  expression_ = compiled(text);
  if (!expression_->ok()) reject(excerpt(expression_->error()), hint_for(expression_->error_code()));
}

static bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

bool Pattern::is_in(std::string_view line) const {
  if (is_plain()) return line.find(text_) != line.npos;
  line = line.substr(0, longest_line);
  return is_in_part(line, 0, line.size());
}

bool Pattern::is_in_part(std::string_view text, size_t begin, size_t end) const {
  std::string_view part = text.substr(begin, end - begin);
  if (is_plain()) return part.find(text_) != part.npos;
  auto is_between = [&](std::string_view around, size_t from, size_t to) {
    return expression_->Match({around.data(), around.size()}, from, to, RE2::UNANCHORED, nullptr, 0);
  };
  if (is_ascii(part)) return is_between(text, begin, end);
  // RE2 would match a byte that is no UTF-8 with nothing at all. Of what is around the part it looks at one byte.
  std::string before = as_utf8(text.substr(0, begin).substr(begin - std::min<size_t>(begin, 1)));
  std::string within = as_utf8(part), behind = as_utf8(text.substr(end).substr(0, 1));
  return is_between(concat(before, within, behind), before.size(), before.size() + within.size());
}

}  // namespace conu
