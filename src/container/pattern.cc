// What lines of logs and other texts are searched for.
#include "container/pattern.h"

#include <algorithm>
#include <charconv>
#include <locale>
#include <vector>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// A match takes time and memory in proportion to both: within these it is fast enough for any log.
static const size_t longest_pattern = 4096, longest_line = 16 << 10;
static const size_t deepest_group = 100;  // each takes stack, of which a thread may have little

// The place of the ] that ends a class.
static size_t end_of_class(std::string_view text, size_t begin) {
  size_t i = begin + 1;
  while (i < text.size() && text[i] != ']') {
    bool is_named = text[i] == '[' && i + 1 < text.size() && std::string_view(":.=").find(text[i + 1]) != text.npos;
    size_t end = is_named ? text.find(concat(text.substr(i + 1, 1), "]"), i + 2) : text.npos;
    i = end != text.npos ? end + 2 : i + (text[i] == '\\' ? 2 : 1);
  }
  return i;
}

// The larger number of a repetition such as {2,5}.
static size_t times_in(std::string_view repetition) {
  size_t largest = 0;
  for (std::string_view part : split(repetition.substr(1), ',')) {
    size_t times = 0;
    bool fits = std::from_chars(part.data(), part.data() + part.size(), times).ec != std::errc::result_out_of_range;
    largest = std::max(largest, fits ? times : SIZE_MAX);
  }
  return largest;
}

// Why a match would take too much; empty if it does not. What is no expression at all is left to std::regex.
static std::string trouble_with_cost(std::string_view text) {
  const std::string too_long =
      concat("it has more than ", decimal(longest_pattern), " characters, its repetitions written out");
  std::vector<size_t> lengths = {0};  // of the groups that are open, the outermost being the whole
  size_t last = 0;                    // of what a repetition repeats
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '(') {
      std::string_view group = text.substr(i);
      if (group.starts_with("(?=") || group.starts_with("(?!")) return "it looks ahead, at each place anew";
      lengths.push_back(0);
      if (lengths.size() > deepest_group) return "its groups are nested too deeply";
      continue;
    }
    bool refers_back = c == '\\' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
    if (refers_back) return "it refers back to a group";
    size_t before = 0;  // of what this changes the length of
    if (c == ')' && lengths.size() > 1) {
      last = lengths.back() + 1;
      lengths.pop_back();
    } else if (c == '{') {
      size_t end = std::min(text.find('}', i), text.size()), times = times_in(text.substr(i, end - i));
      if (times > longest_pattern) return too_long;
      before = last;
      last *= times;
      i = end;
    } else if (c == '*' || c == '+' || c == '?') {
      before = last++;
    } else {
      if (c == '[') i = end_of_class(text, i);
      if (c == '\\') i++;
      last = 1;
    }
    lengths.back() += last - before;
    if (lengths.back() > longest_pattern) return too_long;
  }
  return "";
}

// Whatever locale the program has set. What libstdc++ keeps beside it of how characters are narrowed is filled before
// threads can meet in it.
static const std::locale &plain_locale() {
  static const std::locale &plain = []() -> const std::locale & {
    const char blank = ' ';
    char narrowed;
    std::use_facet<std::ctype<char>>(std::locale::classic()).narrow(&blank, &blank + 1, ' ', &narrowed);
    return std::locale::classic();
  }();
  return plain;
}

static std::regex compiled(const std::string &text, bool has_case) {
  using namespace std::regex_constants;
  std::regex expression;
  expression.imbue(plain_locale());
  expression.assign(text, ECMAScript | nosubs | __polynomial | (has_case ? syntax_option_type{} : icase));
  return expression;
}

Pattern::Pattern(const std::string &text) : text_(text) {
  auto reject = [&](const std::string &why) {
    throw_failure(Code::invalid_argument,
                  {"the pattern ", in_quotes(excerpt(text)), " is no regular expression: ", why},
                  text.find("(?") != text.npos ? "of what begins with (? there are (?: and, before all else, (?i)"
                                               : "put a backslash before what is meant as it stands: ^$\\.*+?()[]{}|");
  };
  if (text.empty()) reject("it is empty");
  if (text.size() > longest_pattern) reject(concat("it is longer than ", decimal(longest_pattern), " characters"));
  if (text.find_first_of("^$\\.*+?()[]{}|") == text.npos) return;
  if (std::string trouble = trouble_with_cost(text); !trouble.empty())
    throw_failure(Code::invalid_argument,
                  {"the pattern ", in_quotes(excerpt(text)), " could take too much to match: ", trouble},
                  "look for less, or for several simpler patterns");
  try {
    const std::string_view in_any_case = "(?i)";
    bool has_case = !text.starts_with(in_any_case);
    std::string bare = has_case ? text : text.substr(in_any_case.size());
    compiled(bare, has_case);
    // To match the whole line takes one pass over it; to search takes one from each place.
    expression_ = compiled(concat("[\\s\\S]*(?:", bare, ")[\\s\\S]*"), has_case);
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
