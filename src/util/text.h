// Text: how parameters take it, and small helpers: putting together, splitting, trimming, encodings.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conu {

// A std::string_view whose constructor is always inlined: the length of a literal is then known when it is compiled. In
// code compiled for size std::string_view(const char *) is a call that counts characters.
class Text : public std::string_view {
 public:
  constexpr Text() = default;
  constexpr Text(const char *text, size_t size) : std::string_view(text, size) {}
  constexpr Text(std::string_view text) : std::string_view(text) {}
  [[gnu::always_inline]] Text(const char *text) : std::string_view(text, __builtin_strlen(text)) {}
  [[gnu::always_inline]] Text(const std::string &text) : std::string_view(text.data(), text.size()) {}
};

std::string concatenated(std::initializer_list<Text> parts);

// The parts one after the other. One call and one allocation, where each + of std::string is inlined with both its
// operands' fates: with + the library is a tenth larger.
template <typename... Parts>
std::string concat(const Parts &...parts) {
  return concatenated({Text(parts)...});
}

std::string decimal(int64_t number);
// What digits, and nothing but digits, say; nothing for any other text and for what no int64_t holds.
std::optional<int64_t> number_in(std::string_view text, int base = 10);
int port_in(std::string_view text);  // a number from 1 to 65535; 0 for any other text

// A list of texts, for the words of a command. A braced list of std::string is three times the code.
std::vector<std::string> words(std::initializer_list<Text> list);

std::string_view trimmed(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
bool is_hex(std::string_view text);  // lower case, not empty
std::string lower_case(std::string_view text);

// What may stand in a path segment or a query value of a URL: everything but unreserved characters, and those in
// `kept`, as %XX.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

// Of a URL, the other way. What is no %XX stands for itself.
std::string percent_decoded(std::string_view text);
// Text that may have URLs in it, without their users and passwords; of ssh:// the user stays.
std::string without_credentials(std::string_view text);

std::string base64(std::string_view bytes);
std::string base64_url(std::string_view bytes);  // with padding, as the engines want it in X-Registry-Auth
bool base64_decode(std::string_view text, std::string *bytes);

// Bytes as valid UTF-8 without NUL: what is neither becomes U+FFFD.
std::string as_utf8(std::string_view bytes);

// The characters of UTF-8 text; a byte that is part of none becomes a number of its own beyond Unicode.
std::u32string code_points(std::string_view text);

// At most `limit` bytes of a text that someone else wrote, fit to stand in a message: one line, valid UTF-8.
std::string excerpt(Text text, size_t limit = 300);
std::string in_quotes(Text text);  // an excerpt between double quotes

}  // namespace conu
