// Environment and labels, and the files that hold them.
#include <cstdlib>

#include "container/options.h"
#include "temporary_folder.h"

TEST(environment_is_given_taken_over_or_unset) {
  setenv("CONU_TEST_SET", "val=ue", 1);
  setenv("CONU_TEST_EMPTY", "", 1);
  unsetenv("CONU_TEST_UNSET");
  CHECK_EQUAL(body("-e A= -e CONU_TEST_SET -e CONU_TEST_EMPTY -e CONU_TEST_UNSET"),
              R"({"Image":"img","Env":["A=","CONU_TEST_SET=val=ue","CONU_TEST_EMPTY=","CONU_TEST_UNSET"]})");
  CHECK_EQUAL(body("-e B=1 -e A=1 -e B=2 -e A"), R"({"Image":"img","Env":["B=2","A"]})");
  CHECK_FAILS(body("-e =x"), invalid, "option --env of docker run: \"=x\" has no name");
  CHECK_FAILS(body(Words{"-e", ""}), invalid, "--env");
}

TEST(labels_have_a_value_or_none) {
  CHECK_EQUAL(body("-l k=v=w --label=e= -lf"), R"({"Labels":{"k":"v=w","e":"","f":""},"Image":"img"})");
  CHECK_EQUAL(body("-l k=1 -l k=2"), R"({"Labels":{"k":"2"},"Image":"img"})");
  CHECK_FAILS(body("-l =v"), invalid, "option --label of docker run: \"=v\" has no name");
  CHECK_FAILS(body(Words{"-l", "a b=v"}), invalid, "has a space in its name");
}

TEST(files_come_before_the_command_line) {
  TemporaryFolder folder;
  setenv("CONU_TEST_SET", "here", 1);
  unsetenv("CONU_TEST_UNSET");
  std::string file = folder.write("env", "\xef\xbb\xbf# comment\n\n  A=1\r\nB= x \nCONU_TEST_SET\nCONU_TEST_UNSET\nC=");
  CHECK_EQUAL(body("-e A=2 --env-file " + file + " -e D=3"),
              R"({"Image":"img","Env":["A=1","B= x ","CONU_TEST_SET=here","C=","A=2","D=3"]})");
  std::string labels = folder.write("labels", "a=1\nb=2\nalone\n#c=3\n");
  CHECK_EQUAL(body("-l b=3 --label-file=" + labels), R"({"Labels":{"a":"1","b":"3"},"Image":"img"})");
}

TEST(files_are_read_when_the_request_is_made) {
  RunBuilder builder({}, words("--name n --env-file /no/such/file"));
  CHECK_EQUAL(builder.name(), "n");
  CHECK_FAILS(builder.request("img"), invalid,
              "--env-file of docker run: \"/no/such/file\" names a file that is not there");
}

TEST(errors_in_files_name_the_line) {
  TemporaryFolder folder;
  std::string file = folder.write("env", "A=1\n\nwith space=1\n");
  CHECK_FAILS(body("--env-file " + file), invalid, file + "\" has in line 3 a name with a space: \"with space=1\"");
  file = folder.write("labels", "=1\n");
  CHECK_FAILS(body("--label-file " + file), invalid,
              "--label-file of docker run: \"" + file + "\" has in line 1 no name");
  file = folder.write("bytes", "A=\xff\n");
  CHECK_FAILS(body("--env-file " + file), invalid, "has in line 1 bytes that are no UTF-8 text");
  CHECK_FAILS(body("--env-file " + folder.path), invalid, "names a file that cannot be read");
}

int main() { return check::run_all("run_options_files"); }
