// Child processes: started without a signal handler, watched by a pidfd, reaped by us alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loop/descriptor.h"
#include "loop/loop.h"

namespace conu {

// What a program is given besides its words.
struct ProcessOptions {
  // Which standard streams are pipes to us; the others are this process's own.
  bool pipe_in = true, pipe_out = true, pipe_err = true;
  std::vector<std::string> hidden_variables;  // of this process's environment, by name: the program does not see them
};

// A child process. It has the standard streams and no other descriptor, and no signal is blocked or ignored in it. It
// is ended by SIGKILL and reaped with its object.
class Process {
 public:
  // Failure(command_missing) for a program that is not there.
  Process(Loop &loop, const std::vector<std::string> &command, const ProcessOptions &options = {});
  ~Process();
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  // For its end: the exit code, 128 + the signal's number where a signal ended it. One at a time, as often as you like.
  Task<int> wait();
  // Our ends of its streams; null where it has no pipe.
  Descriptor *in() { return stdin_ ? &*stdin_ : nullptr; }
  Descriptor *out() { return stdout_ ? &*stdout_ : nullptr; }
  Descriptor *err() { return stderr_ ? &*stderr_ : nullptr; }
  void close_stdin() { stdin_.reset(); }

 private:
  void end();

  std::string name_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  std::optional<int> exit_code_;
  std::optional<Descriptor> stdin_, stdout_, stderr_, pidfd_;
};

struct ProgramResult {
  int exit_code = 0;  // 128 + the signal's number where a signal ended it
  std::string out;
  std::string err;
};

// Runs a program with `input` on its standard input, and gives what it wrote. A program that is not there is
// Failure(command_missing), one that takes longer than `timeout_ms` (negative: no limit) is ended and Failure(timeout),
// one that writes more than `limit` bytes is ended and Failure(io). What it leaves running with its output open is
// waited for only for a moment.
Task<ProgramResult> run_program(std::vector<std::string> command, std::string input, int64_t timeout_ms,
                                size_t limit = 16 << 20, std::vector<std::string> hidden_variables = {});

}  // namespace conu
