// Looking for patterns in whole files and outputs.
#include "check/search.h"

#include <algorithm>

#include "loop/loop.h"
#include "util/text.h"

namespace conu {

Task<std::optional<std::string_view>> find_part(const Pattern &pattern, std::string_view text) {
  const size_t size = 64 << 10;
  if (pattern.is_plain()) {
    size_t at = text.find(pattern.text());
    if (at == text.npos) co_return std::nullopt;
    size_t begin = text.rfind('\n', at) == text.npos ? 0 : text.rfind('\n', at) + 1;
    co_return text.substr(begin, at - begin + size);
  }
  for (size_t begin = 0;; begin += size / 2) {
    size_t end = std::min(begin + size, text.size());
    if (pattern.is_in_part(text, begin, end)) co_return text.substr(begin, end - begin);
    if (end == text.size()) co_return std::nullopt;
    co_await sleep_for(0);
  }
}

// The line that has it, where it is on one.
static std::string where(const Pattern &pattern, std::string_view part) {
  for (std::string_view line : split(part, '\n'))
    if (pattern.is_in(line)) return in_quotes(line);
  return in_quotes(part);
}

Task<void> search_for(std::string what, std::string_view text, const std::vector<Pattern> &expected,
                      const std::vector<Pattern> &excluded, CheckResult *result) {
  for (const Pattern &pattern : expected) {
    std::optional<std::string_view> part = co_await find_part(pattern, text);
    if (part) continue;
    std::string found = text.empty() ? " is empty" : concat(" is ", in_quotes(text));
    result->errors.push_back(concat(in_quotes(pattern.text()), " was expected and not found: ", what, found));
  }
  for (const Pattern &pattern : excluded) {
    std::optional<std::string_view> part = co_await find_part(pattern, text);
    if (!part) continue;
    result->errors.push_back(
        concat(in_quotes(pattern.text()), " was found and must not be: ", what, " has ", where(pattern, *part)));
  }
}

}  // namespace conu
