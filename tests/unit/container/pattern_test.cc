// What a line of a log is searched for.
#include "container/pattern.h"

#include "check.h"
#include "util/failure.h"

using namespace conu;

TEST(plain_text_is_found_anywhere) {
  CHECK(Pattern("ready").is_in("it is ready now"));
  CHECK(!Pattern("ready").is_in("it is Ready now"));
  CHECK(Pattern("a b").is_in(std::string_view("\0x a b", 6)));
  CHECK(Pattern("\xff").is_in("a\xff z"));
  for (const char *text : {"ready", "a b", "é", "\xff"}) CHECK(Pattern(text).is_plain());
}

TEST(an_expression_is_found_anywhere_but_where_it_is_anchored) {
  CHECK(Pattern("\\d+ requests?").is_in("served 12 request"));
  CHECK(Pattern("^ready$").is_in("ready"));
  CHECK(!Pattern("^ready$").is_in("not ready"));
  CHECK(Pattern("(a|b)\\.c").is_in("xb.c"));
  CHECK(!Pattern("a\\.c").is_in("abc"));
  CHECK(Pattern("\\bb+?\\b").is_in("a bb\tc"));
  CHECK(Pattern("[[:alpha:]]\\x{1f600}").is_in("a😀"));
}

TEST(letters_are_of_either_case_where_the_expression_says_so) {
  CHECK(Pattern("(?i)READY to").is_in("it is Ready To go"));
  CHECK(Pattern("(?i)[a-c]+$").is_in("ABC"));
  CHECK(!Pattern("(?i)^b").is_in("ab"));
  CHECK(Pattern("a(?i)b").is_in("aB"));
  CHECK(!Pattern("a(?i:b)c").is_in("ABC"));
  CHECK(Pattern("(?i)GRÜN$").is_in("grün"));
}

TEST(the_ends_are_those_of_the_text_and_not_of_its_lines_or_parts) {
  CHECK(!Pattern("^b").is_in("a\nb"));
  CHECK(!Pattern("a$").is_in("a\n"));
  CHECK(Pattern("(?m)^b$").is_in("a\nb\nc"));
  CHECK(!Pattern("a.b").is_in("a\nb"));
  CHECK(Pattern("(?s)a.b").is_in("a\nb"));
  for (std::string_view text : {"abc", "äbc",
                                "\xff"
                                "b\xff"}) {
    size_t begin = text.find('b');
    CHECK(Pattern("b|x*y").is_in_part(text, begin, begin + 1));
    for (const char *pattern : {"^b", "b$", "^b$", "\\Ab", "b\\z"}) {
      CHECK(!Pattern(pattern).is_in_part(text, begin, begin + 1));
      CHECK(Pattern(pattern).is_in_part("b", 0, 1));
    }
    CHECK(!Pattern("bc|\\x{fffd}").is_in_part(text, begin, begin + 1));  // nor is what lies beyond them matched
  }
  CHECK(!Pattern("\\bb").is_in_part("ab", 1, 2));
  CHECK(Pattern("\\bb").is_in_part(" b", 1, 2));
  CHECK(Pattern("é\\b").is_in_part("éa", 0, 2));  // \b knows the letters of ASCII
  CHECK(!Pattern("é\\b").is_in_part("é a", 0, 2));
  CHECK(Pattern("^$").is_in(""));
  CHECK(!Pattern("^$").is_in_part("a", 1, 1));
}

TEST(a_text_is_utf8_and_bytes_that_are_none_are_characters_of_their_own) {
  CHECK(Pattern("^.$").is_in("é"));
  CHECK(Pattern("é+$").is_in("éé"));
  CHECK(Pattern("^[^é]$").is_in("à"));
  CHECK(Pattern("\\p{Greek}").is_in("Ω"));
  CHECK(Pattern("start.*ready").is_in("start \xff\xfe ready"));
  CHECK(Pattern("^..ready$").is_in("\xff\xe2ready"));
  CHECK(Pattern("^[^a]$").is_in("\xff"));
  CHECK(Pattern("é.ready").is_in("é\xc3ready"));
  CHECK(!Pattern("^.$").is_in("\xff\xff"));
  CHECK(Pattern("a\\x00b").is_in(std::string_view("a\0b", 3)));
  CHECK_FAILS(Pattern("\xff.*"), Code::invalid_argument, "is no regular expression: invalid UTF-8");
}

TEST(what_is_no_expression_is_refused) {
  for (const char *wrong : {"", "(", "[a", "*", "a**", "(?", "a)", "\\", "\\y", "[z-a]", "[[:x:]]", "a(?P<n"})
    CHECK_FAILS(Pattern(wrong), Code::invalid_argument, "is no regular expression");
  CHECK_FAILS(Pattern("a("), Code::invalid_argument, "missing ): a(");
  CHECK_FAILS(Pattern(std::string(5000, 'a')), Code::invalid_argument, "longer than 4096");
  CHECK_FAILS(Pattern("(?i)("), Code::invalid_argument, "is no regular expression");
}

TEST(look_around_and_back_references_are_refused) {
  for (const char *around : {"(?=.*a)x", "a(?!b)", "(?<=a)b", "(?<!a)b"})
    CHECK_FAILS(Pattern(around), Code::invalid_argument, "invalid perl operator: (?");
  for (const char *plain : {"\\(?=", "[(?=]a", "[^\\](?=]a", "(?:a)=", "(a?)=b"}) CHECK(!Pattern(plain).is_in("x"));
  CHECK_FAILS(Pattern("(a)\\1"), Code::invalid_argument, "invalid escape sequence: \\1");
}

TEST(no_line_takes_for_ever_or_overflows_the_stack) {
  std::string line(1 << 20, 'a');
  CHECK(!Pattern("(a+)+b").is_in(line));
  CHECK(Pattern("(a|aa)*$").is_in(line));
  CHECK(!Pattern("^(.*,){10}x").is_in(std::string(1 << 16, ',')));
  CHECK(!Pattern("(a|b)*a(a|b){500}c").is_in_part(line, 0, 1 << 16));
  CHECK(Pattern(std::string(900, '(') + "a" + std::string(900, ')')).is_in(line));
}

TEST(no_pattern_takes_memory_out_of_proportion) {
  for (const char *large : {"(a?){5000}", "((a{20}){20}){20}", "a*{9999}", "(a{2,3000}|b{2000}){1,}"})
    CHECK_FAILS(Pattern(large), Code::invalid_argument, "repetition");
  CHECK_FAILS(Pattern("\\pL{1000}"), Code::invalid_argument, "pattern too large");
  CHECK(Pattern("^(\\d{1,3}\\.){3}\\d{1,3}$").is_in("127.0.0.1"));
  CHECK(Pattern("[[:digit:]]{1000}x{2,}").is_in(std::string(1000, '1') + "xx"));
  CHECK(Pattern("\\{5000}").is_in("{5000}"));
  CHECK(Pattern("a{99999999999999999999}").is_in("a{99999999999999999999}"));  // no number at all
  CHECK(Pattern("(ab|c{2}){100}").is_in(std::string(150, 'c') + std::string(50, 'c')));
}

int main() { return check::run_all("pattern"); }
