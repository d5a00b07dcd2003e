// Values as the options of `docker run` write them: numbers, sizes, durations, addresses, lists.
#include "container/run_values.h"

#include <arpa/inet.h>

#include <charconv>
#include <filesystem>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- numbers ---------------------------------------------------------------------------------------------------------

// All of the text, in the base; false if it is anything else, a sign included.
static bool read_digits(std::string_view text, int base, uint64_t *number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number, base);
  return error == std::errc() && end == text.data() + text.size();
}

int64_t read_integer(std::string_view text, int64_t smallest, int64_t largest) {
  std::string_view digits = text;
  bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    std::string prefix = lower_case(digits.substr(0, 2));
    base = prefix == "0x" ? 16 : prefix == "0b" ? 2 : 8;
    digits.remove_prefix(base != 8 || prefix == "0o" ? 2 : 1);
  }
  uint64_t magnitude = 0;
  if (!read_digits(digits, base, &magnitude)) throw BadValue{"is no whole number", ""};
  const uint64_t most = std::numeric_limits<int64_t>::max();
  if (magnitude > most + (negative ? 1 : 0)) throw BadValue{"is too large a number", ""};
  int64_t number = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  if (number < smallest || number > largest)
    throw BadValue{concat("is not between ", decimal(smallest), " and ", decimal(largest)), ""};
  return number;
}

// The decimal number that the text begins with, digits and perhaps a point, which is then taken off the text.
static bool take_decimal(std::string_view *text, double *number) {
  size_t length = text->find_first_not_of("0123456789.");
  if (length == text->npos) length = text->size();
  auto [end, error] = std::from_chars(text->data(), text->data() + length, *number, std::chars_format::fixed);
  bool whole = error == std::errc() && end == text->data() + length;
  text->remove_prefix(length);
  return whole;
}

int64_t read_size(std::string_view text) {
  const BadValue no_size{"is no size", "a size is a number with one of the units b, k, m, g, t, p, such as 64m"};
  double size = 0;
  if (!take_decimal(&text, &size)) throw no_size;
  if (text.starts_with(' ')) text.remove_prefix(1);
  std::string unit = lower_case(text);
  const std::string_view units = "kmgtp";
  size_t power = unit.empty() ? units.npos : units.find(unit[0]);
  if (power != units.npos) {
    for (size_t i = 0; i <= power; i++) size *= 1024;
    unit.erase(0, 1);
  }
  if (unit != "" && unit != "b" && unit != "i" && unit != "ib") throw no_size;
  if (size >= 0x1p63) throw BadValue{"is too large a size", ""};
  return static_cast<int64_t>(size);
}

int64_t read_duration(std::string_view text) {
  const BadValue no_duration{"is no duration", "a duration is a number with a unit, such as 500ms, 30s, 1m30s"};
  const std::pair<std::string_view, double> units[] = {{"ns", 1},   {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3},
                                                       {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},      {"h", 3600e9}};
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) throw no_duration;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    if (!take_decimal(&text, &number)) throw no_duration;
    std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    double nanoseconds = 0;
    for (const auto &[name, length] : units)
      if (unit == name) nanoseconds = length;
    if (nanoseconds == 0) throw no_duration;
    total += number * nanoseconds;
    text.remove_prefix(unit.size());
  }
  if (total >= 0x1p63) throw BadValue{"is too long a duration", ""};
  return static_cast<int64_t>(negative ? -total : total);
}

// Digits with at most nine behind the point.
static bool read_billionths(std::string_view text, uint64_t *number) {
  size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  std::string decimals(point == text.npos ? "" : text.substr(point + 1));
  while (decimals.ends_with('0')) decimals.pop_back();
  if (text.empty() || text == "." || digits.size() > 9 || decimals.size() > 9) return false;
  decimals.resize(9, '0');
  return read_digits(concat(digits, decimals), 10, number);
}

int64_t read_cpus(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  size_t slash = text.find('/');
  uint64_t number = 0;
  uint64_t divisor = 1;
  bool good = read_billionths(text.substr(0, slash), &number);
  if (slash != text.npos) good = good && read_digits(text.substr(slash + 1), 10, &divisor) && divisor > 0;
  if (!good || number % divisor != 0)
    throw BadValue{"is no number of processors", "such as 2 or 0.5, with at most nine digits behind the point"};
  int64_t billionths = static_cast<int64_t>(number / divisor);
  return negative ? -billionths : billionths;
}

// --- addresses and texts ---------------------------------------------------------------------------------------------

std::string read_address(std::string_view text) {
  std::string address(trimmed(text));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  unsigned char bytes[sizeof(in6_addr)];
  char normal[INET6_ADDRSTRLEN];
  for (int family : {AF_INET, AF_INET6})
    if (inet_pton(family, address.c_str(), bytes) == 1) return inet_ntop(family, bytes, normal, sizeof normal);
  throw BadValue{concat("has ", in_quotes(text), " where an IP address should be"), ""};
}

bool is_ipv4(const std::string &address) { return address.find(':') == std::string::npos; }

std::vector<std::string> read_fields(const std::string &text) {
  const BadValue no_list{"is no list of comma-separated values", ""};
  if (text.empty() || text.find_first_of("\r\n") != text.npos) throw no_list;
  std::vector<std::string> fields;
  size_t next = 0;
  while (true) {
    std::string field;
    if (next < text.size() && text[next] == '"') {
      next++;
      while (true) {
        size_t quote = text.find('"', next);
        if (quote == text.npos) throw no_list;
        field += text.substr(next, quote - next);
        next = quote + 1;
        if (next >= text.size() || text[next] != '"') break;
        field += text[next++];  // two quotes stand for one
      }
      if (next < text.size() && text[next] != ',') throw no_list;
    } else {
      size_t end = std::min(text.find(',', next), text.size());
      field = text.substr(next, end - next);
      if (field.find('"') != field.npos) throw no_list;
      next = end;
    }
    fields.push_back(field);
    if (next >= text.size()) return fields;
    next++;
  }
}

std::pair<std::string, std::string> key_and_value(const std::string &text) {
  size_t equals = text.find('=');
  if (equals == text.npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

bool has_value(const std::string &text) { return text.find('=') != text.npos; }

std::string from_working_folder(const std::string &path) {
  std::error_code error;
  std::string absolute = std::filesystem::absolute(path, error).lexically_normal();
  if (error) throw_system_failure({"cannot find the working folder for ", in_quotes(path)}, error.value());
  if (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

// --- documents -------------------------------------------------------------------------------------------------------

Json member(Json parent, Text key, const Json &fresh) {
  if (!parent[key]) parent.set(key, fresh);
  return parent[key];
}

Json texts(const std::vector<std::string> &items) {
  Json list = Json::array();
  for (const std::string &item : items) list.append(Json::string(item));
  return list;
}

}  // namespace conu
