// What a line of a log is searched for.
#include "container/pattern.h"

#include "check.h"
#include "util/failure.h"

using namespace conu;

TEST(plain_text_is_found_anywhere) {
  CHECK(Pattern("ready").is_in("it is ready now"));
  CHECK(!Pattern("ready").is_in("it is Ready now"));
  CHECK(Pattern("a b").is_in(std::string_view("\0x a b", 6)));
}

TEST(an_expression_is_found_anywhere_but_where_it_is_anchored) {
  CHECK(Pattern("\\d+ requests?").is_in("served 12 request"));
  CHECK(Pattern("^ready$").is_in("ready"));
  CHECK(!Pattern("^ready$").is_in("not ready"));
  CHECK(Pattern("(a|b)\\.c").is_in("xb.c"));
  CHECK(!Pattern("a\\.c").is_in("abc"));
}

TEST(letters_are_of_either_case_where_the_expression_says_so_at_its_beginning) {
  CHECK(Pattern("(?i)READY to").is_in("it is Ready To go"));
  CHECK(Pattern("(?i)[a-c]+$").is_in("ABC"));
  CHECK(!Pattern("(?i)^b").is_in("ab"));
  CHECK_FAILS(Pattern("a(?i)b"), Code::invalid_argument, "is no regular expression");
  CHECK_FAILS(Pattern("(?i)("), Code::invalid_argument, "is no regular expression");
}

TEST(what_is_no_expression_is_refused) {
  for (const char *wrong : {"", "(", "a{2", "[a", "*"})
    CHECK_FAILS(Pattern(wrong), Code::invalid_argument, "is no regular expression");
  CHECK_FAILS(Pattern(std::string(5000, 'a')), Code::invalid_argument, "longer than 4096");
}

TEST(no_line_and_no_pattern_takes_for_ever_or_overflows_the_stack) {
  std::string line(1 << 20, 'a');
  CHECK(!Pattern("(a+)+b").is_in(line));
  CHECK(Pattern("(a|aa)*$").is_in(line));
  CHECK(!Pattern("^(.*,){10}x").is_in(std::string(1 << 16, ',')));
}

TEST(what_would_take_time_out_of_proportion_is_refused) {
  // Looking ahead begins anew at each place of the text, and inside of it again.
  for (const char *ahead : {"(?=.*a)(?=.*b)x", "a(?!b)", "(x|(?=(?=.*c).*c))"})
    CHECK_FAILS(Pattern(ahead), Code::invalid_argument, "it looks ahead");
  for (const char *plain : {"\\(?=", "[(?=]a", "[^\\](?=]a", "(?:a)=", "(a?)=b"}) CHECK(!Pattern(plain).is_in("x"));
  for (const char *back : {"(a)\\1", "(a)\\55555555555555555555"})
    CHECK_FAILS(Pattern(back), Code::invalid_argument, "refers back");
  CHECK_FAILS(Pattern(std::string(150, '(') + "a" + std::string(150, ')')), Code::invalid_argument, "nested");
  // A counted repetition is so many copies.
  for (const char *large : {"(a?){5000}", "((a{20}){20}){20}", "a{20}{20}{20}", "(a{2,3000}|b{2000}){1,}", "a*{9999}",
                            "a{1,99999999999999999999}", "a{99999999999999999999"})
    CHECK_FAILS(Pattern(large), Code::invalid_argument, "its repetitions written out");
  CHECK(Pattern("^(\\d{1,3}\\.){3}\\d{1,3}$").is_in("127.0.0.1"));
  CHECK(Pattern("[[:digit:]]{1000}x{2,}").is_in(std::string(1000, '1') + "xx"));
  CHECK(Pattern("\\{5000}").is_in("{5000}"));
  CHECK(Pattern("(ab|c{2}){100}").is_in(std::string(150, 'c') + std::string(50, 'c')));
}

int main() { return check::run_all("pattern"); }
