// Small helpers for text: splitting, trimming, encodings.
#include "util/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace conu {

std::string concatenated(std::initializer_list<Text> parts) {
  size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (std::string_view part : parts) text += part;
  return text;
}

std::vector<std::string> words(std::initializer_list<Text> list) {
  std::vector<std::string> words;
  for (const Text &word : list) words.emplace_back(word);
  return words;
}

std::string decimal(int64_t number) { return std::to_string(number); }

std::optional<int64_t> number_in(std::string_view text, int base) {
  int64_t number = 0;
  const char *end = text.data() + text.size();
  auto [read_end, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || read_end != end || text.starts_with('-')) return std::nullopt;
  return number;
}

int port_in(std::string_view text) {
  int64_t number = number_in(text).value_or(0);
  return number <= 65535 ? static_cast<int>(number) : 0;
}

std::string_view trimmed(std::string_view text) {
  const char *space = " \t\r\n";
  auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_hex(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789abcdef") == text.npos; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char &c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string percent_encoded(std::string_view text, std::string_view kept) {
  static const char hex[] = "0123456789ABCDEF";
  auto is_kept = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~' || kept.find(c) != kept.npos;
  };
  std::string encoded;
  encoded.reserve(text.size());
  for (auto at = text.begin(); at != text.end();) {
    auto end = std::find_if_not(at, text.end(), is_kept);
    encoded.append(at, end);
    if (end == text.end()) break;
    auto c = static_cast<unsigned char>(*end);
    encoded.append({'%', hex[c >> 4], hex[c & 15]});
    at = end + 1;
  }
  return encoded;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    auto code = text[0] == '%' && text.size() > 2 ? number_in(text.substr(1, 2), 16) : std::nullopt;
    decoded += code ? static_cast<char>(*code) : text[0];
    text.remove_prefix(code ? 3 : 1);
  }
  return decoded;
}

std::string without_credentials(std::string_view text) {
  std::string clean;
  for (size_t scheme = text.find("://"); scheme != text.npos; scheme = text.find("://")) {
    bool is_ssh = text.substr(0, scheme).ends_with("ssh");
    clean += text.substr(0, scheme + 3);
    text.remove_prefix(scheme + 3);
    std::string_view authority = text.substr(0, text.find_first_of("/ \t\r\n'\""));
    size_t at = authority.rfind('@');
    if (at == authority.npos) continue;
    if (is_ssh) clean += concat(authority.substr(0, std::min(at, authority.find(':'))), "@");
    text.remove_prefix(at + 1);
  }
  return clean.append(text);
}

static std::string base64_with(std::string_view bytes, const char *alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t given = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++) group = group << 8 | (k < given ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; k++) text += k <= given ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

static const char standard_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64(std::string_view bytes) { return base64_with(bytes, standard_alphabet); }
std::string base64_url(std::string_view bytes) { return base64_with(bytes, url_alphabet); }

bool base64_decode(std::string_view text, std::string *bytes) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  bytes->clear();
  uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    auto value = std::string_view(standard_alphabet).find(c);
    if (value == std::string_view::npos) return false;
    group = group << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *bytes += static_cast<char>(group >> bits & 0xff);
    }
  }
  return true;
}

// The length of the valid UTF-8 sequence that `text` begins with, 0 if there is none (RFC 3629).
static size_t utf8_sequence(std::string_view text) {
  auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](size_t i) { return (at(i) & 0xc0) == 0x80; };
  unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xe0 && at(1) < 0xa0) return 0;
    if (first == 0xed && at(1) > 0x9f) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xf0 && at(1) < 0x90) return 0;
    if (first == 0xf4 && at(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

std::string as_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    size_t length = bytes[0] == '\0' ? 0 : utf8_sequence(bytes);
    if (length > 0) {
      text += bytes.substr(0, length);
    } else {
      text += "\xef\xbf\xbd";
      length = 1;
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) {
    size_t length = utf8_sequence(text);
    auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      points += static_cast<char32_t>(0x110000 + first);
      length = 1;
    } else {
      char32_t point = length == 1 ? first : first & (0x7f >> length);
      for (size_t i = 1; i < length; i++) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
      points += point;
    }
    text.remove_prefix(length);
  }
  return points;
}

std::string excerpt(Text text, size_t limit) {
  text = trimmed(text);
  bool cut = text.size() > limit;
  std::string line = as_utf8(text.substr(0, limit));
  for (char &c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return cut ? concat(line, " …") : line;
}

std::string in_quotes(Text text) { return concat("\"", excerpt(text), "\""); }

}  // namespace conu
