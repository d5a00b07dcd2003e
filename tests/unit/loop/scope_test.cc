// Suspending, resuming and cancelling a line of coroutines.
#include "loop/scope.h"

#include "check.h"
#include "loop/support.h"

using namespace conu;

// Something to wait for that a test raises by hand.
class Gate : public Suspension {
 public:
  int begun = 0, stopped = 0;
  bool is_open = false;
  void open() { resume(); }

 private:
  bool begin() override {
    begun++;
    return !is_open;
  }
  void stop(const Failure &reason) override {
    stopped++;
    resume_failed(reason);
  }
};

// Waits `times` times, and writes down how each of them ended: + or the code of the failure.
static Task<void> wait_at(Gate &gate, int times, std::string *log) {
  for (int i = 0; i < times; i++) {
    try {
      co_await gate;
      *log += "+ ";
    } catch (const Failure &failure) {
      *log += failure.message + " ";
    }
  }
}

struct Line {
  Line(Gate &gate, int times) : task(wait_at(gate, times, &log)) {}
  void start() { task.start(scope); }
  Loop loop;
  Scope scope{loop};
  std::string log;
  Task<void> task;
};

TEST(an_await_ends_when_it_is_resumed) {
  Gate gate;
  Line line(gate, 2);
  line.start();
  gate.open();
  CHECK(!line.task.is_done());
  gate.open();
  CHECK(line.task.is_done());
  CHECK_EQUAL(line.log, "+ + ");
}

TEST(an_await_of_what_is_there_does_not_suspend) {
  Gate gate;
  gate.is_open = true;
  Line line(gate, 3);
  line.start();
  CHECK(line.task.is_done());
  CHECK_EQUAL(line.log, "+ + + ");
}

TEST(a_cancel_ends_this_await_and_all_that_follow_with_its_first_reason) {
  Gate gate;
  Line line(gate, 3);
  line.start();
  line.scope.cancel(Failure(Code::cancelled, "first"));
  CHECK(line.scope.is_cancelled());
  CHECK(line.log.empty());  // it goes on with the loop, not under the feet of the one who cancels
  line.scope.cancel(Failure(Code::timeout, "second"));
  line.loop.settle();
  CHECK(line.task.is_done());
  CHECK_EQUAL(line.log, "first first first ");
  CHECK_EQUAL(gate.begun, 1);
  CHECK_EQUAL(gate.stopped, 1);
}

TEST(an_await_in_a_cancelled_scope_begins_nothing) {
  Gate gate;
  Line line(gate, 1);
  line.scope.cancel(Failure(Code::cancelled, "over"));
  line.start();
  CHECK(line.task.is_done());
  CHECK_EQUAL(line.log, "over ");
  CHECK_EQUAL(gate.begun, 0);
}

TEST(an_interrupt_ends_one_await_only) {
  Gate gate;
  Line line(gate, 2);
  line.start();
  line.scope.interrupt(Failure(Code::timeout, "late"));
  line.loop.settle();
  CHECK(!line.task.is_done());
  CHECK(!line.scope.is_cancelled());
  gate.open();
  CHECK(line.task.is_done());
  CHECK_EQUAL(line.log, "late + ");
}

TEST(an_interrupt_while_nothing_waits_is_nothing) {
  Gate gate;
  Line line(gate, 1);
  line.scope.interrupt(Failure(Code::timeout, "late"));
  line.start();
  gate.open();
  CHECK_EQUAL(line.log, "+ ");
}

TEST(a_cancel_after_the_end_is_nothing) {
  Gate gate;
  Line line(gate, 1);
  line.start();
  gate.open();
  line.scope.cancel(Failure(Code::cancelled, "over"));
  line.loop.settle();
  CHECK_EQUAL(line.log, "+ ");
  CHECK_EQUAL(gate.stopped, 0);
}

int main() { return check::run_all("scope"); }
