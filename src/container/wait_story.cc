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

Json WaitStory::details(const Json &document) const {
  Json details = Json::object();
  details.set("waited_for", wanted_);
  Json state = document["State"];
  if (document) {
    details.set("status", status_in(document));
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

// Each is asked for by itself: a container that is gone has neither, one without a readable log has its state.
static Task<void> ask(Api &api, Container &container, Json *document, std::deque<std::string> *lines) {
  const int64_t most_ms = 2000;
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, most_ms, [] { return Failure(Code::timeout, "the engine does not tell in time"); });
  try {
    *document = co_await inspect(api, container);
  } catch (const Failure &) {
    // The failure that is explained is the one to tell.
  }
  if (scope.is_cancelled()) co_return;
  try {
    co_await read_last_lines(api, container, lines);
  } catch (const Failure &) {
    // As above.
  }
}

Task<void> WaitStory::explain(Api &api, Container &container, WaitStory &story, Failure *failure) {
  Json document;
  co_await ask(api, container, &document, &story.log_);
  if (!story.last_probe_error_.empty()) failure->message += "; the last look: " + excerpt(story.last_probe_error_);
  if (!story.log_.empty()) failure->message += "; its log ends: " + in_quotes(story.log_.back());
  failure->details = story.details(document).dump();
}

}  // namespace conu
