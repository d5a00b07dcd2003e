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

TEST(what_is_no_expression_is_refused) {
  for (const char *wrong : {"", "(", "a{2", "[a", "*", "(a)\\1"})
    CHECK_FAILS(Pattern(wrong), Code::invalid_argument, "is no regular expression");
  CHECK_FAILS(Pattern(std::string(5000, 'a')), Code::invalid_argument, "longer than 4096");
}

TEST(no_line_and_no_pattern_takes_for_ever_or_overflows_the_stack) {
  std::string line(1 << 20, 'a');
  CHECK(!Pattern("(a+)+b").is_in(line));
  CHECK(Pattern("(a|aa)*$").is_in(line));
  CHECK(!Pattern("^(.*,){10}x").is_in(std::string(1 << 16, ',')));
}

int main() { return check::run_all("pattern"); }
