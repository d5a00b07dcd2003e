// Running a command in a container, beside the container's own process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "container/container.h"
#include "container/stream.h"
#include "loop/process.h"

namespace conu {

struct ExecRequest {
  std::vector<std::string> command;
  std::string user, workdir;             // empty: the container's own
  std::vector<std::string> environment;  // NAME=value
  std::optional<std::string> input;      // its whole standard input; without it execute() gives it an empty one
  bool tty = false;
  bool privileged = false;
  int64_t timeout_ms = -1;           // after which the process is ended; negative: none
  size_t limit = size_t{256} << 20;  // of the output that execute() keeps
};

// A terminal's output is all in `out`.
using ExecResult = ProgramResult;

// Runs it to its end. A program that does not exist is Failure(command_missing), one that cannot be started
// Failure(command_failed); everything that started gives a result. At the deadline, Failure(timeout), beyond the limit,
// Failure(io), and at a cancel the process is ended, and the message says whether that went well.
Task<ExecResult> execute(Api &api, Container &container, ExecRequest request);

// The same as a Stream, whose writing goes to the process where there is no `input`. Its deadline is kept while a call
// on the stream runs.
Task<std::unique_ptr<StreamSource>> open_exec_stream(Api &api, ContainerPtr container, ExecRequest request);

}  // namespace conu
