// What happened while a container was waited for: the story that the error of a wait tells.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "container/container.h"
#include "loop/signal.h"

namespace conu {

class WaitStory {
 public:
  WaitStory(Loop &loop, std::string wanted) : loop_(loop), began_(loop.now()), wanted_(std::move(wanted)) {}

  // A line of the time line; what is the same as the line before is left out.
  void tell(const std::string &what);
  // What the last look at a condition found, where it did not hold.
  void probe_failed(const std::string &why);
  void log_line(std::string_view line);

  const std::string &wanted() const { return wanted_; }
  const std::string &last_probe_error() const { return last_probe_error_; }

  // Those who have something to see after the container's end hold it up while they look.
  void begin_look() { looking_++; }
  void end_look() {
    looking_--;
    changed_.raise();
  }
  bool is_looked_at() const { return looking_ > 0; }
  bool is_over() const { return is_over_; }
  void end() {
    is_over_ = true;
    changed_.raise();
  }
  // What was waited for is there, whatever becomes of the container now.
  void succeed() { has_succeeded_ = true; }
  bool has_succeeded() const { return has_succeeded_; }
  Signal &changed() { return changed_; }

  // Asks the engine for what there is to tell, within a time of its own.
  static Task<void> ask(Api &api, Container &container, WaitStory &story);
  // Makes `failure` tell it: in its details all, in its message the end of the log.
  void explain(Failure *failure) const;

  // What inspect said last; nothing where it never did. A container that is gone has its last one.
  void saw(Json document) { document_ = std::move(document); }
  void saw_it_gone() { is_gone_ = true; }
  const Json &last_document() const { return document_; }
  bool is_gone() const { return is_gone_; }

 private:
  Json details() const;

  Loop &loop_;
  int64_t began_;
  std::string wanted_;
  std::vector<std::pair<int64_t, std::string>> time_line_;
  std::string last_probe_error_;
  std::deque<std::string> log_;  // the last lines of it
  Json document_;
  bool is_gone_ = false;
  int looking_ = 0;
  bool is_over_ = false;
  bool has_succeeded_ = false;
  Signal changed_;
};

}  // namespace conu
