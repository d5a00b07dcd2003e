// Child processes: started without a signal handler, watched by a pidfd, reaped by us alone.
#pragma once

#include <string>
#include <vector>

#include "loop/descriptor.h"
#include "loop/loop.h"

namespace conu {

struct ProgramResult {
  int exit_code = 0;  // 128 + the signal's number where a signal ended it
  std::string out;
  std::string err;
};

// Runs a program (looked up in PATH) with `input` on its standard input, and gives what it wrote. A program that is not
// there is Failure(command_missing), one that takes longer than `timeout_ms` (negative: no limit) is ended and
// Failure(timeout), one that writes more than `limit` bytes is ended and Failure(io).
Task<ProgramResult> run_program(std::vector<std::string> command, std::string input, int64_t timeout_ms,
                                size_t limit = 16 << 20);

// A child process with its standard streams as sockets of ours. It is ended and reaped with its object.
class Process {
 public:
  Process(Loop &loop, const std::vector<std::string> &command);
  ~Process();
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  Task<int> wait();  // for its end: the exit code, 128 + the signal's number where a signal ended it
  void close_stdin() { stdin_.reset(); }
  Descriptor &in() { return *stdin_; }
  Descriptor &out() { return *stdout_; }
  Descriptor &err() { return *stderr_; }

 private:
  std::string name_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  std::optional<Descriptor> stdin_, stdout_, stderr_, pidfd_;
};

}  // namespace conu
