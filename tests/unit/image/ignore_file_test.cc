// The rules of .dockerignore, one by one.
#include "image/ignore_file.h"

#include "check.h"

using namespace conu;

struct Row {
  std::string text, path;
  bool excluded;
};

static void check_rows(const std::vector<Row> &rows) {
  for (const Row &row : rows) {
    bool excluded = IgnoreFile(row.text).excludes(row.path);
    if (excluded != row.excluded) CHECK_EQUAL((excluded ? "excluded " : "kept ") + row.path, "not so, by " + row.text);
  }
}

TEST(an_empty_file_excludes_nothing) {
  for (const char *text : {"", "\n\n", "# only a comment\n", "  \t\r\n", ".", "/", "./", "a/..", "\xef\xbb\xbf"}) {
    CHECK(!IgnoreFile(text).excludes("a"));
    CHECK(!IgnoreFile(text).excludes("a/b"));
    CHECK(!IgnoreFile(text).may_skip_folder("a"));
  }
}

TEST(a_name_excludes_that_path_and_all_below_it) {
  check_rows({{"a", "a", true},
              {"a", "a/b/c", true},
              {"a", "b/a", false},
              {"a", "ab", false},
              {"a/b", "a/b", true},
              {"a/b", "a/b/c", true},
              {"a/b", "a", false},
              {"a/b", "x/a/b", false}});
}

TEST(lines_are_trimmed_and_paths_cleaned) {
  check_rows({{"  a  ", "a", true},
              {"\ta\r", "a", true},
              {"a\r\nb\r\n", "b", true},
              {"/a", "a", true},
              {"a/", "a", true},
              {"//a//b//", "a/b", true},
              {"./a/./b", "a/b", true},
              {"a/../b", "b", true},
              {"a/../b", "a", false},
              {"/../a", "a", true},
              {"../a", "a", false},
              {"\xef\xbb\xbf"
               "a",
               "a", true},
              {"! /a", "a", false}});
}

TEST(a_comment_begins_at_the_first_column) {
  check_rows({{"#a", "#a", false}, {" #a", "#a", true}, {"\\#a", "#a", true}, {"a#b", "a#b", true}});
}

TEST(a_star_and_a_question_mark_stay_within_a_folder) {
  check_rows({{"*", "a", true},
              {"*", ".a", true},
              {"*.go", "a.go", true},
              {"*.go", ".go", true},
              {"*.go", "a/b.go", false},
              {"*/b", "a/b", true},
              {"*/b", "b", false},
              {"*/b", "a/c/b", false},
              {"a*c", "abbc", true},
              {"a*c", "ab/c", false},
              {"*a*b*", "xxaxxbxx", true},
              {"a?c", "abc", true},
              {"a?c", "ac", false},
              {"a?c", "a/c", false},
              {"a?c",
               "a\xc3\xa4"
               "c",
               true},
              {"a?c",
               "a\xff"
               "c",
               true}});
}

TEST(two_stars_cross_folders) {
  check_rows({{"**", "a", true},
              {"**", "a/b", true},
              {"**/a", "a", true},
              {"**/a", "x/y/a", true},
              {"**/a", "xa", false},
              {"**/*.go", "a.go", true},
              {"**/*.go", "x/y/a.go", true},
              {"**/*.go", "x/a.got", false},
              {"a/**", "a/b", true},
              {"a/**", "a/b/c", true},
              {"a/**", "a", false},
              {"a/**", "ab", false},
              {"a/**/b", "a/b", true},
              {"a/**/b", "a/x/y/b", true},
              {"a/**/b", "a/xb", false},
              {"a**/b", "ax/y/b", true},
              {"a**", "a", true},
              {"a**", "abc/d", true},
              {"**/**/a", "x/a", true},
              {"**.txt", "a.txt", true},
              {"**.txt", "x/a.txt", true},
              {"**.txt", "x/a.txts", false},
              {"**a?", "xab", false},
              {"**a?", "x/ab", true}});
}

TEST(classes_match_one_of_their_characters) {
  check_rows({{"[ab]c", "ac", true},
              {"[ab]c", "cc", false},
              {"[a-c]", "b", true},
              {"[a-c]", "d", false},
              {"[^a-c]", "d", true},
              {"[^a-c]", "b", false},
              {"[a-cx-z]", "y", true},
              {"[\\]]", "]", true},
              {"[\\-x]", "-", true},
              {"[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", true},
              {"a]", "a]", true},
              {"x[0-9]*", "x1/y", true}});
}

TEST(a_backslash_takes_the_next_character_as_it_is) {
  check_rows({{"\\*", "*", true},
              {"\\*", "a", false},
              {"\\!a", "!a", true},
              {"a\\?", "a?", true},
              {"\\a", "a", true},
              {"a\\\\b", "a\\b", true},
              {"\\[a]", "[a]", true},
              {"\\[a]", "a", false}});
}

TEST(characters_of_regular_expressions_mean_nothing) {
  check_rows({{"a.b", "a.b", true},
              {"a.b", "axb", false},
              {"a+", "a+", true},
              {"a+", "aa", false},
              {"(a|b)", "a", false},
              {"(a|b)", "(a|b)", true},
              {"a{2}$^", "a{2}$^", true}});
}

TEST(the_last_match_wins) {
  const std::string text = "*.md\n!README*.md\nREADME-secret.md\n";
  check_rows({{text, "a.md", true}, {text, "README.md", false}, {text, "README-secret.md", true}});
  check_rows(
      {{"!a\na", "a", true}, {"a\n!a", "a", false}, {"a\n!a\na", "a", true}, {"!a", "a", false}, {"!a", "b", false}});
}

TEST(an_exception_reaches_into_an_excluded_folder) {
  const std::string text = "docs\n!docs/README.md\n";
  check_rows({{text, "docs", true}, {text, "docs/x", true}, {text, "docs/README.md", false}});
  check_rows(
      {{"*\n!a", "a/b/c", false}, {"*\n!a/b", "a/b/c", false}, {"*\n!a/b", "a/c", true}, {"*\n!**/b", "a/b", false}});
}

TEST(an_exclamation_mark_may_be_doubled_or_stand_inside) {
  check_rows({{"a!b", "a!b", true}, {"*\n!!a", "!a", false}, {"*\n!!a", "a", true}});
}

TEST(a_folder_is_skipped_only_if_no_exception_can_reach_into_it) {
  struct Skip {
    std::string text, folder;
    bool skipped;
  };
  const std::vector<Skip> table = {
      {"a", "a", true},
      {"a", "b", false},
      {"a", "a/b", true},
      {"a\n!b", "a", true},
      {"a\n!a/b", "a", false},
      {"a\n!a/b", "a/c", true},
      {"a\n!a/b/c", "a/b", false},
      {"a\n!ab", "a", true},
      {"a\n!ab/c", "a", true},
      {"*\n!*/keep", "a", false},
      {"*\n!*/keep", "a/b", true},
      {"a\n!**/keep", "a", false},
      {"a\n!a/**", "a", false},
      {"a\n!*", "a", false},
      {"a\n!b*/c", "a", true},
      {"a/b\n!a/[b]/c", "a/b", false},
  };
  for (const Skip &row : table)
    if (IgnoreFile(row.text).may_skip_folder(row.folder) != row.skipped)
      CHECK_EQUAL(row.folder + (row.skipped ? " was not skipped" : " was skipped"), "otherwise, by " + row.text);
}

TEST(bad_patterns_are_refused_with_their_line) {
  struct Bad {
    std::string text, message;
  };
  const std::vector<Bad> table = {
      {"a\n\n[", "line 3 of .dockerignore: the pattern \"[\" has a [ without its ]"},
      {"[a", "without its ]"},
      {"[^", "without its ]"},
      {"[a-", "without its ]"},
      {"[]", "empty or malformed range"},
      {"[]a]", "empty or malformed range"},
      {"[^]", "empty or malformed range"},
      {"[-a]", "empty or malformed range"},
      {"[a-]", "empty or malformed range"},
      {"[z-a]", "runs backwards"},
      {"a\\", "ends with a backslash"},
      {"[\\", "ends with a backslash"},
      {"# c\n!", "line 2 of .dockerignore: an exception \"!\" needs a pattern"},
      {"!  ", "line 1 of .dockerignore"},
      {"!/", "line 1 of .dockerignore: an exception"},
  };
  for (const Bad &bad : table) CHECK_FAILS(IgnoreFile(bad.text), Code::invalid_argument, bad.message);
}

TEST(no_pattern_takes_long) {
  std::string pattern, path(2000, 'a');
  for (int i = 0; i < 200; i++) pattern += "**/a*";
  CHECK(!IgnoreFile(pattern + "b").excludes(path));
  CHECK(!IgnoreFile(std::string(20000, '*') + "b").excludes(path.substr(0, 50)));
}

int main() { return check::run_all("ignore_file"); }
