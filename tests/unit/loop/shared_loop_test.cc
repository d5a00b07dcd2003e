// A loop that belongs to an object, and that many threads call.
#include "loop/shared_loop.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "check.h"
#include "loop/group.h"
#include "loop/support.h"

using namespace conu;

static void pause_ms(int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

static Task<int> sleep_and_give(int64_t ms, int value) {
  co_await sleep_for(ms);
  co_return value;
}

static Task<void> fail_with(std::string message) {
  co_await sleep_for(1);
  throw Failure(Code::state, message);
}

TEST(a_single_thread_runs_one_call_after_the_other) {
  SharedLoop shared;
  CHECK_EQUAL(shared.run(sleep_and_give(1, 5), nullptr), 5);
  CHECK_FAILS(shared.run(fail_with("broken"), nullptr), Code::state, "broken");
  CHECK_EQUAL(shared.run(sleep_and_give(0, 6), nullptr), 6);
}

TEST(a_call_does_not_wait_for_a_longer_one_that_runs_the_loop) {
  SharedLoop shared;
  Cancel cancel;
  std::thread runner([&] {
    try {
      shared.run(sleep_and_give(30000, 1), &cancel);
    } catch (const Failure &) {
    }
  });
  pause_ms(30);
  int64_t start = now_ms();
  CHECK_EQUAL(shared.run(sleep_and_give(10, 2), nullptr), 2);
  CHECK(now_ms() - start < 10000);
  cancel.trigger();
  runner.join();
}

TEST(a_runner_that_is_done_passes_the_loop_on) {
  SharedLoop shared;
  std::atomic<int> value{0};
  std::atomic<int64_t> first_ended{0};
  std::thread runner([&] {
    shared.run(sleep_and_give(60, 1), nullptr);
    first_ended = now_ms();
  });
  pause_ms(20);
  std::thread second([&] { value = shared.run(sleep_and_give(250, 2), nullptr); });
  int64_t start = now_ms();
  second.join();
  CHECK_EQUAL(value.load(), 2);
  CHECK(now_ms() - start >= 200);
  runner.join();
  CHECK(first_ended < now_ms());
}

TEST(the_cancel_of_one_call_does_not_disturb_the_other) {
  for (bool cancel_the_runner : {true, false}) {
    SharedLoop shared;
    Cancel cancel;
    std::atomic<int> value{0};
    std::atomic<bool> cancelled{false};
    auto cancelled_call = [&] {
      try {
        shared.run(sleep_and_give(30000, 1), &cancel);
      } catch (const Failure &failure) {
        cancelled = failure.code == Code::cancelled;
      }
    };
    auto other_call = [&] { value = shared.run(sleep_and_give(200, 7), nullptr); };
    std::thread runner, second;
    if (cancel_the_runner)
      runner = std::thread(cancelled_call);
    else
      runner = std::thread(other_call);
    pause_ms(30);
    if (cancel_the_runner)
      second = std::thread(other_call);
    else
      second = std::thread(cancelled_call);
    pause_ms(30);
    cancel.trigger();
    runner.join();
    second.join();
    CHECK(cancelled);
    CHECK_EQUAL(value.load(), 7);
  }
}

TEST(one_cancel_ends_all_calls_that_it_was_given_to) {
  SharedLoop shared;
  Cancel cancel;
  std::atomic<int> cancelled{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; i++)
    callers.emplace_back([&] {
      try {
        shared.run(sleep_and_give(30000, 1), &cancel);
      } catch (const Failure &failure) {
        if (failure.code == Code::cancelled) cancelled++;
      }
    });
  pause_ms(50);
  cancel.trigger();
  for (auto &caller : callers) caller.join();
  CHECK_EQUAL(cancelled.load(), 4);
}

TEST(a_cancel_that_is_triggered_already_ends_a_call_at_once) {
  SharedLoop shared;
  Cancel cancel;
  cancel.trigger();
  CHECK_FAILS(shared.run(sleep_and_give(30000, 1), &cancel), Code::cancelled, "cancelled");
}

TEST(many_threads_share_a_loop) {
  SharedLoop shared;
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; i++)
    callers.emplace_back([&, i] {
      for (int k = 0; k < 40; k++) sum += shared.run(sleep_and_give((i + k) % 3, 1), nullptr);
    });
  for (auto &caller : callers) caller.join();
  CHECK_EQUAL(sum.load(), 240);
}

static Task<void> count_up(int *count) {
  for (;;) {
    co_await sleep_for(1);
    ++*count;
  }
}

TEST(a_background_line_goes_on_whoever_runs_the_loop) {
  int count = 0;
  SharedLoop shared;
  Background line(shared.loop(), count_up(&count));
  shared.run(sleep_and_give(50, 1), nullptr);
  int first = count;
  CHECK(first > 0);
  std::thread([&] { shared.run(sleep_and_give(50, 1), nullptr); }).join();
  CHECK(count > first);
}

TEST(a_call_that_waits_for_the_loop_uses_no_cpu) {
  SharedLoop shared;
  std::thread runner([&] { shared.run(sleep_and_give(250, 1), nullptr); });
  pause_ms(20);
  int64_t cpu = cpu_ms();
  shared.run(sleep_and_give(200, 1), nullptr);
  CHECK(cpu_ms() - cpu < 100);
  runner.join();
}

TEST(a_forked_child_is_refused_and_the_parent_not_disturbed) {
  SharedLoop shared;
  shared.run(sleep_and_give(1, 1), nullptr);
  CHECK(shared.is_own());
  pid_t child = fork();
  if (child == 0) {
    Code code = Code::internal;
    try {
      shared.run(sleep_and_give(1, 1), nullptr);
    } catch (const Failure &failure) {
      code = failure.code;
    }
    _exit(code == Code::state && !shared.is_own() ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
  CHECK_EQUAL(shared.run(sleep_and_give(1, 4), nullptr), 4);
}

int main() { return check::run_all("shared_loop"); }
