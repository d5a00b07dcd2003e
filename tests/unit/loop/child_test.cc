// Child processes without a loop: their end, and who it belongs to.
#include "loop/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "check.h"
#include "loop/support.h"
#include "util/failure.h"

using namespace conu;

static void await_end(const Child &child) {
  pollfd ended{child.pidfd().get(), POLLIN, 0};
  poll(&ended, 1, 20000);
}

TEST(the_exit_code_is_there_at_the_end_and_stays) {
  Child child({"sh", "-c", "read word; exit 3"});
  CHECK(!child.exit_code());
  child.in.reset();
  await_end(child);
  CHECK_EQUAL(*child.exit_code(), 3);
  CHECK_EQUAL(*child.exit_code(), 3);
  CHECK(!has_children());
}

TEST(threads_may_ask_for_the_exit_code_at_once) {
  Child child({"sh", "-c", "sleep 0.05; exit 5"});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([&] {
      while (!child.exit_code()) std::this_thread::yield();
      right += *child.exit_code() == 5;
    });
  for (auto &thread : threads) thread.join();
  CHECK_EQUAL(right.load(), 8);
}

TEST(our_ends_of_its_streams_do_not_block) {
  Child child({"sleep", "60"});
  char byte;
  CHECK(read(child.out.get(), &byte, 1) == -1 && errno == EAGAIN);
  CHECK(read(copy_of(child.err).get(), &byte, 1) == -1 && errno == EAGAIN);
}

TEST(it_ends_with_its_object) {
  { Child child({"sleep", "60"}); }
  CHECK(!has_children());
}

TEST(a_forked_process_leaves_its_parents_child_alone) {
  auto child = std::make_unique<Child>(std::vector<std::string>{"sleep", "60"});
  pid_t forked = fork();
  if (forked == 0) {
    bool refused = false;
    try {
      child->exit_code();
    } catch (const Failure &failure) {
      refused = failure.code == Code::state;
    }
    child.reset();
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  CHECK_EQUAL(waitpid(forked, &status, 0), forked);
  CHECK_EQUAL(status, 0);
  CHECK(!child->exit_code());
}

int main() { return check::run_all("child"); }
