// Running a script of an image in a container, to its end.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "container/container.h"
#include "container/lines.h"
#include "s2i/upload.h"

namespace conu {

// Where the output of a script goes: its lines to the reader of the steps. Those of its standard output are given
// without the blanks around them.
class ScriptOutput {
 public:
  explicit ScriptOutput(Steps &steps, bool is_quiet = false) : steps_(steps), is_quiet_(is_quiet) {}
  virtual ~ScriptOutput() = default;

  virtual Task<void> take(Piece piece);
  Task<void> finish();
  // What was said is nothing of the script: it is run once more.
  void forget();

  // The beginning of its standard error and the last line of it, and the end of all, in the order that it came.
  const std::string &first_errors() const { return first_errors_; }
  const std::string &last_error() const { return last_error_; }
  const std::deque<std::string> &last_lines() const { return last_lines_; }

 protected:
  virtual void notice(std::string_view) {}  // each line

 private:
  Task<void> put(Piece line);

  Steps &steps_;
  const bool is_quiet_;  // gives standard error alone
  Lines lines_;
  std::string first_errors_, last_error_;
  std::deque<std::string> last_lines_;
};

// What is run, and what is done with its container, which is removed in the end.
struct ScriptRun {
  ScriptRun();
  ScriptRun(const ScriptRun &) = delete;
  ~ScriptRun();

  ImagePtr image;
  std::string script;                // its path in the container
  std::vector<std::string> options;  // of docker run
  // What is unpacked in `destination` first, for this owner; null: nothing. That is done by the tar program of the
  // image, as its user; where the image has none, by the engine, and the files belong to `user`.
  std::function<std::shared_ptr<BodySource>(Owner owner)> archive;
  std::string destination, user;
  std::function<Task<void>(Container &container)> before;                // may be null
  std::function<Task<void>(Container &container, int exit_code)> after;  // its end
};

Task<void> run_script(Api &api, const ScriptRun &run, ScriptOutput &output);

// Throws what a script that ended so has to say. `subject`: "the script assemble of the image x".
[[noreturn]] void throw_script_failure(const std::string &subject, int exit_code, const ScriptOutput &output);

}  // namespace conu
