// Child processes: posix_spawn, pidfd, waitid. uv_spawn is not used: its SIGCHLD handler would displace the host's own.
#include "loop/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "loop/group.h"

extern char **environ;

namespace conu {

namespace {

struct SocketPair {
  SocketPair() {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
      throw system_failure("cannot make a socket pair for a program", errno);
    ours.reset(fds[0]);
    theirs.reset(fds[1]);
  }
  Fd ours, theirs;
};

// What posix_spawn is told: standard streams, nothing else open, no signal blocked or ignored.
class SpawnPlan {
 public:
  SpawnPlan(int in, int out, int err) {
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0) throw std::bad_alloc();
    int result = posix_spawn_file_actions_adddup2(&actions, in, 0);
    if (result == 0) result = posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (result == 0) result = posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (result == 0) result = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (result != 0) throw std::bad_alloc();
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

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

}  // namespace

static Failure lost_exit_code(const std::string &name) {
  return Failure(Code::state, "the exit code of " + name + " is lost: this process reaps children by itself",
                 "do not ignore SIGCHLD, and do not wait for children that are not your own");
}

Process::Process(Loop &loop, const std::vector<std::string> &command) : name_(command.at(0)) {
  SocketPair in, out, err;
  SpawnPlan plan(in.theirs.get(), out.theirs.get(), err.theirs.get());
  std::vector<char *> arguments;
  for (auto &argument : command) arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  int result = posix_spawnp(&pid_, name_.c_str(), &plan.actions, &plan.attributes, arguments.data(), environ);
  if (result == ENOENT)
    throw Failure(Code::command_missing, "there is no program " + name_,
                  "install it, or see that PATH names its folder");
  if (result != 0) throw system_failure("cannot start the program " + name_, result);
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd && errno == ESRCH) throw lost_exit_code(name_);  // it has come and gone, and must not be killed
  try {
    if (!pidfd) throw system_failure("cannot watch the program " + name_, errno);
    pidfd_.emplace(loop, std::move(pidfd));
    stdin_.emplace(loop, std::move(in.ours));
    stdout_.emplace(loop, std::move(out.ours));
    stderr_.emplace(loop, std::move(err.ours));
  } catch (...) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    throw;
  }
}

Process::~Process() {
  if (reaped_) return;
  syscall(SYS_pidfd_send_signal, pidfd_->fd(), SIGKILL, nullptr, 0);
  // The loop has made the pidfd non-blocking, and waitid with it.
  fcntl(pidfd_->fd(), F_SETFL, 0);
  siginfo_t info;
  while (waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_->fd()), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
}

Task<int> Process::wait() {
  for (;;) {
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
      co_return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    }
    co_await pidfd_->readable();
  }
}

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
    co_await write_all(process.in(), input.data(), input.size(), "a program");
  } catch (const Failure &failure) {
    // A program need not read its input; its exit code tells whether it should have.
    if (failure.code != Code::io) throw;
  }
  process.close_stdin();
}

Task<ProgramResult> run_program(std::vector<std::string> command, std::string input, int64_t timeout_ms, size_t limit) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&command, timeout_ms] {
    return Failure(Code::timeout,
                   "the program " + command[0] + " has not ended after " + std::to_string(timeout_ms) + " ms");
  });
  Process process(scope.loop, command);
  ProgramResult result;
  std::vector<Task<void>> tasks;
  tasks.push_back(feed(process, input));
  tasks.push_back(read_to_end(process.out(), result.out, limit));
  tasks.push_back(read_to_end(process.err(), result.err, limit));
  co_await when_all(std::move(tasks));
  result.exit_code = co_await process.wait();
  co_return result;
}

}  // namespace conu
