// The docker or podman program that runs a container in the foreground: its input, its output, its end.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "container/stream.h"
#include "loop/child.h"
#include "util/text.h"

namespace conu {

// It is ended by SIGKILL with its object, of which the container is told nothing. Calls run on loops of their own, so
// threads may be in different ones at once. In a child of the process that made it, all are Failure(state).
class Foreground {
 public:
  // `subject` is whom it serves, for messages: "the container x".
  Foreground(const std::vector<std::string> &command, const ProcessOptions &options, std::string subject)
      : child_(command, options),
        name_(concat("the program of ", subject)),
        pipes_input_(options.pipe_in),
        pipes_output_(options.pipe_out || options.pipe_err) {}

  // Failure(state) where it is not open, or no longer. `written` counts also where it fails.
  void write(std::string_view bytes, int64_t timeout_ms, Cancel *cancel, size_t *written);
  void close_stdin(Cancel *cancel);
  // What it writes, as far as that is piped. It is given out once, and outlives this object.
  std::unique_ptr<Stream> output(std::shared_ptr<Engine> engine, Cancel *cancel);
  int wait(int64_t timeout_ms, Cancel *cancel);

  std::optional<int> exit_code() { return child_.exit_code(); }
  std::string errors_so_far();  // what stands in the pipe of its stderr

 private:
  void need_own() const;
  void need_input() const;
  Task<void> write_all(std::string_view bytes, int64_t timeout_ms, size_t *written);
  Task<void> close_input();
  Task<std::unique_ptr<StreamSource>> give_output(Api &api);
  Task<int> wait_for_end(int64_t timeout_ms);

  Child child_;
  const std::string name_;
  const bool pipes_input_, pipes_output_;
  std::atomic_flag has_writer_ = ATOMIC_FLAG_INIT;
  std::atomic<bool> output_is_out_ = false;
};

}  // namespace conu
