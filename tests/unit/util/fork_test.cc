// Telling a process from the one that it was forked off.
#include "util/fork.h"

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

using namespace conu;

TEST(a_child_is_another_generation_and_its_parent_stays_what_it_was) {
  unsigned before = fork_generation();
  CHECK_EQUAL(fork_generation(), before);
  pid_t child = fork();
  if (child == 0) {
    unsigned mine = fork_generation();
    pid_t grandchild = fork();
    if (grandchild == 0) _exit(fork_generation() != mine && fork_generation() != before ? 0 : 1);
    int status = 1;
    waitpid(grandchild, &status, 0);
    _exit(status == 0 && mine != before && fork_generation() == mine ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
  CHECK_EQUAL(fork_generation(), before);
}

int main() { return check::run_all("fork"); }
