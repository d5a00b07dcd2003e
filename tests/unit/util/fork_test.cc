// Telling a process from the one that it was forked off.
#include "util/fork.h"

#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

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

TEST(what_a_process_makes_once_a_child_makes_anew) {
  struct Made {
    pid_t pid = getpid();
  };
  std::vector<const Made *> seen(8);
  std::vector<std::thread> threads;
  for (const Made *&made : seen) threads.emplace_back([&made] { made = &once_in_process<Made>(); });
  for (auto &thread : threads) thread.join();
  for (const Made *made : seen) CHECK(made == &once_in_process<Made>());
  pid_t child = fork();
  if (child == 0) _exit(once_in_process<Made>().pid == getpid() ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
  CHECK_EQUAL(once_in_process<Made>().pid, getpid());
}

TEST(a_child_renews_once_and_a_parent_never) {
  std::atomic<unsigned> made_in = fork_generation();
  int renewed = 0;
  renew_after_fork(made_in, [&] { renewed++; });
  CHECK_EQUAL(renewed, 0);
  pid_t child = fork();
  if (child == 0) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) threads.emplace_back([&] { renew_after_fork(made_in, [&] { renewed++; }); });
    for (std::thread &thread : threads) thread.join();
    _exit(renewed);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK_EQUAL(WEXITSTATUS(status), 1);
}

int main() { return check::run_all("fork"); }
