// A container of an engine: the handle, and its end.
#include "container/container.h"

#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- the handle ------------------------------------------------------------------------------------------------------

const std::string &Container::name() const {
  std::lock_guard lock(mutex_);
  return names_.back();
}

void Container::set_name(const std::string &name) {
  std::lock_guard lock(mutex_);
  if (names_.back() != name) names_.push_back(name);
}

std::optional<std::string> Container::remembered() const {
  std::lock_guard lock(mutex_);
  return document_;
}

void Container::remember(std::string document) {
  std::lock_guard lock(mutex_);
  document_ = std::move(document);
}

// --- its end ---------------------------------------------------------------------------------------------------------

static int exit_code_in(const Json &answer, const Container &container) {
  auto code = answer.as_integer();
  if (!code)
    throw Failure(Code::protocol, "the engine's answer to the wait for " + container.subject() + " has no exit code");
  return static_cast<int>(*code);
}

Task<int> wait(Api &api, Container &container, int64_t timeout_ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, container.subject() + " still runs after " + std::to_string(timeout_ms) + " ms");
  });
  Request request = api.request("POST");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // the answer may well begin at the container's end only
  // Of a container that removes itself, Podman keeps the exit code for its own kind of wait alone.
  std::string path = container.path("/wait");
  if (api.engine.is_podman()) path = "/libpod" + path + "?condition=exited";
  Exchange exchange = co_await api.open(std::move(request), path, container.subject());
  std::string answer = co_await exchange.rest(1 << 20);
  Json result = Json::parse(answer, "the engine's answer to POST " + path);
  if (!result.is_object()) co_return exit_code_in(result, container);
  if (auto message = result["Error"]["Message"].as_string(); message && !message->empty())
    throw engine_failure(*message, container.subject());
  co_return exit_code_in(result["StatusCode"], container);
}

Task<void> stop(Api &api, Container &container, int64_t grace_ms) {
  Request request = api.request("POST");
  Query query;
  int64_t grace_s = grace_ms / 1000 + (grace_ms % 1000 > 0 ? 1 : 0);
  if (grace_ms >= 0) {
    query.add("t", std::to_string(grace_s));
  } else {
    Json document = co_await inspect(api, container);
    grace_s = document["Config"]["StopTimeout"].integer_or(10);
  }
  // The engine answers when the container has ended.
  int64_t timeout = api.engine.timeout_ms();
  request.head_timeout_ms = timeout < 0 || grace_s < 0 ? -1 : timeout + grace_s * 1000;
  Exchange exchange =
      co_await api.open(std::move(request), container.path("/stop" + query.text()), container.subject());
  co_await exchange.rest(1 << 20);
}

Task<void> kill(Api &api, Container &container, std::string signal) {
  Query query;
  query.add("signal", signal);
  co_await api.call("POST", container.path("/kill" + query.text()), container.subject());
}

static Task<void> try_remove(Api &api, const std::string &path, const std::string &subject, bool force) {
  try {
    co_await api.call("DELETE", path, subject);
  } catch (const Failure &failure) {
    bool under_way = failure.http_status == 409 && failure.message.find("already in progress") != std::string::npos;
    bool gone = failure.http_status == 404 && force;
    if (!under_way && !gone) throw;
  }
}

// Podman refuses to remove a container that comes to its end at that very moment, by force, too.
static bool is_about_to_end(const Failure &failure) {
  return failure.http_status == 500 && failure.message.find("container state improper") != std::string::npos;
}

Task<void> remove_container(Api &api, std::string id, std::string subject, bool force, bool volumes) {
  Query query;
  query.flag("force", force).flag("v", volumes);
  std::string path = "/containers/" + id + query.text();
  const int64_t pauses_ms[] = {20, 100, 500, -1};
  for (int64_t pause : pauses_ms) {
    std::optional<Failure> failure;
    try {
      co_await try_remove(api, path, subject, force);
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (!failure) co_return;
    if (!force || pause < 0 || !is_about_to_end(*failure)) throw *failure;
    co_await sleep_for(pause);
  }
}

}  // namespace conu
