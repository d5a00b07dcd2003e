// A child process, which belongs to no loop: started without a signal handler, watched by a pidfd, reaped by us alone.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "util/fd.h"

namespace conu {

// What a program is given besides its words.
struct ProcessOptions {
  // Which standard streams are pipes to us; the others are this process's own.
  bool pipe_in = true, pipe_out = true, pipe_err = true;
  int in = -1;                                // what is its standard input in place of this process's own
  std::vector<std::string> hidden_variables;  // of this process's environment, by name: the program does not see them
};

// It has the standard streams and no other descriptor, and no signal is blocked or ignored in it. It is ended by
// SIGKILL and reaped with its object, but for one that a forked process has of its parent.
class Child {
 public:
  // Failure(command_missing) for a program that is not there.
  explicit Child(const std::vector<std::string> &command, const ProcessOptions &options = {});
  ~Child();
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;

  // The exit code, 128 + the signal's number where a signal ended it; nothing while it runs. From any thread. A pidfd
  // becomes readable at the end.
  std::optional<int> exit_code();
  const Fd &pidfd() const { return pidfd_; }
  bool is_own() const;

  Fd in, out, err;  // our ends of its streams, non-blocking; none where it has no pipe

 private:
  void end();

  std::string name_;
  pid_t pid_ = -1;
  Fd pidfd_;
  unsigned fork_generation_;
  std::mutex mutex_;  // of the reaping
  bool reaped_ = false;
  std::optional<int> exit_code_;
};

// Another descriptor of the same, for a loop to watch.
Fd copy_of(const Fd &fd);

}  // namespace conu
