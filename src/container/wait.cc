// Waiting for a container to be ready, while watching that it lives.
#include "container/wait.h"

#include "container/conditions.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- its end ---------------------------------------------------------------------------------------------------------

// "exited, exit code 1, out of memory".
static std::string end_in(const Json &document) {
  Json state = document["State"];
  std::string text = concat(status_in(document), ", exit code ", decimal(exit_code_in(document)));
  if (state["OOMKilled"].boolean_or(false)) text += ", out of memory";
  if (std::string error = state["Error"].text_or(""); !error.empty()) text += concat(", ", error);
  return text;
}

static Failure removed(const Container &container, const WaitStory &story) {
  std::string message = concat(container.subject(), " was removed while it was waited for ", story.wanted());
  if (story.last_document()) message += concat("; before, it was ", end_in(story.last_document()));
  return Failure(Code::not_found, message);
}

static Failure ended(const Container &container, const WaitStory &story, const Json &document) {
  if (status_in(document) == "created")
    return Failure(Code::state,
                   concat(container.subject(), " has not been started, and is waited for ", story.wanted()),
                   "start it first");
  return Failure(Code::state, concat(container.subject(), " ended while it was waited for ", story.wanted(), ": ",
                                     end_in(document)));
}

// Whether the engine is to start it again by itself.
static bool is_to_be_restarted(const Json &document) {
  Json policy = document["HostConfig"]["RestartPolicy"];
  std::string name = policy["Name"].text_or("");
  if (name == "always" || name == "unless-stopped") return true;
  int64_t most = policy["MaximumRetryCount"].integer_or(0);
  bool may_try = most == 0 || document["RestartCount"].integer_or(0) < most;
  return name == "on-failure" && exit_code_in(document) != 0 && may_try;
}

static bool is_to_be_removed(const Json &document) {
  std::string status = status_in(document);
  return document["HostConfig"]["AutoRemove"].boolean_or(false) || status == "removing" || status == "dead";
}

static Task<std::optional<Json>> inspect_if_there(Api &api, Container &container) {
  std::optional<Json> document;
  try {
    document = co_await inspect(api, container);
  } catch (const Failure &failure) {
    if (failure.code != Code::not_found) throw;
  }
  co_return document;
}

// Of one that is gone already there is nothing to wait for: whoever asks for its state next sees it.
static Task<void> until_it_stops(Api &api, Container &container) {
  try {
    co_await wait(api, container, -1);
  } catch (const Failure &failure) {
    if (failure.code != Code::not_found) throw;
  }
}

// Watches until the container has ended for good or was removed, and gives the failure that this is to a wait.
static Task<Failure> end_of(Api &api, Container &container, WaitStory &story) {
  // How long an engine may take to begin what it does by itself after an end.
  const int64_t grace_ms = 1000, pause_ms = 20;
  Scope &scope = co_await current_scope();
  for (;;) {
    co_await until_it_stops(api, container);
    int64_t since = scope.loop.now();
    for (;;) {
      auto document = co_await inspect_if_there(api, container);
      if (!document) {
        story.tell("it was removed");
        co_return removed(container, story);
      }
      story.saw(*document);
      if (is_running_in(*document) && status_in(*document) != "restarting") break;
      story.tell(concat("it is ", status_in(*document), ", exit code ", decimal(exit_code_in(*document))));
      bool is_restarting = status_in(*document) == "restarting";
      bool goes_on = is_to_be_restarted(*document) || is_to_be_removed(*document);
      bool is_late = scope.loop.now() - since > grace_ms;
      if (!is_restarting && (!goes_on || is_late)) co_return ended(container, story, *document);
      co_await sleep_for(pause_ms);
    }
    story.tell("it was started again");
    co_await sleep_for(pause_ms);
  }
}

// Throws when the container has ended, and those who look at what it left have seen it all.
static Task<void> watch(Api &api, Container &container, WaitStory &story) {
  const int64_t most_ms = 2000;
  Failure failure = co_await end_of(api, container, story);
  story.end();
  Scope &scope = co_await current_scope();
  {
    Deadline deadline(scope, most_ms, [failure] { return failure; });
    while (story.is_looked_at() && !story.has_succeeded()) co_await story.changed().wait();
  }
  // What has held ends the wait, and this with it.
  while (story.has_succeeded()) co_await story.changed().wait();
  throw failure;
}

// --- the wait --------------------------------------------------------------------------------------------------------

static void check_whole(const Condition &condition) {
  if (condition.kind == Condition::Kind::any && condition.conditions.empty())
    throw_failure(Code::invalid_argument, "a wait for any of no conditions would never end");
  for (const Condition &part : condition.conditions) check_whole(part);
}

static Task<void> wait_in_time(Api &api, Container &container, const Condition &condition, WaitStory &story,
                               int64_t timeout_ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, concat(container.subject(), ": waited ", decimal(timeout_ms), " ms for ",
                                         story.wanted(), ", in vain"));
  });
  std::vector<Task<void>> lines;
  lines.push_back(satisfied(api, container, condition, story, [&story] { story.succeed(); }));
  lines.push_back(watch(api, container, story));
  co_await when_any(std::move(lines));
}

static bool has_a_story(const Failure &failure) {
  return failure.code == Code::state || failure.code == Code::not_found || failure.code == Code::timeout;
}

Task<void> wait_for(Api &api, Container &container, Condition condition, int64_t timeout_ms) {
  check_whole(condition);
  Scope &scope = co_await current_scope();
  WaitStory story(scope.loop, condition.text());
  story.tell("began");
  std::optional<Failure> failure;
  try {
    co_await wait_in_time(api, container, condition, story, timeout_ms);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return;
  // A cancel is obeyed at once.
  bool can_ask = has_a_story(*failure) && !scope.is_cancelled();
  if (can_ask) {
    co_await WaitStory::ask(api, container, story);
    bool is_removed = failure->code == Code::state && story.is_gone();
    if (is_removed) failure = removed(container, story);
    story.explain(&*failure);
  }
  throw *failure;
}

}  // namespace conu
