// The loop that a call runs: sleeping, deadlines, timers, and its end.
#include "loop/loop.h"

#include <deque>
#include <optional>

#include "check.h"
#include "loop/signal.h"
#include "loop/support.h"

using namespace conu;

static Failure late() { return Failure(Code::timeout, "too late"); }

TEST(a_sleep_takes_its_time) {
  int64_t start = now_ms();
  on_loop(sleep_for(30));
  CHECK(now_ms() - start >= 29);
  start = now_ms();
  on_loop(sleep_for(0));
  on_loop(sleep_for(-5));
  CHECK(now_ms() - start < 2000);
}

TEST(a_loop_that_was_idle_sleeps_no_shorter) {
  Loop loop;
  loop.run(sleep_for(1), nullptr);
  on_loop(sleep_for(60));  // meanwhile the clock of the other one stands still
  int64_t start = now_ms();
  loop.run(sleep_for(50), nullptr);
  CHECK(now_ms() - start >= 49);
}

static Task<std::string> sleep_twice_under_a_deadline(int64_t deadline_ms, int64_t first, int64_t second) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, deadline_ms, late);
  std::string log;
  for (int64_t ms : {first, second}) {
    try {
      co_await sleep_for(ms);
      log += "slept ";
    } catch (const Failure &failure) {
      log += failure.message + " ";
    }
  }
  co_return log;
}

TEST(a_deadline_ends_the_await_that_it_meets_and_no_other) {
  int64_t start = now_ms();
  CHECK_EQUAL(on_loop(sleep_twice_under_a_deadline(30, 60000, 5)), "too late slept ");
  CHECK(now_ms() - start >= 29);
  CHECK(now_ms() - start < 5000);
  CHECK_EQUAL(on_loop(sleep_twice_under_a_deadline(30, 1, 60000)), "slept too late ");
}

TEST(a_negative_deadline_is_none) { CHECK_EQUAL(on_loop(sleep_twice_under_a_deadline(-1, 5, 5)), "slept slept "); }

TEST(a_deadline_of_nothing_ends_the_next_wait) {
  CHECK_EQUAL(on_loop(sleep_twice_under_a_deadline(0, 60000, 5)), "too late slept ");
}

static Task<void> sleep_under_a_deadline(int64_t deadline_ms, int64_t ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, deadline_ms, late);
  co_await sleep_for(ms);
}

static Task<void> sleep_behind_a_deadline() {
  co_await sleep_under_a_deadline(10, 0);
  co_await sleep_for(40);
}

TEST(a_deadline_ends_with_its_object) { on_loop(sleep_behind_a_deadline()); }

TEST(the_nearer_of_two_deadlines_counts) {
  Loop loop;
  auto nested = [](int64_t outer_ms, int64_t inner_ms) -> Task<void> {
    Scope &scope = co_await current_scope();
    Deadline outer(scope, outer_ms, [] { return Failure(Code::timeout, "outer"); });
    co_await sleep_under_a_deadline(inner_ms, 60000);
  };
  CHECK_FAILS(loop.run(nested(20, 30000), nullptr), Code::timeout, "outer");
  CHECK_FAILS(loop.run(nested(30000, 20), nullptr), Code::timeout, "too late");
}

// Something else wakes the line in the very moment of its deadline, and it waits on.
static Task<void> wait_for_ever(Scope &scope, Signal &signal) {
  Deadline deadline(scope, 20, late);
  for (;;) co_await signal.wait();
}

TEST(a_deadline_is_not_lost_when_something_else_comes_at_once) {
  Loop loop;
  Scope scope(loop);
  Signal signal;
  std::deque<Timer> others;
  for (int ms = 15; ms < 30; ms++) others.emplace_back(loop).start(ms, [&] { signal.raise(); });
  Task<void> task = wait_for_ever(scope, signal);
  task.start(scope);
  Cancel guard(5000);
  CancelWatch watch(scope, &guard);
  while (!task.is_done()) loop.turn(scope);
  CHECK_FAILS(task.result(), Code::timeout, "too late");
}

TEST(a_timer_fires_once_and_may_be_started_again) {
  Loop loop;
  int fired = 0;
  Timer timer(loop);
  timer.start(1, [&] { fired++; });
  loop.run(sleep_for(20), nullptr);
  CHECK_EQUAL(fired, 1);
  timer.start(60000, [&] { fired += 100; });
  timer.start(1, [&] { fired += 10; });  // instead of the first
  loop.run(sleep_for(20), nullptr);
  CHECK_EQUAL(fired, 11);
  timer.start(1, [&] { fired += 1000; });
  timer.stop();
  loop.run(sleep_for(20), nullptr);
  CHECK_EQUAL(fired, 11);
}

TEST(a_timer_may_be_started_and_ended_from_its_own_shot) {
  Loop loop;
  int fired = 0;
  Timer again(loop);
  std::function<void()> shoot = [&] {
    if (++fired < 5) again.start(1, shoot);
  };
  again.start(1, shoot);
  std::optional<Timer> gone;
  gone.emplace(loop);
  gone->start(1, [&] { gone.reset(); });
  loop.run(sleep_for(60), nullptr);
  CHECK_EQUAL(fired, 5);
  CHECK(!gone);
}

static int handles_of(Loop &loop) {
  int count = 0;
  uv_walk(
      loop.uv(), [](uv_handle_t *, void *counter) { ++*static_cast<int *>(counter); }, &count);
  return count;
}

static Task<void> sleep_often(int times) {
  for (int i = 0; i < times; i++) co_await sleep_under_a_deadline(1000, 0);
}

TEST(timers_are_used_again) {
  Loop loop;
  loop.run(sleep_often(1), nullptr);
  int handles = handles_of(loop);
  loop.run(sleep_often(200), nullptr);
  CHECK_EQUAL(handles_of(loop), handles);
}

class Never : public Suspension {
  bool begin() override { return true; }
  void stop(const Failure &reason) override { resume_failed(reason); }
};

static Task<void> wait_for_what_cannot_come() {
  Never never;
  co_await never;
}

TEST(a_call_that_nothing_can_wake_fails_instead_of_hanging) {
  CHECK_FAILS(on_loop(wait_for_what_cannot_come()), Code::internal, "cannot happen");
}

TEST(a_loop_may_be_used_again_after_a_failure) {
  Loop loop;
  CHECK_FAILS(loop.run(sleep_under_a_deadline(1, 60000), nullptr), Code::timeout, "too late");
  loop.run(sleep_for(1), nullptr);
}

TEST(a_loop_leaves_no_descriptor_and_no_thread_behind) {
  int before = descriptors();
  for (int i = 0; i < 20; i++) on_loop(sleep_for(1));
  CHECK_EQUAL(descriptors(), before);
  CHECK_EQUAL(threads(), 1);
}

int main() { return check::run_all("loop"); }
