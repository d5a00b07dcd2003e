// Something that one line waits for and another tells it.
#include "loop/signal.h"

#include "check.h"
#include "loop/support.h"

using namespace conu;

struct State {
  bool is_ready = false;
  int woken = 0;
  Signal signal;
};

static Task<void> wait_until_ready(State &state) {
  while (!state.is_ready) {
    co_await state.signal.wait();
    state.woken++;
  }
}

struct Line {
  explicit Line(State &state) : task(wait_until_ready(state)) { task.start(scope); }
  Loop loop;
  Scope scope{loop};
  Task<void> task;
};

TEST(what_is_raised_wakes_the_waiter_on_the_next_turn) {
  State state;
  Line line(state);
  state.signal.raise();
  CHECK_EQUAL(state.woken, 0);
  line.loop.settle();
  CHECK_EQUAL(state.woken, 1);
  CHECK(!line.task.is_done());  // it looked at its condition
  state.is_ready = true;
  state.signal.raise();
  state.signal.raise();
  line.loop.settle();
  CHECK(line.task.is_done());
  CHECK_EQUAL(state.woken, 2);
}

TEST(what_is_raised_while_nobody_waits_is_not_kept) {
  State state;
  state.signal.raise();
  Line line(state);
  line.loop.settle();
  CHECK_EQUAL(state.woken, 0);
  state.is_ready = true;
  state.signal.raise();
  line.loop.settle();
  CHECK(line.task.is_done());
}

TEST(all_that_wait_are_woken) {
  State state;
  Loop loop;
  Scope first_scope(loop), second_scope(loop);
  Task<void> first = wait_until_ready(state), second = wait_until_ready(state);
  first.start(first_scope);
  second.start(second_scope);
  state.is_ready = true;
  state.signal.raise();
  loop.settle();
  CHECK(first.is_done());
  CHECK(second.is_done());
}

TEST(a_waiter_that_was_cancelled_is_not_woken_again) {
  State state;
  Line line(state);
  line.scope.cancel(Failure(Code::cancelled, "over"));
  state.signal.raise();
  line.loop.settle();
  CHECK(line.task.is_done());
  CHECK_EQUAL(state.woken, 0);
  CHECK_FAILS(line.task.result(), Code::cancelled, "over");
}

int main() { return check::run_all("signal"); }
