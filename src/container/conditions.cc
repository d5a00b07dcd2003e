// Coroutines that end when a condition holds.
#include "container/conditions.h"

#include <unistd.h>

#include <algorithm>
#include <functional>

#include "container/exec.h"
#include "container/listeners.h"
#include "container/logs.h"
#include "container/reach.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

namespace {

// Pauses that grow: soon again at first, and cheap when it takes long.
class Pauses {
 public:
  Pauses(int64_t first_ms, int64_t last_ms) : next_ms_(first_ms), last_ms_(last_ms) {}
  int64_t next() {
    int64_t ms = next_ms_;
    next_ms_ = std::min(last_ms_, next_ms_ + (next_ms_ + 1) / 2);
    return ms;
  }

 private:
  int64_t next_ms_;
  int64_t last_ms_;
};

// Holds up the judgement of a container that has ended.
class Look {
 public:
  explicit Look(WaitStory &story) : story_(story) { story_.begin_look(); }
  ~Look() { end(); }
  Look(const Look &) = delete;
  Look &operator=(const Look &) = delete;
  void end() {
    if (!ended_) story_.end_look();
    ended_ = true;
  }

 private:
  WaitStory &story_;
  bool ended_ = false;
};

}  // namespace

// What a probe meets is no end of the wait, unless asking again cannot help.
static bool is_final(const Scope &scope, const Failure &failure) {
  bool is_hopeless = failure.code == Code::invalid_argument || failure.code == Code::command_missing ||
                     failure.code == Code::unsupported || failure.code == Code::no_memory;
  return scope.is_cancelled() || is_hopeless;
}

using Probe = std::function<Task<bool>()>;

// Asks the probe until it says yes. One that also looks at what a container leaves behind holds up the judgement of its
// end until it has been asked once more after it.
static Task<void> until_so(Probe probe, Pauses pauses, WaitStory &story, bool looks_behind) {
  Scope &scope = co_await current_scope();
  std::optional<Look> look;
  if (looks_behind) look.emplace(story);
  for (;;) {
    bool was_over = story.is_over();
    std::optional<Failure> failure;
    try {
      bool is_so = co_await probe();
      if (is_so) co_return;
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (failure && is_final(scope, *failure)) throw *failure;
    if (failure) story.probe_failed(failure->message);
    if (was_over && look) look->end();
    co_await sleep_for(pauses.next());
  }
}

// --- port ------------------------------------------------------------------------------------------------------------

// One look from outside: connecting, and seeing whether the other side stays.
static Task<std::string> try_port(Api &api, Container &container, int port) {
  const int64_t most_ms = 1000;
  std::vector<Way> ways = co_await find_ways(api, container, port);
  Reached reached = co_await reach(api.http.loop(), ways, most_ms);
  if (reached.socket) co_return std::string();
  co_return reached.refusal;
}

static Task<void> port_open(Api &api, Container &container, int port, WaitStory &story) {
  const std::string name = concat("port ", decimal(port));
  Scope &scope = co_await current_scope();
  bool may_be_here = may_run_here(api.engine.endpoint());
  Pauses pauses(1, 4), pauses_outside(5, 100);
  std::optional<Listeners> listeners;
  bool is_host_network = false;
  for (;;) {
    std::optional<Failure> failure;
    int64_t began = scope.loop.now();
    Listening seen = listeners ? listeners->at(port) : Listening::unknown;
    bool is_open = seen == Listening::yes || (seen == Listening::on_loopback_only && is_host_network);
    if (is_open) co_return;
    if (seen == Listening::no) story.probe_failed(concat("nobody listens at ", name));
    if (seen == Listening::on_loopback_only)
      story.probe_failed(
          concat(name, " is listened at on localhost alone, which nobody outside of the container reaches"));
    if (seen != Listening::unknown) {
      scope.loop.refresh_clock();
      const int64_t looking_ms = scope.loop.now() - began;
      co_await sleep_for(std::max(pauses.next(), 3 * looking_ms));
      continue;
    }
    // It has no process yet, another one than before, or one that cannot be seen from here.
    listeners.reset();
    try {
      int pid = 0;
      if (may_be_here) {
        Json document = co_await inspect(api, container);
        Json network = co_await inspect_network(api, document);
        pid = static_cast<int>(document["State"]["Pid"].integer_or(0));
        is_host_network = uses_host_network(network);
      }
      if (pid > 0) {
        listeners.emplace(pid, container.id());
        if (listeners->at(port) != Listening::unknown) continue;
      }
      std::string refusal = co_await try_port(api, container, port);
      if (refusal.empty()) co_return;
      story.probe_failed(refusal);
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (failure && is_final(scope, *failure)) throw *failure;
    if (failure) story.probe_failed(failure->message);
    co_await sleep_for(pauses_outside.next());
  }
}

// --- log -------------------------------------------------------------------------------------------------------------

// Reads the log from its beginning to its end, or to the last line that is wanted. True: all have come.
static Task<bool> search_log(Api &api, Container &container, const Condition &condition, WaitStory &story) {
  LogOptions options;
  options.follow = !story.is_over();  // one that has ended has its whole log
  auto log = co_await open_log(api, container, options);
  Lines lines;
  int missing = condition.occurrences;
  auto take = [&](std::string_view line) {
    story.log_line(line);
    if (condition.pattern->is_in(line)) missing--;
  };
  while (missing > 0) {
    auto piece = co_await log->next();
    if (!piece) break;
    lines.feed(*piece);
    while (missing > 0) {
      auto line = lines.next();
      if (!line) break;
      take(line->bytes);
    }
  }
  while (missing > 0) {
    auto line = lines.last();
    if (!line) break;
    take(line->bytes);
  }
  if (missing > 0) story.probe_failed(concat("the log ends, with ", decimal(missing), " line(s) missing"));
  co_return missing == 0;
}

// A log ends with its container, and goes on when that is started again.
static Task<void> log_found(Api &api, Container &container, Condition condition, WaitStory &story) {
  Probe probe = [&] { return search_log(api, container, condition, story); };
  Pauses pauses(10, 200);
  co_await until_so(probe, pauses, story, true);
}

// --- HTTP ------------------------------------------------------------------------------------------------------------

static Task<bool> answers(Api &api, Container &container, const Condition &condition, WaitStory &story) {
  const int64_t most_ms = 2000;
  std::string subject = name_of_port(condition.port, container);
  HttpRequest request;
  request.path = condition.path;
  std::vector<Way> ways = co_await find_ways(api, container, condition.port);
  HttpAnswer answer = co_await http_request(api, subject, ways, request, most_ms);
  if (answer.status == condition.http_status) co_return true;
  story.probe_failed(
      concat("GET ", condition.path, " answered ", decimal(answer.status), ": ", excerpt(answer.body, 200)));
  co_return false;
}

static Task<void> http_answers(Api &api, Container &container, Condition condition, WaitStory &story) {
  Probe probe = [&] { return answers(api, container, condition, story); };
  Pauses pauses(5, 100);
  co_await until_so(probe, pauses, story, false);
}

// --- health ----------------------------------------------------------------------------------------------------------

static std::string last_health_output(const Json &health) {
  Json log = health["Log"];
  if (log.size() == 0) return "";
  Json last = log.at(log.size() - 1);
  return concat(", exit code ", decimal(last["ExitCode"].integer_or(0)), ": ", excerpt(last["Output"].text_or("")));
}

// Podman has systemd run the checks; where that is not, nobody does.
static bool runs_no_checks(const Engine &engine) {
  return engine.is_podman() && !engine.endpoint().socket_path.empty() && access("/run/systemd/system", F_OK) != 0;
}

static Task<void> run_check(Api &api, Container &container) {
  Request request = api.request("GET");
  Exchange exchange =
      co_await api.open(std::move(request), concat("/libpod", container.path("/healthcheck")), container.subject());
  co_await exchange.rest(1 << 20);
}

static Task<bool> is_healthy(Api &api, Container &container, WaitStory &story) {
  Json document = co_await inspect(api, container);
  Json health = document["State"]["Health"];
  Json test = document["Config"]["Healthcheck"]["Test"];
  bool is_off = test.size() == 0 || test.at(0).text_or("") == "NONE";
  std::string status = health["Status"].text_or("");
  if (is_off && (status.empty() || status == "none"))
    throw_failure(Code::invalid_argument, {container.subject(), " has no health check"},
                  "give it one by --health-cmd, or by HEALTHCHECK in its image");
  if (status == "healthy") co_return true;
  story.probe_failed(concat("its health is ", status.empty() ? "unknown" : status, last_health_output(health)));
  if (runs_no_checks(api.engine) && is_running_in(document)) co_await run_check(api, container);
  co_return false;
}

static Task<void> healthy(Api &api, Container &container, WaitStory &story) {
  Probe probe = [&] { return is_healthy(api, container, story); };
  Pauses pauses(10, 100);
  co_await until_so(probe, pauses, story, false);
}

// --- state -----------------------------------------------------------------------------------------------------------

static Task<bool> has_status(Api &api, Container &container, const std::string &status, WaitStory &story) {
  Json document = co_await inspect(api, container);
  std::string now = status_in(document);
  if (now == status) co_return true;
  story.probe_failed(concat("its state is ", now));
  co_return false;
}

static Task<void> status_reached(Api &api, Container &container, std::string status, WaitStory &story) {
  Probe probe = [&] { return has_status(api, container, status, story); };
  Pauses pauses(2, 50);
  co_await until_so(probe, pauses, story, true);
}

// --- command ---------------------------------------------------------------------------------------------------------

static Task<bool> ends_well(Api &api, Container &container, const Condition &condition, WaitStory &story) {
  ExecRequest request;
  request.command = condition.command;
  request.limit = 1 << 20;
  ExecResult result = co_await execute(api, container, request);
  if (result.exit_code == condition.exit_code) co_return true;
  story.probe_failed(concat("the command ", condition.command[0], " ended with ", decimal(result.exit_code), ": ",
                            excerpt(result.err.empty() ? result.out : result.err)));
  co_return false;
}

static Task<void> command_ends(Api &api, Container &container, Condition condition, WaitStory &story) {
  Probe probe = [&] { return ends_well(api, container, condition, story); };
  Pauses pauses(20, 500);
  co_await until_so(probe, pauses, story, false);
}

// --- all of them -----------------------------------------------------------------------------------------------------

static Task<void> part_satisfied(Api &api, Container &container, Condition condition, WaitStory &story, Held held) {
  co_await satisfied(api, container, condition, story, held);
  if (condition.kind != Condition::Kind::all && condition.kind != Condition::Kind::any)
    story.tell(concat("there is ", condition.text()));
}

Task<void> satisfied(Api &api, Container &container, Condition condition, WaitStory &story, Held held) {
  using Kind = Condition::Kind;
  size_t missing = condition.kind == Kind::all ? condition.conditions.size() : 1;
  Held part_held = [&missing, held] {
    if (missing > 0 && --missing == 0) held();
  };
  std::vector<Task<void>> parts;
  for (const Condition &part : condition.conditions)
    parts.push_back(part_satisfied(api, container, part, story, part_held));
  switch (condition.kind) {
    case Kind::all:
      if (missing == 0) held();
      co_await when_all(std::move(parts));
      co_return;
    case Kind::any:
      co_await when_any(std::move(parts));
      co_return;
    case Kind::port:
      co_await port_open(api, container, condition.port, story);
      break;
    case Kind::log:
      co_await log_found(api, container, condition, story);
      break;
    case Kind::http:
      co_await http_answers(api, container, condition, story);
      break;
    case Kind::healthy:
      co_await healthy(api, container, story);
      break;
    case Kind::status:
      co_await status_reached(api, container, condition.status, story);
      break;
    case Kind::command:
      co_await command_ends(api, container, condition, story);
      break;
  }
  held();
}

}  // namespace conu
