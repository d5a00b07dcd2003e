// A container of an engine: the handle, and its end.
#include "container/container.h"

#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- the handle ------------------------------------------------------------------------------------------------------

std::string Container::path(Text rest) const { return concat("/containers/", id_, rest); }
std::string Container::subject() const { return concat("the container ", name()); }

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
    throw_failure(Code::protocol, {"the engine's answer to the wait for ", container.subject(), " has no exit code"});
  return static_cast<int>(*code);
}

Task<int> wait(Api &api, Container &container, int64_t timeout_ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, concat(container.subject(), " still runs after ", decimal(timeout_ms), " ms"));
  });
  Request request = api.request("POST");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // the answer may well begin at the container's end only
  // Of a container that removes itself, Podman keeps the exit code for its own kind of wait alone.
  std::string path = container.path("/wait");
  if (api.engine.is_podman()) path = concat("/libpod", path, "?condition=exited");
  Exchange exchange = co_await api.open(std::move(request), path, container.subject());
  std::string answer = co_await exchange.rest(1 << 20);
  Json result = Json::parse(answer, concat("the engine's answer to POST ", path));
  if (!result.is_object()) co_return exit_code_in(result, container);
  if (auto message = result["Error"]["Message"].as_string(); message && !message->empty())
    throw engine_failure(*message, container.subject());
  co_return exit_code_in(result["StatusCode"], container);
}

}  // namespace conu
