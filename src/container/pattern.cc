// What lines of logs and other texts are searched for.
#include "container/pattern.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// A match takes time and memory in proportion to both: within these it is fast enough for any log.
static const size_t longest_pattern = 4096, longest_line = 16 << 10;

Pattern::Pattern(const std::string &text) : text_(text) {
  auto reject = [&](const std::string &why) {
    throw_failure(Code::invalid_argument,
                  {"the pattern ", in_quotes(excerpt(text)), " is no regular expression: ", why},
                  "put a backslash before what is meant as it stands: ^$\\.*+?()[]{}|");
  };
  if (text.empty()) reject("it is empty");
  if (text.size() > longest_pattern) reject(concat("it is longer than ", decimal(longest_pattern), " characters"));
  if (text.find_first_of("^$\\.*+?()[]{}|") == text.npos) return;
  using namespace std::regex_constants;
  try {
    const auto syntax = ECMAScript | nosubs | __polynomial;
    std::regex alone(text, syntax);
    // To match the whole line takes one pass over it; to search takes one from each place.
    expression_.emplace(concat("[\\s\\S]*(?:", text, ")[\\s\\S]*"), syntax);
  } catch (const std::regex_error &error) {
    reject(error.what());
  }
}

bool Pattern::is_in(std::string_view line) const {
  if (!expression_) return line.find(text_) != line.npos;
  line = line.substr(0, longest_line);
  return std::regex_match(line.begin(), line.end(), *expression_);
}

bool Pattern::is_in_part(std::string_view text, size_t begin, size_t end) const {
  if (!expression_) return text.substr(begin, end - begin).find(text_) != text.npos;
  auto flags = std::regex_constants::match_default;
  if (begin > 0) flags |= std::regex_constants::match_prev_avail | std::regex_constants::match_not_bol;
  if (end < text.size()) flags |= std::regex_constants::match_not_eol | std::regex_constants::match_not_eow;
  return std::regex_match(text.data() + begin, text.data() + end, *expression_, flags);
}

}  // namespace conu
