// Paths as text.
#include "util/path.h"

#include <unistd.h>

#include "check.h"

using namespace conu;

TEST(a_clean_path_has_no_detours) {
  CHECK_EQUAL(clean_path(""), ".");
  CHECK_EQUAL(clean_path("."), ".");
  CHECK_EQUAL(clean_path("/"), "/");
  CHECK_EQUAL(clean_path("//"), "/");
  CHECK_EQUAL(clean_path("/a//b/../c/."), "/a/c");
  CHECK_EQUAL(clean_path("/../../a/"), "/a");
  CHECK_EQUAL(clean_path("../a/../../b"), "../../b");
  CHECK_EQUAL(clean_path("a/.."), ".");
  CHECK_EQUAL(clean_path("...a/b"), "...a/b");
}

TEST(a_path_has_a_folder_and_a_name) {
  CHECK_EQUAL(parent_path("/a/b") + " " + last_component("/a/b"), "/a b");
  CHECK_EQUAL(parent_path("/a") + " " + last_component("/a"), "/ a");
  CHECK_EQUAL(parent_path("/") + " " + last_component("/"), "/ /");
  CHECK_EQUAL(parent_path("a") + " " + last_component("a"), ". a");
}

TEST(a_relative_path_is_below_the_working_folder) {
  CHECK_EQUAL(chdir("/"), 0);
  CHECK_EQUAL(absolute_path("a/./b"), "/a/b");
  CHECK_EQUAL(absolute_path("/a/.."), "/");
}

TEST(a_slash_behind_says_that_it_is_a_folder) {
  for (const char *path : {"a/", "a/.", ".", "/"}) CHECK(asserts_folder(path));
  for (const char *path : {"a", "a.", "..", "a/.."}) CHECK(!asserts_folder(path));
  CHECK(asserts_content("a/.") && asserts_content(".") && !asserts_content("a/"));
}

int main() { return check::run_all("path"); }
