// Child processes on a loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loop/child.h"
#include "loop/descriptor.h"
#include "loop/loop.h"

namespace conu {

// Waits for the child's end: its exit code, as often as you like.
Task<int> ended(Child &child);

// A child process with its streams on a loop.
class Process {
 public:
  // Failure(command_missing) for a program that is not there.
  Process(Loop &loop, const std::vector<std::string> &command, const ProcessOptions &options = {});

  Task<int> wait() { return ended(child_); }
  // Our ends of its streams; null where it has no pipe.
  Descriptor *in() { return stdin_ ? &*stdin_ : nullptr; }
  Descriptor *out() { return stdout_ ? &*stdout_ : nullptr; }
  Descriptor *err() { return stderr_ ? &*stderr_ : nullptr; }
  void close_stdin() { stdin_.reset(); }

 private:
  Child child_;
  std::optional<Descriptor> stdin_, stdout_, stderr_;
};

struct ProgramResult {
  int exit_code = 0;  // 128 + the signal's number where a signal ended it
  std::string out;
  std::string err;
};

// Runs a program with `input` on its standard input, if that is a pipe, and gives what it wrote. A program that is not
// there is Failure(command_missing), one that takes longer than `timeout_ms` (negative: no limit) is ended and
// Failure(timeout), one that writes more than `limit` bytes is ended and Failure(io). What it leaves running with its
// output open is waited for only for a moment.
Task<ProgramResult> run_program(std::vector<std::string> command, std::string input, int64_t timeout_ms,
                                size_t limit = 16 << 20, ProcessOptions options = {});

}  // namespace conu
