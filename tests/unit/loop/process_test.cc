// Child processes: what they are given, what they give, and how they end.
#include "loop/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "check.h"
#include "loop/support.h"
#include "temporary_folder.h"
#include "util/file.h"

using namespace conu;

static ProgramResult run(const std::vector<std::string> &command, const std::string &input = "",
                         int64_t timeout_ms = 20000, size_t limit = 16 << 20) {
  return on_loop(run_program(command, input, timeout_ms, limit));
}

static ProgramResult shell(const std::string &script) { return run({"sh", "-c", script}); }

TEST(a_program_gives_its_output_and_its_exit_code) {
  ProgramResult result = shell("echo out; echo err >&2; exit 3");
  CHECK_EQUAL(result.exit_code, 3);
  CHECK_EQUAL(result.out, "out\n");
  CHECK_EQUAL(result.err, "err\n");
  CHECK_EQUAL(shell("true").exit_code, 0);
  CHECK_EQUAL(shell("exit 255").exit_code, 255);
}

TEST(a_signal_is_128_and_its_number) {
  CHECK_EQUAL(shell("kill -KILL $$").exit_code, 137);
  CHECK_EQUAL(shell("kill -TERM $$").exit_code, 143);
}

TEST(arguments_are_passed_on_as_they_are) {
  CHECK_EQUAL(run({"printf", "%s|", "a b", "", "$HOME", "'\"\n"}).out, "a b||$HOME|'\"\n|");
}

TEST(a_program_that_is_not_there_is_named) {
  CHECK_FAILS(run({"conu-no-such-program"}), Code::command_missing, "conu-no-such-program");
  CHECK_FAILS(run({"/no/such/folder/program"}), Code::command_missing, "/no/such/folder/program");
  CHECK(!has_children());
}

TEST(what_may_not_be_executed_is_an_error) {
  TemporaryFolder folder;
  std::string path = folder.write("script", "#!/bin/sh\n");
  CHECK_FAILS(run({path}), Code::permission, path);
}

TEST(a_script_whose_interpreter_is_missing_says_so) {
  TemporaryFolder folder;
  std::string path = folder.write("script", "#!/no/such/interpreter\n");
  CHECK(chmod(path.c_str(), 0755) == 0);
  CHECK_FAILS(run({path}), Code::command_missing, "interpreter");
}

TEST(standard_streams_can_be_opened_by_their_names) {
  CHECK_EQUAL(run({"sh", "-c", "cat /dev/stdin >/dev/stdout"}, "through the names").out, "through the names");
  CHECK_EQUAL(shell("echo complaint >/dev/stderr").err, "complaint\n");
}

TEST(what_is_left_running_with_the_output_open_is_not_waited_for) {
  int64_t start = now_ms();
  ProgramResult result = shell("sleep 6 & echo early; sleep 0.2; echo late; exit 4");
  CHECK_EQUAL(result.exit_code, 4);
  CHECK_EQUAL(result.out, "early\nlate\n");
  CHECK(now_ms() - start < 5000);
  start = now_ms();
  CHECK_EQUAL(shell("(sleep 0.3; echo in the grace) & exit 0").out, "in the grace\n");
  CHECK(now_ms() - start < 1000);
}

TEST(hidden_variables_are_not_seen_and_all_others_are) {
  setenv("CONU_TEST_HIDDEN", "1", 1);
  setenv("CONU_TEST_HIDDEN_NOT", "2", 1);
  ProcessOptions options;
  options.hidden_variables.push_back("CONU_TEST_HIDDEN");
  auto task = run_program({"sh", "-c", "echo $CONU_TEST_HIDDEN,$CONU_TEST_HIDDEN_NOT"}, "", 20000, 1 << 20, options);
  CHECK_EQUAL(on_loop(std::move(task)).out, ",2\n");
}

TEST(a_program_reads_what_it_is_given_in_place_of_a_pipe) {
  TemporaryFolder folder;
  std::string path = folder.write("input", "out of a file");
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ProcessOptions options;
  options.pipe_in = false;
  options.in = file.get();
  CHECK_EQUAL(on_loop(run_program({"cat"}, "", 20000, 1 << 20, options)).out, "out of a file");
}

static Task<int> exit_code_of(Process &process) {
  int code = co_await process.wait();
  co_return code;
}

TEST(streams_that_are_not_piped_are_the_hosts_own) {
  TemporaryFolder folder;
  std::string path = folder.write("output", "");
  Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC)), before(fcntl(1, F_DUPFD_CLOEXEC, 3));
  fflush(stdout);
  dup2(file.get(), 1);
  Loop loop;
  ProcessOptions options;
  options.pipe_in = options.pipe_out = false;
  Process process(loop, {"sh", "-c", "echo to the host; exit 6"}, options);
  dup2(before.get(), 1);
  CHECK(process.in() == nullptr && process.out() == nullptr && process.err() != nullptr);
  CHECK_EQUAL(loop.run(exit_code_of(process), nullptr), 6);
  CHECK_EQUAL(loop.run(exit_code_of(process), nullptr), 6);
  CHECK_EQUAL(read_file(path).value_or(""), "to the host\n");
}

TEST(input_is_given_and_then_ends) {
  CHECK_EQUAL(run({"cat"}, "hello").out, "hello");
  CHECK_EQUAL(run({"cat"}).out, "");
}

TEST(much_input_and_output_at_once_do_not_block_each_other) {
  std::string input;
  for (int i = 0; i < 600000; i++) input += std::to_string(i) + "\n";
  ProgramResult result = run({"sed", "w /dev/stderr"}, input);
  CHECK(result.out == input);
  CHECK(result.err == input);
  CHECK_EQUAL(result.exit_code, 0);
}

static int pipe_signals = 0;

TEST(a_program_need_not_read_its_input_and_no_sigpipe_is_raised) {
  struct sigaction action {
  }, before{};
  action.sa_handler = [](int) { pipe_signals++; };
  sigaction(SIGPIPE, &action, &before);
  std::string input(4 << 20, 'x');
  CHECK_EQUAL(run({"true"}, input).exit_code, 0);
  CHECK_EQUAL(run({"sh", "-c", "exec <&-; sleep 0.1; exit 5"}, input).exit_code, 5);
  sigset_t pending;
  sigpending(&pending);
  sigaction(SIGPIPE, &before, nullptr);
  CHECK_EQUAL(pipe_signals, 0);
  CHECK(!sigismember(&pending, SIGPIPE));
}

TEST(a_sigpipe_that_the_host_keeps_pending_stays_so) {
  sigset_t blocked, before, pending;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  raise(SIGPIPE);
  int exit_code = run({"true"}, std::string(4 << 20, 'x')).exit_code;
  sigpending(&pending);
  const timespec now{};
  int taken = sigtimedwait(&blocked, nullptr, &now);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK_EQUAL(exit_code, 0);
  CHECK(sigismember(&pending, SIGPIPE));
  CHECK_EQUAL(taken, SIGPIPE);
}

TEST(a_program_that_takes_too_long_is_ended_and_reaped) {
  int64_t start = now_ms();
  CHECK_FAILS(run({"sleep", "60"}, "", 50), Code::timeout, "the program sleep has not ended after 50 ms");
  CHECK(now_ms() - start < 10000);
  CHECK(!has_children());
}

TEST(a_program_that_closes_its_output_and_stays_is_ended_too) {
  CHECK_FAILS(run({"sh", "-c", "exec >&- 2>&-; exec sleep 60"}, "", 100), Code::timeout, "has not ended");
  CHECK(!has_children());
}

TEST(a_cancel_ends_and_reaps_the_program) {
  Cancel cancel(50);
  CHECK_FAILS(on_loop(run_program({"sleep", "60"}, "", -1), &cancel), Code::timeout, "deadline");
  CHECK(!has_children());
}

TEST(a_program_that_writes_too_much_is_ended) {
  CHECK_FAILS(run({"yes"}, "", 20000, 100000), Code::io, "more than 100000 bytes");
  CHECK(!has_children());
}

TEST(nothing_but_the_standard_streams_is_open_in_the_program) {
  Fd inherited(open("/dev/null", O_RDONLY));  // not close-on-exec
  CHECK(dup2(inherited.get(), 77) == 77);
  ProgramResult result = shell("[ -e /proc/$$/fd/77 ] && echo open; [ -e /proc/$$/fd/1 ] && echo standard");
  close(77);
  CHECK_EQUAL(result.out, "standard\n");
}

TEST(the_program_has_no_signal_blocked_or_ignored) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto ignored = signal(SIGPIPE, SIG_IGN);
  std::string out = run({"sed", "-n", "s/^Sig\\(Blk\\|Ign\\):.*\\(........\\)$/\\2/p", "/proc/self/status"}).out;
  signal(SIGPIPE, ignored);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK_EQUAL(out.size(), 18u);
  CHECK_EQUAL(std::stoul(out.substr(0, 8), nullptr, 16), 0u);
  CHECK_EQUAL(std::stoul(out.substr(9, 8), nullptr, 16) & 0x7fffffff, 0u);  // above are those of the C library itself
}

TEST(no_signal_handler_is_installed) {
  shell("true");
  for (int number : {SIGCHLD, SIGPIPE}) {
    struct sigaction action {};
    sigaction(number, nullptr, &action);
    CHECK(action.sa_handler == SIG_DFL);
  }
}

TEST(a_host_that_reaps_children_itself_is_told_that_the_exit_code_is_lost) {
  auto before = signal(SIGCHLD, SIG_IGN);
  std::optional<Failure> failure;
  try {
    shell("exit 3");
  } catch (const Failure &caught) {
    failure = caught;
  }
  signal(SIGCHLD, before);
  CHECK(failure.has_value());
  CHECK(failure->code == Code::state);
  CHECK(failure->message.find("the exit code of sh is lost") != std::string::npos);
  CHECK(failure->hint.find("SIGCHLD") != std::string::npos);
}

TEST(a_child_of_the_hosts_own_is_left_alone) {
  pid_t own = fork();
  if (own == 0) _exit(9);
  shell("true");
  int status = 0;
  CHECK_EQUAL(waitpid(own, &status, 0), own);
  CHECK_EQUAL(WEXITSTATUS(status), 9);
}

TEST(programs_run_where_the_host_has_closed_its_standard_streams) {
  for (int closed = 1; closed < 8; closed++) {
    pid_t child = fork();
    if (child == 0) {
      for (int fd = 0; fd < 3; fd++)
        if (closed & 1 << fd) close(fd);
      bool good = false;
      try {
        ProgramResult result = run({"sh", "-c", "cat; echo err >&2"}, "in");
        good = result.out == "in" && result.err == "err\n";
        ProcessOptions options;
        options.pipe_in = options.pipe_out = options.pipe_err = false;
        Loop loop;
        Process process(loop, {"sh", "-c", "[ -e /dev/stdin ] && [ -e /dev/stdout ] && [ -e /dev/stderr ]"}, options);
        good = good && loop.run(exit_code_of(process), nullptr) == 0;
      } catch (const Failure &) {
      }
      _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK_EQUAL(status, 0);
  }
}

TEST(programs_leave_no_descriptor_and_no_child_behind) {
  shell("true");
  int before = descriptors();
  for (int i = 0; i < 10; i++) shell("true");
  CHECK_EQUAL(descriptors(), before);
  CHECK(!has_children());
  CHECK_EQUAL(threads(), 1);
}

TEST(threads_run_programs_at_once) {
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; i++)
    callers.emplace_back([&good, i] {
      for (int k = 0; k < 5; k++)
        if (run({"sh", "-c", "exit " + std::to_string(i)}).exit_code == i) good++;
    });
  for (auto &caller : callers) caller.join();
  CHECK_EQUAL(good.load(), 20);
}

int main() { return check::run_all("process"); }
