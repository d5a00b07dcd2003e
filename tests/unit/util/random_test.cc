// Random text.
#include "util/random.h"

#include <set>

#include "check.h"

using namespace conu;

TEST(a_random_string_has_the_length_that_was_asked_for_and_lower_case_letters_only) {
  for (size_t size : {size_t(0), size_t(1), size_t(10), size_t(256), size_t(1000)}) {
    std::string text = random_string(size);
    CHECK_EQUAL(text.size(), size);
    CHECK(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == text.npos);
  }
}

TEST(random_strings_use_all_letters_and_are_never_the_same) {
  std::string text = random_string(2000);
  CHECK_EQUAL(std::set<char>(text.begin(), text.end()).size(), size_t(26));
  CHECK(random_string(20) != random_string(20));
}

int main() { return check::run_all("random"); }
