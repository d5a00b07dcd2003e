// Child processes: posix_spawn, pidfd, waitid. uv_spawn is not used: its SIGCHLD handler would displace the host's own.
#include "loop/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "loop/group.h"
#include "util/program.h"

extern char **environ;

namespace conu {

// --- starting it -----------------------------------------------------------------------------------------------------

// Where the host has closed a standard stream of its own, what is opened next must not take its place.
static Fd above_standard(int fd) {
  Fd low(fd);
  if (fd > 2) return low;
  Fd high(fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!high) throw system_failure("cannot make a pipe for a program", errno);
  return high;
}

namespace {

// A program may open its standard streams anew by their names, /dev/stdout, which goes with pipes and not with sockets.
struct Pipe {
  Pipe() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) throw system_failure("cannot make a pipe for a program", errno);
    Fd second(fds[1]);
    read_end = above_standard(fds[0]);
    write_end = above_standard(second.release());
  }
  Fd read_end, write_end;
};

// What posix_spawn is told: standard streams, nothing else open, no signal blocked or ignored.
class SpawnPlan {
 public:
  SpawnPlan() {
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0) throw std::bad_alloc();
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan &) = delete;
  SpawnPlan &operator=(const SpawnPlan &) = delete;

  void set_stream(int number, const Fd &fd) { add(posix_spawn_file_actions_adddup2(&actions, fd.get(), number)); }
  // This process's own; a program is never without, as what it opens next would take the place.
  void inherit_stream(int number) {
    if (fcntl(number, F_GETFD) >= 0)
      add(posix_spawn_file_actions_adddup2(&actions, number, number));
    else
      add(posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0));
  }
  void close_the_rest() { add(posix_spawn_file_actions_addclosefrom_np(&actions, 3)); }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

 private:
  static void add(int result) {
    if (result != 0) throw std::bad_alloc();
  }
};

}  // namespace

static std::vector<char *> pointers_to(const std::vector<std::string> &words) {
  std::vector<char *> pointers;
  for (auto &word : words) pointers.push_back(const_cast<char *>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

static std::vector<char *> environment_without(const std::vector<std::string> &hidden) {
  std::vector<char *> shown;
  for (char **entry = environ; entry != nullptr && *entry != nullptr; entry++) {
    std::string_view name = std::string_view(*entry).substr(0, std::string_view(*entry).find('='));
    if (std::find(hidden.begin(), hidden.end(), name) == hidden.end()) shown.push_back(*entry);
  }
  shown.push_back(nullptr);
  return shown;
}

static Failure missing(const std::string &name) {
  return Failure(Code::command_missing, "there is no program " + name, "install it, or see that PATH names its folder");
}

static Failure lost_exit_code(const std::string &name) {
  return Failure(Code::state, "the exit code of " + name + " is lost: this process reaps children by itself",
                 "do not ignore SIGCHLD, and do not wait for children that are not your own");
}

Process::Process(Loop &loop, const std::vector<std::string> &command, const ProcessOptions &options)
    : name_(command.at(0)) {
  auto path = find_program(name_);
  if (!path) throw missing(name_);
  SpawnPlan plan;
  Fd in, out, err;
  std::vector<Fd> theirs;
  auto give = [&](int number, bool piped, Fd *ours) {
    if (!piped) return plan.inherit_stream(number);
    Pipe pipe;
    *ours = std::move(number == 0 ? pipe.write_end : pipe.read_end);
    theirs.push_back(std::move(number == 0 ? pipe.read_end : pipe.write_end));
    plan.set_stream(number, theirs.back());
  };
  give(0, options.pipe_in, &in);
  give(1, options.pipe_out, &out);
  give(2, options.pipe_err, &err);
  plan.close_the_rest();
  auto arguments = pointers_to(command);
  auto environment = environment_without(options.hidden_variables);
  int result = posix_spawn(&pid_, path->c_str(), &plan.actions, &plan.attributes, arguments.data(), environment.data());
  if (result == ENOENT)  // the file is there, but not what its first line names
    throw Failure(Code::command_missing, "the program " + name_ + " needs an interpreter that is not there",
                  "see the first line of " + *path);
  if (result != 0) throw system_failure("cannot start the program " + name_, result);
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd && errno == ESRCH) throw lost_exit_code(name_);  // it has come and gone, and must not be killed
  try {
    if (!pidfd) throw system_failure("cannot watch the program " + name_, errno);
    pidfd_.emplace(loop, std::move(pidfd));
    if (in) stdin_.emplace(loop, std::move(in));
    if (out) stdout_.emplace(loop, std::move(out));
    if (err) stderr_.emplace(loop, std::move(err));
  } catch (...) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    throw;
  }
}

Process::~Process() {
  if (!reaped_) end();
}

// What is killed is gone in no time, unless the kernel itself holds it up: then nobody must hang on it.
void Process::end() {
  const int most_ms = 1000;
  syscall(SYS_pidfd_send_signal, pidfd_->fd(), SIGKILL, nullptr, 0);
  pollfd ended{pidfd_->fd(), POLLIN, 0};
  while (poll(&ended, 1, most_ms) < 0 && errno == EINTR) {
  }
  siginfo_t info;
  waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_->fd()), &info, WEXITED | WNOHANG);
}

// --- its end ---------------------------------------------------------------------------------------------------------

Task<int> Process::wait() {
  while (!exit_code_) {
    siginfo_t info{};
    int result = waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_->fd()), &info, WEXITED | WNOHANG);
    if (result != 0 && errno == EINTR) continue;
    if (result != 0) {
      reaped_ = true;
      if (errno == ECHILD) throw lost_exit_code(name_);
      throw system_failure("cannot wait for the program " + name_, errno);
    }
    if (info.si_pid != 0) {
      reaped_ = true;
      exit_code_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    } else {
      co_await pidfd_->readable();
    }
  }
  co_return *exit_code_;
}

// --- a whole run -----------------------------------------------------------------------------------------------------

static Task<void> read_to_end(Descriptor &descriptor, std::string &text, size_t limit) {
  char buffer[4096];
  for (;;) {
    size_t n = co_await read_some(descriptor, buffer, sizeof buffer, "a program");
    if (n == 0) co_return;
    text.append(buffer, n);
    if (text.size() > limit) throw Failure(Code::io, "a program wrote more than " + std::to_string(limit) + " bytes");
  }
}

static Task<void> feed(Process &process, const std::string &input) {
  try {
    co_await write_all(*process.in(), input.data(), input.size(), "a program");
  } catch (const Failure &failure) {
    // A program need not read its input; its exit code tells whether it should have.
    if (failure.code != Code::io) throw;
  }
  process.close_stdin();
}

static Task<void> exchange(Process &process, const std::string &input, ProgramResult &result, size_t limit) {
  std::vector<Task<void>> tasks;
  tasks.push_back(feed(process, input));
  tasks.push_back(read_to_end(*process.out(), result.out, limit));
  tasks.push_back(read_to_end(*process.err(), result.err, limit));
  co_await when_all(std::move(tasks));
}

// A process that the program has left behind may keep its output open for ever.
static Task<void> outlast(Process &process) {
  const int64_t grace_ms = 1000;
  co_await process.wait();
  co_await sleep_for(grace_ms);
}

Task<ProgramResult> run_program(std::vector<std::string> command, std::string input, int64_t timeout_ms, size_t limit,
                                std::vector<std::string> hidden_variables) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&command, timeout_ms] {
    return Failure(Code::timeout,
                   "the program " + command[0] + " has not ended after " + std::to_string(timeout_ms) + " ms");
  });
  ProcessOptions options;
  options.hidden_variables = std::move(hidden_variables);
  Process process(scope.loop, command, options);
  ProgramResult result;
  std::vector<Task<void>> tasks;
  tasks.push_back(exchange(process, input, result, limit));
  tasks.push_back(outlast(process));
  co_await when_any(std::move(tasks));
  result.exit_code = co_await process.wait();
  co_return result;
}

}  // namespace conu
