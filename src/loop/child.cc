// A child process: posix_spawn, pidfd, waitid. uv_spawn is not used: its SIGCHLD handler would displace the host's own.
#include "loop/child.h"

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

#include "util/failure.h"
#include "util/fork.h"
#include "util/program.h"
#include "util/text.h"

extern char **environ;

namespace conu {

// --- starting it -----------------------------------------------------------------------------------------------------

// Where the host has closed a standard stream of its own, what is opened next must not take its place.
static Fd above_standard(int fd) {
  Fd low(fd);
  if (fd > 2) return low;
  Fd high(fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!high) throw_system_failure("cannot make a pipe for a program", errno);
  return high;
}

namespace {

// A program may open its standard streams anew by their names, /dev/stdout, which goes with pipes and not with sockets.
struct Pipe {
  Pipe() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) throw_system_failure("cannot make a pipe for a program", errno);
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

  void set_stream(int number, int fd) { add(posix_spawn_file_actions_adddup2(&actions, fd, number)); }
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
  return Failure(Code::command_missing, concat("there is no program ", name),
                 "install it, or see that PATH names its folder");
}

static Failure lost_exit_code(const std::string &name) {
  return Failure(Code::state, concat("the exit code of ", name, " is lost: this process reaps children by itself"),
                 "do not ignore SIGCHLD, and do not wait for children that are not your own");
}

Child::Child(const std::vector<std::string> &command, const ProcessOptions &options)
    : name_(command.at(0)), fork_generation_(fork_generation()) {
  auto path = find_program(name_);
  if (!path) throw missing(name_);
  SpawnPlan plan;
  std::vector<Fd> theirs;
  auto give = [&](int number, bool piped, Fd *ours) {
    if (!piped && number == 0 && options.in >= 0) return plan.set_stream(0, options.in);
    if (!piped) return plan.inherit_stream(number);
    Pipe pipe;
    *ours = std::move(number == 0 ? pipe.write_end : pipe.read_end);
    fcntl(ours->get(), F_SETFL, O_NONBLOCK);
    theirs.push_back(std::move(number == 0 ? pipe.read_end : pipe.write_end));
    plan.set_stream(number, theirs.back().get());
  };
  give(0, options.pipe_in, &in);
  give(1, options.pipe_out, &out);
  give(2, options.pipe_err, &err);
  plan.close_the_rest();
  auto arguments = pointers_to(command);
  auto environment = environment_without(options.hidden_variables);
  int result = posix_spawn(&pid_, path->c_str(), &plan.actions, &plan.attributes, arguments.data(), environment.data());
  if (result == ENOENT)  // the file is there, but not what its first line names
    throw_failure(Code::command_missing, {"the program ", name_, " needs an interpreter that is not there"},
                  concat("see the first line of ", *path));
  if (result != 0) throw_system_failure({"cannot start the program ", name_}, result);
  pidfd_.reset(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (pidfd_) return;
  if (errno == ESRCH) throw lost_exit_code(name_);  // it has come and gone, and must not be killed
  Failure failure = system_failure(concat("cannot watch the program ", name_), errno);
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  throw failure;
}

Child::~Child() {
  if (!reaped_ && is_own()) end();
}

bool Child::is_own() const { return fork_generation_ == fork_generation(); }

// What is killed is gone in no time, unless the kernel itself holds it up: then nobody must hang on it.
void Child::end() {
  const int most_ms = 1000;
  syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  pollfd ended{pidfd_.get(), POLLIN, 0};
  while (poll(&ended, 1, most_ms) < 0 && errno == EINTR) {
  }
  siginfo_t info;
  waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG);
}

std::optional<int> Child::exit_code() {
  if (!is_own())
    throw_failure(Code::state, {"the program ", name_, " is a child of the parent process, not of this one"});
  std::lock_guard lock(mutex_);
  while (!exit_code_) {
    if (reaped_) throw lost_exit_code(name_);
    siginfo_t info{};
    int result = waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG);
    if (result != 0 && errno == EINTR) continue;
    if (result != 0) {
      reaped_ = true;
      if (errno == ECHILD) throw lost_exit_code(name_);
      throw_system_failure({"cannot wait for the program ", name_}, errno);
    }
    if (info.si_pid == 0) return std::nullopt;
    reaped_ = true;
    exit_code_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  }
  return exit_code_;
}

Fd copy_of(const Fd &fd) {
  Fd copy(fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!copy) throw_system_failure("cannot use the streams of a program", errno);
  return copy;
}

}  // namespace conu
