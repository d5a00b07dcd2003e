// Finding programs.
#include "util/program.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "temporary_folder.h"
#include "util/file.h"

using namespace conu;

// PATH for the length of a test.
class SearchPath {
 public:
  explicit SearchPath(const std::string &path) : before_(environment("PATH").value_or("")) {
    setenv("PATH", path.c_str(), 1);
  }
  ~SearchPath() { setenv("PATH", before_.c_str(), 1); }
  SearchPath(const SearchPath &) = delete;
  SearchPath &operator=(const SearchPath &) = delete;

 private:
  std::string before_;
};

static std::string script_in(const TemporaryFolder &folder, const std::string &name, mode_t mode) {
  std::string path = folder.write(name, "#!/bin/sh\n");
  CHECK(chmod(path.c_str(), mode) == 0);
  return path;
}

TEST(the_first_folder_that_has_the_program_counts) {
  TemporaryFolder first, second;
  std::string path = script_in(second, "conu-program", 0755);
  SearchPath searched(first.path + ":" + second.path);
  CHECK_EQUAL(find_program("conu-program").value_or("none"), path);
  std::string better = script_in(first, "conu-program", 0755);
  CHECK_EQUAL(find_program("conu-program").value_or("none"), better);
}

TEST(what_cannot_be_executed_is_passed_over_and_found_in_the_end) {
  TemporaryFolder first, second;
  std::string locked = script_in(first, "conu-program", 0644);
  CHECK(mkdir((second.path + "/conu-folder").c_str(), 0755) == 0);
  SearchPath searched(first.path + ":" + second.path);
  CHECK_EQUAL(find_program("conu-program").value_or("none"), locked);
  std::string path = script_in(second, "conu-program", 0755);
  CHECK_EQUAL(find_program("conu-program").value_or("none"), path);
  CHECK(!find_program("conu-folder"));
}

// As another user than root, who may search everything.
TEST(a_program_is_missing_also_where_a_folder_may_not_be_searched) {
  TemporaryFolder folder;
  CHECK(chmod(folder.path.c_str(), 0) == 0);
  SearchPath searched(folder.path + ":/usr/bin:/bin");
  pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
    bool good = !find_program("conu-no-such-program") && find_program("sh") && find_program(folder.path + "/program");
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  chmod(folder.path.c_str(), 0700);
  CHECK_EQUAL(status, 0);
}

TEST(a_path_is_not_searched_for) {
  SearchPath searched("/usr/bin:/bin");
  CHECK_EQUAL(find_program("/bin/sh").value_or("none"), "/bin/sh");
  CHECK(!find_program("/no/such/program"));
  CHECK(!find_program("/bin/sh/program"));
  CHECK(!find_program(""));
}

TEST(without_a_path_there_are_the_usual_folders) {
  std::string before = environment("PATH").value_or("");
  unsetenv("PATH");
  auto found = find_program("sh");
  setenv("PATH", before.c_str(), 1);
  CHECK_EQUAL(found.value_or("none"), "/bin/sh");
}

int main() { return check::run_all("program"); }
