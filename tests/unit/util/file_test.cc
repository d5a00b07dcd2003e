// Small files and the environment.
#include "util/file.h"

#include <stdlib.h>

#include "check.h"
#include "temporary_folder.h"

using namespace conu;

TEST(a_file_is_read_whole) {
  TemporaryFolder folder;
  std::string content(100000, 'x');
  content[5] = '\0';
  CHECK(read_file(folder.write("a", content)) == content);
  CHECK_EQUAL(*read_file(folder.write("empty", "")), "");
}

TEST(a_file_that_is_not_there_is_nothing) {
  TemporaryFolder folder;
  CHECK(!read_file(folder.path + "/none"));
  CHECK(!read_file(folder.write("a", "x") + "/below"));
}

TEST(a_file_that_is_too_large_or_a_folder_is_an_error_naming_it) {
  TemporaryFolder folder;
  std::string file = folder.write("a", "12345");
  CHECK_EQUAL(*read_file(file, 5), "12345");
  CHECK_FAILS(read_file(file, 4), Code::io, file);
  CHECK_FAILS(read_file(folder.path), Code::io, "cannot read " + folder.path);
}

TEST(a_new_file_takes_no_place_that_is_taken) {
  TemporaryFolder folder;
  std::string path = folder.path + "/new";
  write_new_file(path, "content", 0600);
  CHECK_EQUAL(*read_file(path), "content");
  CHECK_FAILS(write_new_file(path, "other", 0600), Code::io, path);
  CHECK_EQUAL(*read_file(path), "content");
  CHECK_FAILS(write_new_file(folder.path + "/none/new", "", 0600), Code::not_found, "none/new");
}

TEST(an_empty_variable_counts_as_not_set) {
  setenv("CONU_TEST_VARIABLE", "value", 1);
  CHECK_EQUAL(environment("CONU_TEST_VARIABLE").value_or("none"), "value");
  setenv("CONU_TEST_VARIABLE", "", 1);
  CHECK(!environment("CONU_TEST_VARIABLE"));
  unsetenv("CONU_TEST_VARIABLE");
  CHECK(!environment("CONU_TEST_VARIABLE"));
}

TEST(the_home_folder_is_that_of_home_or_of_the_user) {
  std::string before = environment("HOME").value_or("");
  setenv("HOME", "/somewhere", 1);
  CHECK_EQUAL(home_folder(), "/somewhere");
  unsetenv("HOME");
  CHECK_EQUAL(home_folder().substr(0, 1), "/");
  if (!before.empty()) setenv("HOME", before.c_str(), 1);
}

int main() { return check::run_all("file"); }
