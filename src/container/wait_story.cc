// What happened while a container was waited for.
#include "container/wait_story.h"

#include "container/logs.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

static const size_t kept_lines = 50, kept_events = 200;

void WaitStory::tell(const std::string &what) {
  if (!time_line_.empty() && time_line_.back().second == what) return;
  if (time_line_.size() < kept_events) time_line_.emplace_back(loop_.now() - began_, what);
}

void WaitStory::probe_failed(const std::string &why) {
  last_probe_error_ = why;
  tell(why);
}

void WaitStory::log_line(std::string_view line) {
  log_.push_back(as_utf8(line.substr(0, 4096)));
  if (log_.size() > kept_lines) log_.pop_front();
}

Json WaitStory::details() const {
  Json details = Json::object();
  details.set("waited_for", wanted_);
  Json state = document_["State"];
  if (document_) {
    details.set("status", status_in(document_));
    details.set("exit_code", Json::integer(state["ExitCode"].integer_or(0)));
    details.set("oom_killed", Json::boolean(state["OOMKilled"].boolean_or(false)));
    if (std::string error = state["Error"].text_or(""); !error.empty()) details.set("error", error);
    details.set("health", state["Health"]);
  }
  if (!last_probe_error_.empty()) details.set("last_probe_error", last_probe_error_);
  Json log = Json::array();
  for (const std::string &line : log_) log.append(Json::string(line));
  details.set("log", log);
  Json time_line = Json::array();
  for (const auto &[ms, what] : time_line_)
    time_line.append(Json::object().set("ms", Json::integer(ms)).set("what", what));
  details.set("time_line", time_line);
  return details;
}

static Task<void> read_last_lines(Api &api, Container &container, std::deque<std::string> *lines) {
  LogOptions options;
  options.tail = kept_lines;
  auto log = co_await open_log(api, container, options);
  Lines cut;
  std::deque<std::string> read;
  for (;;) {
    auto piece = co_await log->next();
    if (!piece) break;
    cut.feed(*piece);
    while (auto line = cut.next()) read.push_back(as_utf8(line->bytes.substr(0, 4096)));
  }
  while (auto line = cut.last()) read.push_back(as_utf8(line->bytes.substr(0, 4096)));
  while (read.size() > kept_lines) read.pop_front();
  if (!read.empty()) *lines = std::move(read);
}

// Each is asked for by itself: a container that is gone has neither, one without a readable log has its state. That
// comes last, as one that is being removed may be seen between its end and its removal.
Task<void> WaitStory::ask(Api &api, Container &container, WaitStory &story) {
  const int64_t most_ms = 2000;
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, most_ms, [] { return Failure(Code::timeout, "the engine does not tell in time"); });
  try {
    co_await read_last_lines(api, container, &story.log_);
  } catch (const Failure &) {
    // The failure that is explained is the one to tell.
  }
  if (scope.is_cancelled()) co_return;
  try {
    story.document_ = co_await inspect(api, container);
  } catch (const Failure &failure) {
    if (failure.code == Code::not_found) story.saw_it_gone();
  }
}

void WaitStory::explain(Failure *failure) const {
  std::string status = document_ ? status_in(document_) : "running";
  if (failure->code == Code::timeout && status != "running") failure->message += concat("; it is ", status);
  if (!last_probe_error_.empty()) failure->message += concat("; the last look: ", excerpt(last_probe_error_));
  if (!log_.empty()) failure->message += concat("; its log ends: ", in_quotes(log_.back()));
  failure->details = details().dump();
}

}  // namespace conu
