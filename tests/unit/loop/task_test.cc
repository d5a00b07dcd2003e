// Coroutines that give a value or throw. Built without optimization: nothing here may rest on it.
#include "loop/task.h"

#include <memory>

#include "check.h"
#include "loop/support.h"

using namespace conu;

static Task<int> give(int value) { co_return value; }

static Task<int> add(int a, int b) {
  int first = co_await give(a);
  int second = co_await give(b);
  co_return first + second;
}

static Task<std::unique_ptr<int>> give_unique(int value) { co_return std::make_unique<int>(value); }

static Task<int> read_unique() {
  std::unique_ptr<int> value = co_await give_unique(5);
  co_return *value;
}

TEST(a_task_gives_its_value) {
  CHECK_EQUAL(on_loop(add(2, 3)), 5);
  CHECK_EQUAL(on_loop(read_unique()), 5);
}

static Task<void> throw_number(int number) {
  co_await sleep_for(0);
  throw number;
}

static Task<void> pass_on(int number) { co_await throw_number(number); }

static Task<int> catch_number() {
  try {
    co_await pass_on(7);
  } catch (int number) {
    co_return number;
  }
  co_return 0;
}

TEST(what_is_thrown_passes_through_awaits) {
  CHECK_EQUAL(on_loop(catch_number()), 7);
  int caught = 0;
  try {
    on_loop(pass_on(9));
  } catch (int number) {
    caught = number;
  }
  CHECK_EQUAL(caught, 9);
}

static Task<void> hold(std::shared_ptr<int> value, bool *ran) {
  *ran = true;
  co_await sleep_for(0);
  *value += 1;
}

TEST(a_task_runs_when_it_is_awaited_and_not_before) {
  auto value = std::make_shared<int>(0);
  bool ran = false;
  {
    auto task = hold(value, &ran);
    CHECK(!ran);
    CHECK_EQUAL(value.use_count(), 2);
  }
  CHECK(!ran);
  CHECK_EQUAL(value.use_count(), 1);  // one that never ran frees its arguments, too
  on_loop(hold(value, &ran));
  CHECK(ran);
  CHECK_EQUAL(*value, 1);
  CHECK_EQUAL(value.use_count(), 1);
}

// How deep the stack was where a coroutine ran.
struct Depth {
  uintptr_t lowest = UINTPTR_MAX, highest = 0;
  void note() {
    auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
  }
  size_t range() const { return highest - lowest; }
};

static Task<int> note_depth(Depth &depth) {
  depth.note();
  co_return 1;
}

static Task<int> await_often(Depth &depth, int times) {
  int sum = 0;
  for (int i = 0; i < times; i++) {
    int one = co_await note_depth(depth);
    sum += one;
  }
  co_return sum;
}

TEST(a_long_loop_of_awaits_that_never_wait_does_not_grow_the_stack) {
  Depth depth;
  CHECK_EQUAL(on_loop(await_often(depth, 300000)), 300000);
  CHECK_EQUAL(depth.range(), 0u);
}

// Lets the loop go round once.
class Yield : public Suspension {
  bool begin() override {
    resume_later();
    return true;
  }
  void stop(const Failure &) override {}
};

static Task<void> yield(Depth &depth) {
  depth.note();
  Yield once;
  co_await once;
  depth.note();
}

static Task<void> yield_often(Depth &depth, int times) {
  for (int i = 0; i < times; i++) co_await yield(depth);
}

TEST(a_long_loop_of_awaits_that_wait_does_not_grow_the_stack) {
  Depth first, all;
  on_loop(yield_often(first, 3));
  on_loop(yield_often(all, 100000));
  CHECK(all.range() <= first.range() + 4096);
}

struct Noted {
  std::string *log;
  char mark;
  ~Noted() { *log += mark; }
};

static Task<void> leave_a_mark(std::string *log) {
  Noted noted{log, 'a'};
  co_await sleep_for(0);
}

static Task<void> leave_marks(std::string *log) {
  Noted noted{log, 'c'};
  co_await leave_a_mark(log);
  *log += 'b';
}

TEST(what_a_task_made_is_gone_when_its_awaiter_goes_on) {
  std::string log;
  on_loop(leave_marks(&log));
  CHECK_EQUAL(log, "abc");
}

static Task<Scope *> scope_here() {
  Scope &scope = co_await current_scope();
  co_return &scope;
}

static Task<bool> is_same_scope() {
  Scope &scope = co_await current_scope();
  Scope *below = co_await scope_here();
  co_return &scope == below;
}

TEST(a_task_runs_in_the_scope_of_its_awaiter) { CHECK(on_loop(is_same_scope())); }

int main() { return check::run_all("task"); }
