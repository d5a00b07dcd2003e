// The environment that assemble gets.
#include "s2i/environment.h"

#include "check.h"
#include "temporary_folder.h"

using namespace conu;

static std::string joined(const std::vector<std::string> &items) {
  std::string text;
  for (const std::string &item : items) text += item + "|";
  return text;
}

static std::string environment(const std::string &file, const std::vector<std::string> &words = {}) {
  std::vector<std::string> warnings;
  S2iOptions options;
  read_s2i_options(words, &options);
  return joined(s2i_environment(file, options, &warnings));
}

TEST(lines_are_taken_as_they_are_but_for_blanks_around_name_and_value) {
  CHECK_EQUAL(environment("A=1\n B = two words \n# C=3\nQUOTED=\"a b\"\nexport X=1\nDOLLAR=$A\r\n"),
              "A=1|B=two words|QUOTED=\"a b\"|export X=1|DOLLAR=$A|");
}

TEST(lines_without_name_or_value_are_left_out) { CHECK_EQUAL(environment("A\n=1\n\n =x\nB="), "B=|"); }

TEST(only_a_hash_in_the_first_column_begins_a_comment) { CHECK_EQUAL(environment(" #A=1"), "#A=1|"); }

TEST(the_last_of_a_name_wins_and_stands_once) {
  CHECK_EQUAL(environment("A=1\nB=2", {"-e", "A=3", "-e", "C=4", "-e", "A=5"}), "A=5|B=2|C=4|");
}

TEST(a_file_of_variables_comes_last) {
  TemporaryFolder folder;
  std::string path = folder.write("env", "# x\n// y=1\nA=file\nno line\nD=5\n");
  CHECK_EQUAL(environment("A=1", {"-E", path, "-e", "A=2"}), "A=file|D=5|");
}

TEST(what_looks_like_a_mistake_is_a_warning) {
  std::vector<std::string> warnings;
  S2iOptions options;
  read_s2i_options({"-e", "A=1,B=2", "-E", "/nonexistent/env"}, &options);
  s2i_environment({}, options, &warnings);
  CHECK_EQUAL(warnings.size(), 2u);
  CHECK(warnings[0].find("--env") != std::string::npos);
  CHECK(warnings[1].find("/nonexistent/env") != std::string::npos);
}

int main() { return check::run_all("s2i/environment"); }
