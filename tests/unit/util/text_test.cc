// Splitting, trimming and encodings.
#include "util/text.h"

#include "check.h"

using namespace conu;

static const std::string replacement = "\xef\xbf\xbd";

TEST(white_space_is_trimmed_at_both_ends_only) {
  CHECK_EQUAL(trimmed(" \t\r\na b\n "), "a b");
  CHECK_EQUAL(trimmed("a"), "a");
  CHECK_EQUAL(trimmed(" \n"), "");
  CHECK_EQUAL(trimmed(""), "");
}

TEST(splitting_keeps_empty_parts) {
  CHECK_EQUAL(split("", ',').size(), 1u);
  CHECK_EQUAL(split("a", ',').size(), 1u);
  std::vector<std::string_view> parts = split(",a,,b,", ',');
  CHECK((parts == std::vector<std::string_view>{"", "a", "", "b", ""}));
}

TEST(a_number_is_digits_and_nothing_else) {
  CHECK_EQUAL(number_in("0").value_or(-1), 0);
  CHECK_EQUAL(number_in("007").value_or(-1), 7);
  CHECK_EQUAL(number_in("17", 8).value_or(-1), 15);
  CHECK_EQUAL(number_in("9223372036854775807").value_or(-1), INT64_MAX);
  for (const char *text : {"", "-1", "-0", "+1", " 1", "1 ", "1a", "0x1", "9223372036854775808"})
    CHECK(!number_in(text).has_value());
  CHECK_EQUAL(port_in("65535"), 65535);
  for (const char *text : {"", "0", "65536", "-1", "80/tcp"}) CHECK_EQUAL(port_in(text), 0);
}

TEST(hexadecimal_is_lower_case_and_not_empty) {
  CHECK(is_hex("0123456789abcdef"));
  CHECK(!is_hex(""));
  CHECK(!is_hex("A"));
  CHECK(!is_hex("g"));
}

TEST(lower_case_changes_ascii_letters_only) { CHECK_EQUAL(lower_case("AbZ[@\xc3\x84"), "abz[@\xc3\x84"); }

TEST(urls_are_encoded_but_for_unreserved_characters) {
  CHECK_EQUAL(percent_encoded("aZ0-._~"), "aZ0-._~");
  CHECK_EQUAL(percent_encoded("a/b:c@d e+f%"), "a%2Fb%3Ac%40d%20e%2Bf%25");
  CHECK_EQUAL(percent_encoded(std::string("\0\xff", 2)), "%00%FF");
}

TEST(what_is_encoded_is_decoded_and_the_rest_stays) {
  CHECK_EQUAL(percent_decoded("/a%20b/%C3%a4%"), "/a b/\xc3\xa4%");
  CHECK_EQUAL(percent_decoded("%zz%2"), "%zz%2");
}

TEST(urls_are_shown_without_their_passwords) {
  CHECK_EQUAL(without_credentials("https://user:secret@host/x"), "https://host/x");
  CHECK_EQUAL(without_credentials("fatal: 'https://token@host/x' and http://a:b@c not found"),
              "fatal: 'https://host/x' and http://c not found");
  CHECK_EQUAL(without_credentials("ssh://git:secret@host/x"), "ssh://git@host/x");
  CHECK_EQUAL(without_credentials("git@host:x https://host/a@b"), "git@host:x https://host/a@b");
}

TEST(base64_is_written_as_rfc_4648_has_it) {
  const char *table[][2] = {{"", ""},
                            {"f", "Zg=="},
                            {"fo", "Zm8="},
                            {"foo", "Zm9v"},
                            {"foob", "Zm9vYg=="},
                            {"fooba", "Zm9vYmE="},
                            {"foobar", "Zm9vYmFy"}};
  for (const auto &row : table) {
    CHECK_EQUAL(base64(row[0]), row[1]);
    CHECK_EQUAL(base64_url(row[0]), row[1]);
    std::string bytes;
    CHECK(base64_decode(row[1], &bytes));
    CHECK_EQUAL(bytes, row[0]);
  }
  CHECK_EQUAL(base64("\xfb\xff\xfe"), "+//+");
  CHECK_EQUAL(base64_url("\xfb\xff\xfe"), "-__-");
}

TEST(every_byte_survives_base64) {
  std::string all;
  for (int i = 0; i < 256; i++) all += static_cast<char>(i);
  for (size_t length = 0; length <= all.size(); length++) {
    std::string bytes = all.substr(0, length), decoded;
    CHECK(base64_decode(base64(bytes), &decoded));
    CHECK(decoded == bytes);
    CHECK(base64_decode(base64_url(bytes), &decoded));
    CHECK(decoded == bytes);
  }
}

TEST(base64_refuses_what_is_no_base64) {
  std::string bytes;
  for (const char *text : {"Zg==Zg==", "Z g", "Zg%3D", "\xc3\xa4", "Zm9v\n"}) CHECK(!base64_decode(text, &bytes));
}

TEST(valid_utf8_stays_and_the_rest_is_replaced) {
  for (const char *valid :
       {"", "abc", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xb3", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK_EQUAL(as_utf8(valid), valid);
  const std::vector<std::string> invalid = {
      "\x80",  // a continuation without a beginning
      "\xc3",  // a beginning without a continuation
      "\xff",
      std::string(1, '\0'),
  };
  for (const std::string &bytes : invalid) CHECK_EQUAL(as_utf8("a" + bytes + "b"), "a" + replacement + "b");
  CHECK_EQUAL(as_utf8("\xc0\xaf"), replacement + replacement);                    // overlong
  CHECK_EQUAL(as_utf8("\xed\xa0\x80"), replacement + replacement + replacement);  // a surrogate
  CHECK_EQUAL(as_utf8("\xe2\x82"), replacement + replacement);                    // cut off
}

TEST(code_points_are_decoded_and_stray_bytes_kept_apart) {
  CHECK(code_points("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3") == U"a\u00e4\u20ac\U0001f433");
  CHECK(code_points("\xff"
                    "a\xc3") == (std::u32string{0x1100ff, 'a', 0x1100c3}));
  CHECK(code_points(std::string(1, '\0')) == std::u32string(1, U'\0'));
  CHECK(code_points("").empty());
}

TEST(an_excerpt_is_one_line_of_limited_length) {
  CHECK_EQUAL(excerpt(" a\nb\t\x01"
                      "c "),
              "a b  c");
  CHECK_EQUAL(excerpt("abcdef", 3), "abc …");
  CHECK_EQUAL(excerpt("abc", 3), "abc");
  CHECK_EQUAL(excerpt("a\xc3\xa4", 2), "a" + replacement + " …");
  CHECK_EQUAL(in_quotes("a\nb"), "\"a b\"");
}

int main() { return check::run_all("text"); }
