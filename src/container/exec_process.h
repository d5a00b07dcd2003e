// A process that was started in a container beside its own: its state, and its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "container/container.h"
#include "container/exec.h"
#include "container/output.h"

namespace conu {

class ExecProcess {
 public:
  ExecProcess(const Container &container, const ExecRequest &request);

  // What the process is called in messages: the command "ls -l" in the container x.
  const std::string &subject() const { return subject_; }

  // Has the engine create and start it, and connects to it.
  Task<void> start(Api &api, ExecRequest request, bool with_stdin);
  Output &output() { return *output_; }
  // Puts all of `input` into it, beside the reading.
  void feed(Loop &loop, std::string input);

  // After the end of its output: waits for its exit code. What never ran is Failure(command_missing) or
  // Failure(command_failed), for which `said` is what came as its output.
  Task<int> exit_code(Api &api, std::string_view said);

  Task<void> resize(Api &api, int rows, int columns);

  enum class End { had_ended, ended, runs_on };
  // Ends it by SIGKILL, with what it has started.
  Task<void> end(Api &api, End *result);

 private:
  Task<Json> inspect(Api &api);
  Task<void> kill_from_within(Api &api);
  static Task<void> write_input(std::shared_ptr<Output> output, std::string input);

  std::string container_id_, container_path_, subject_;
  std::string command_;  // its first word
  std::string id_;       // empty: it was not created yet
  std::string mark_;     // a variable of its environment, by which it is found; empty: none
  std::shared_ptr<Output> output_;
  Background feeding_;
};

}  // namespace conu
