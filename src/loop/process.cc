// Child processes on a loop.
#include "loop/process.h"

#include "loop/group.h"
#include "util/text.h"

namespace conu {

Task<int> ended(Child &child) {
  std::optional<int> code = child.exit_code();
  if (code) co_return *code;
  Scope &scope = co_await current_scope();
  Descriptor pidfd(scope.loop, copy_of(child.pidfd()));
  while (!code) {
    co_await pidfd.readable();
    code = child.exit_code();
  }
  co_return *code;
}

Process::Process(Loop &loop, const std::vector<std::string> &command, const ProcessOptions &options)
    : child_(command, options) {
  if (child_.in) stdin_.emplace(loop, std::move(child_.in));
  if (child_.out) stdout_.emplace(loop, std::move(child_.out));
  if (child_.err) stderr_.emplace(loop, std::move(child_.err));
}

// --- a whole run -----------------------------------------------------------------------------------------------------

static Task<void> read_to_end(Descriptor &descriptor, std::string &text, size_t limit) {
  char buffer[4096];
  for (;;) {
    size_t n = co_await read_some(descriptor, buffer, sizeof buffer, "a program");
    if (n == 0) co_return;
    text.append(buffer, n);
    if (text.size() > limit) throw_failure(Code::io, {"a program wrote more than ", decimal(limit), " bytes"});
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
  if (process.in() != nullptr) tasks.push_back(feed(process, input));
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
                                ProcessOptions options) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&command, timeout_ms] {
    return Failure(Code::timeout,
                   concat("the program ", command[0], " has not ended after ", decimal(timeout_ms), " ms"));
  });
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
