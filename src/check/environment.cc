// Variables of an image in the texts of checks.
#include "check/environment.h"

namespace conu {

static size_t name_end(std::string_view text, size_t begin) {
  const char *first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  const char *further = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  if (text.substr(begin, 1).find_first_of(first) != 0) return begin;
  return std::min(text.find_first_not_of(further, begin), text.size());
}

std::string substituted(std::string_view text, const Environment &environment, Words *unknown) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    size_t dollar = std::min(text.find('$', at), text.size());
    result += text.substr(at, dollar - at);
    at = dollar;
    if (dollar == text.size()) break;
    bool has_braces = text.substr(dollar + 1, 1) == "{";
    size_t begin = dollar + (has_braces ? 2 : 1), end = name_end(text, begin);
    bool is_variable = end > begin && (!has_braces || text.substr(end, 1) == "}");
    size_t behind = is_variable ? end + (has_braces ? 1 : 0) : dollar + 1;
    std::string name(text.substr(begin, end - begin));
    auto found = environment.find(name);
    bool is_known = is_variable && found != environment.end();
    if (is_known)
      result += found->second;
    else
      result += text.substr(dollar, behind - dollar);
    if (is_variable && !is_known && unknown != nullptr) unknown->push_back(name);
    at = behind;
  }
  return result;
}

}  // namespace conu
