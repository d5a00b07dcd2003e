// Lines of coroutines that run side by side.
#include "loop/group.h"

#include <thread>

#include "check.h"
#include "loop/support.h"

using namespace conu;

// Sleeps, and writes its mark when it has slept, or a minus before it when it was ended earlier.
static Task<void> sleep_and_mark(int64_t ms, char mark, std::string *log) {
  std::optional<Failure> failure;
  try {
    if (ms >= 0) co_await sleep_for(ms);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) *log += '-';
  *log += mark;
  if (failure) throw *failure;
}

static Task<void> sleep_and_throw(int64_t ms, std::string message) {
  if (ms >= 0) co_await sleep_for(ms);
  throw Failure(Code::state, message);
}

// --- the first of some
// ------------------------------------------------------------------------------------------------

TEST(when_any_gives_the_first_and_joins_the_others) {
  std::string log;
  CHECK_EQUAL(on_loop(when_any(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_mark(10, 'b', &log)))), 1u);
  CHECK_EQUAL(log, "b-a");
}

TEST(when_any_of_what_is_there_already_ends_the_others_before_they_wait) {
  std::string log;
  CHECK_EQUAL(on_loop(when_any(list_of(sleep_and_mark(-1, 'a', &log), sleep_and_mark(60000, 'b', &log)))), 0u);
  CHECK_EQUAL(log, "a-b");
  log.clear();
  CHECK_EQUAL(on_loop(when_any(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_mark(-1, 'b', &log)))), 1u);
  CHECK_EQUAL(log, "b-a");
  log.clear();
  CHECK_EQUAL(on_loop(when_any(list_of(sleep_and_mark(-1, 'a', &log), sleep_and_mark(-1, 'b', &log)))), 0u);
  CHECK_EQUAL(log, "ab");
}

TEST(when_any_throws_what_the_first_throws) {
  std::string log;
  CHECK_FAILS(on_loop(when_any(list_of(sleep_and_throw(5, "broken"), sleep_and_mark(60000, 'b', &log)))), Code::state,
              "broken");
  CHECK_EQUAL(log, "-b");
}

TEST(when_any_takes_no_notice_of_what_the_losers_throw) {
  std::string log;
  CHECK_EQUAL(on_loop(when_any(list_of(sleep_and_mark(1, 'a', &log), sleep_and_throw(60000, "never")))), 0u);
}

// A loser that takes its time to end.
static Task<void> end_slowly(int64_t ms, std::string *log) {
  std::optional<Failure> failure;
  try {
    co_await sleep_for(60000);
  } catch (const Failure &caught) {
    failure = caught;
  }
  co_await shielded(sleep_and_mark(ms, 's', log));
  throw *failure;
}

TEST(when_any_waits_for_losers_that_clean_up) {
  std::string log;
  int64_t start = now_ms();
  CHECK_EQUAL(on_loop(when_any(list_of(end_slowly(40, &log), sleep_and_mark(5, 'w', &log)))), 1u);
  CHECK_EQUAL(log, "ws");
  CHECK(now_ms() - start >= 40);
}

// --- all of some
// ------------------------------------------------------------------------------------------------------

TEST(when_all_runs_side_by_side_to_the_last_end) {
  std::string log;
  int64_t start = now_ms();
  on_loop(when_all(list_of(sleep_and_mark(60, 'a', &log), sleep_and_mark(50, 'b', &log))));
  CHECK_EQUAL(log, "ba");
  CHECK(now_ms() - start >= 59);
}

TEST(when_all_of_what_is_there_already_does_not_wait) {
  std::string log;
  on_loop(when_all(list_of(sleep_and_mark(-1, 'a', &log), sleep_and_mark(-1, 'b', &log))));
  CHECK_EQUAL(log, "ab");
  on_loop(when_all({}));
}

TEST(when_all_ends_the_others_at_the_first_failure_and_throws_it) {
  std::string log;
  CHECK_FAILS(on_loop(when_all(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_throw(5, "broken")))), Code::state,
              "broken");
  CHECK_EQUAL(log, "-a");
  CHECK_FAILS(on_loop(when_all(list_of(sleep_and_throw(-1, "at once"), sleep_and_throw(-1, "as well")))), Code::state,
              "at once");
}

TEST(when_all_of_one_throws_what_it_throws) {
  std::vector<Task<void>> one;
  one.push_back(sleep_and_throw(1, "alone"));
  CHECK_FAILS(on_loop(when_all(std::move(one))), Code::state, "alone");
}

// --- cancelled from outside
// -------------------------------------------------------------------------------------------

static Task<void> any_of(std::vector<Task<void>> tasks) { co_await when_any(std::move(tasks)); }

TEST(a_cancel_reaches_every_line_and_is_what_is_thrown) {
  std::string log;
  Cancel soon(20);
  CHECK_FAILS(on_loop(when_all(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_mark(60000, 'b', &log))), &soon),
              Code::timeout, "deadline");
  CHECK_EQUAL(log, "-a-b");
  log.clear();
  Cancel later(20);
  CHECK_FAILS(on_loop(any_of(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_mark(60000, 'b', &log))), &later),
              Code::timeout, "deadline");
  CHECK_EQUAL(log, "-a-b");
}

// Runs a task in a scope that is cancelled already.
static void run_cancelled(Task<void> task) {
  Loop loop;
  Scope scope(loop);
  scope.cancel(Failure(Code::cancelled, "cancelled before"));
  task.start(scope);
  while (!task.is_done()) loop.turn(scope);
  task.result();
}

TEST(a_group_in_a_cancelled_scope_is_not_begun) {
  std::string log;
  CHECK_FAILS(run_cancelled(any_of(list_of(sleep_and_mark(-1, 'a', &log), sleep_and_mark(1, 'b', &log)))),
              Code::cancelled, "cancelled before");
  CHECK_EQUAL(log, "");
}

TEST(groups_may_be_nested_and_cancelled_as_one) {
  std::string log;
  auto inner = any_of(list_of(sleep_and_mark(60000, 'a', &log), sleep_and_mark(60000, 'b', &log)));
  auto outer = when_all(list_of(std::move(inner), sleep_and_mark(60000, 'c', &log)));
  Cancel soon(20);
  CHECK_FAILS(on_loop(std::move(outer), &soon), Code::timeout, "deadline");
  std::sort(log.begin(), log.end());
  CHECK_EQUAL(log, "---abc");

  log.clear();
  auto first = any_of(list_of(sleep_and_mark(1, 'a', &log), sleep_and_mark(60000, 'b', &log)));
  auto second = when_all(list_of(sleep_and_mark(2, 'c', &log), sleep_and_mark(3, 'd', &log)));
  on_loop(when_all(list_of(std::move(first), std::move(second))));
  std::sort(log.begin(), log.end());
  CHECK_EQUAL(log, "-abcd");
}

// --- shielded
// ---------------------------------------------------------------------------------------------------------

static Task<void> sleep_shielded(int64_t shielded_ms, int64_t then_ms, std::string *log,
                                 int64_t grace_ms = cleanup_ms) {
  co_await shielded(sleep_and_mark(shielded_ms, 's', log), grace_ms);
  co_await sleep_and_mark(then_ms, 't', log);
}

TEST(a_cancel_is_held_back_until_shielded_work_is_done) {
  std::string log;
  Cancel soon(20);
  int64_t start = now_ms();
  CHECK_FAILS(on_loop(sleep_shielded(100, 60000, &log), &soon), Code::timeout, "deadline");
  CHECK_EQUAL(log, "s-t");
  CHECK(now_ms() - start >= 99);
}

TEST(shielded_work_runs_in_a_scope_that_is_cancelled_already) {
  std::string log;
  CHECK_FAILS(run_cancelled(sleep_shielded(20, 60000, &log)), Code::cancelled, "cancelled before");
  CHECK_EQUAL(log, "s-t");
}

TEST(shielded_work_that_takes_too_long_after_a_cancel_is_ended) {
  std::string log;
  int64_t start = now_ms();
  CHECK_FAILS(run_cancelled(sleep_shielded(60000, 0, &log, 100)), Code::cancelled, "cancelled before");
  CHECK_EQUAL(log, "-s");
  CHECK(now_ms() - start >= 99);
  CHECK(now_ms() - start < 5000);
}

TEST(shielded_work_throws_what_it_throws) {
  CHECK_FAILS(on_loop(shielded(sleep_and_throw(1, "broken"))), Code::state, "broken");
  CHECK_FAILS(on_loop(shielded(sleep_and_throw(-1, "broken"))), Code::state, "broken");
}

TEST(a_cancel_costs_no_turns_while_shielded_work_goes_on) {
  std::string log;
  Loop loop;
  TurnCounter counter(loop);
  Cancel cancel;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    cancel.trigger();
  });
  std::optional<Code> code;
  try {
    loop.run(sleep_shielded(200, 0, &log), &cancel);
  } catch (const Failure &failure) {
    code = failure.code;
  }
  other.join();
  CHECK(code == Code::cancelled);
  CHECK(counter.turns() < 20);
}

// --- background
// -------------------------------------------------------------------------------------------------------

TEST(a_background_line_runs_whenever_the_loop_does) {
  std::string log;
  Loop loop;
  Background line(loop, sleep_and_mark(20, 'a', &log));
  loop.run(sleep_for(1), nullptr);
  CHECK_EQUAL(log, "");
  loop.run(sleep_for(40), nullptr);
  CHECK_EQUAL(log, "a");
}

TEST(an_abandoned_line_ends_with_the_loops_next_turn) {
  std::string log;
  Loop loop;
  {
    Background line(loop, sleep_and_mark(60000, 'a', &log));
    loop.run(sleep_for(1), nullptr);
    CHECK_EQUAL(log, "");
  }
  loop.run(sleep_for(1), nullptr);
  CHECK_EQUAL(log, "-a");
}

TEST(a_line_that_is_replaced_is_abandoned) {
  std::string log;
  Loop loop;
  Background line(loop, sleep_and_mark(60000, 'a', &log));
  line = Background(loop, sleep_and_mark(5, 'b', &log));
  loop.run(sleep_for(30), nullptr);
  CHECK_EQUAL(log, "-ab");
}

TEST(the_failure_of_a_background_line_disturbs_nobody) {
  Loop loop;
  Background line(loop, sleep_and_throw(1, "broken"));
  Background at_once(loop, sleep_and_throw(-1, "broken"));
  loop.run(sleep_for(20), nullptr);
}

TEST(a_loop_ends_the_lines_that_it_still_has) {
  std::string log;
  std::optional<Loop> loop(std::in_place);
  Background line(*loop, sleep_and_mark(60000, 'a', &log));
  loop.reset();
  CHECK_EQUAL(log, "-a");
}

// Its end takes more than one turn of the loop.
static Task<void> end_in_steps(std::string *log) { co_await end_slowly(30, log); }

TEST(a_loop_waits_for_lines_that_clean_up) {
  std::string log;
  std::optional<Loop> loop(std::in_place);
  Background line(*loop, end_in_steps(&log));
  loop.reset();
  CHECK_EQUAL(log, "s");
}

TEST(a_line_that_ended_may_be_cancelled_and_abandoned) {
  std::string log;
  Loop loop;
  Background line(loop, sleep_and_mark(-1, 'a', &log));
  line.cancel();
  line.abandon();
  line.abandon();
  Background none;
  none.cancel();
  none.abandon();
  CHECK_EQUAL(log, "a");
}

int main() { return check::run_all("group"); }
