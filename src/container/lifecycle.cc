// What is done to a container during its life.
#include "container/lifecycle.h"

#include "container/state.h"
#include "util/text.h"

namespace conu {

void blame_program(Failure *failure) {
  const std::string &text = failure->message;
  auto says = [&](const char *phrase) { return text.find(phrase) != text.npos; };
  bool is_missing = says("executable file not found") || says("no such file or directory: OCI runtime") ||
                    (says("exec:") && says("no such file or directory")) || says("not found in $PATH");
  bool is_none = says("exec:") && says("permission denied");
  if (is_missing) {
    failure->code = Code::command_missing;
    failure->hint = "the image has no such program: see the command and the image's PATH";
  } else if (is_none) {
    failure->code = Code::command_failed;
    failure->hint = "the file is no program, or the user may not run it";
  }
}

// A request that may start the container's program.
static Task<void> call_that_starts(Api &api, std::string path, std::string subject, int64_t head_timeout_ms) {
  try {
    Request request = api.request("POST");
    request.head_timeout_ms = head_timeout_ms;
    Exchange exchange = co_await api.open(std::move(request), std::move(path), std::move(subject));
    co_await exchange.rest(1 << 20);
  } catch (Failure &failure) {
    blame_program(&failure);
    throw;
  }
}

Task<void> start(Api &api, Container &container) {
  return call_that_starts(api, container.path("/start"), container.subject(), api.engine.timeout_ms());
}

// --- its end ---------------------------------------------------------------------------------------------------------

namespace {

// How long a container may take to end, and how long the engine then may take to answer.
struct Grace {
  std::string query;
  int64_t head_timeout_ms;
};

}  // namespace

static Task<Grace> grace_of(Api &api, Container &container, int64_t grace_ms) {
  Query query;
  int64_t grace_s = grace_ms / 1000 + (grace_ms % 1000 > 0 ? 1 : 0);
  if (grace_ms >= 0) {
    query.add("t", decimal(grace_s));
  } else {
    Json document = co_await inspect(api, container);
    grace_s = document["Config"]["StopTimeout"].integer_or(10);
  }
  int64_t timeout = api.engine.timeout_ms();
  Grace grace{query.text(), timeout < 0 || grace_s < 0 ? -1 : timeout + grace_s * 1000};
  co_return grace;
}

// Podman, other than Docker, ends no container that is paused. True where that was in the way, and no longer is.
static Task<bool> resume_on_podman(Api &api, Container &container, const Failure &failure) {
  if (!api.engine.is_podman() || failure.http_status != 500) co_return false;
  Json document = co_await inspect(api, container);
  if (status_in(document) != "paused") co_return false;
  co_await unpause(api, container);
  co_return true;
}

// POST .../stop or .../restart, which are answered when the container has ended.
static Task<void> call_that_ends(Api &api, Container &container, std::string verb, int64_t grace_ms) {
  Grace grace = co_await grace_of(api, container, grace_ms);
  std::string path = container.path(concat(verb, grace.query));
  std::optional<Failure> refusal;
  try {
    co_await call_that_starts(api, path, container.subject(), grace.head_timeout_ms);
  } catch (const Failure &failure) {
    refusal = failure;
  }
  if (!refusal) co_return;
  bool resumed = co_await resume_on_podman(api, container, *refusal);
  if (!resumed) throw *refusal;
  co_await call_that_starts(api, path, container.subject(), grace.head_timeout_ms);
}

Task<void> stop(Api &api, Container &container, int64_t grace_ms) {
  return call_that_ends(api, container, "/stop", grace_ms);
}

Task<void> restart(Api &api, Container &container, int64_t grace_ms) {
  return call_that_ends(api, container, "/restart", grace_ms);
}

Task<void> kill(Api &api, Container &container, std::string signal) {
  Query query;
  query.add("signal", signal);
  co_await api.call("POST", container.path(concat("/kill", query.text())), container.subject());
}

// --- in between ------------------------------------------------------------------------------------------------------

Task<void> pause(Api &api, Container &container) {
  co_await api.call("POST", container.path("/pause"), container.subject());
}

Task<void> unpause(Api &api, Container &container) {
  co_await api.call("POST", container.path("/unpause"), container.subject());
}

void check_container_name(const std::string &name) {
  const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  bool good = !name.empty() && std::string_view("_.-").find(name[0]) == std::string_view::npos &&
              name.find_first_not_of(letters) == std::string::npos;
  if (!good)
    throw_failure(Code::invalid_argument, {in_quotes(name), " cannot be the name of a container"},
                  "names are made of letters, digits, \"_\", \".\" and \"-\", and begin with one of the first two");
}

Task<void> rename(Api &api, Container &container, std::string name) {
  check_container_name(name);
  Query query;
  query.add("name", name);
  try {
    co_await api.call("POST", container.path(concat("/rename", query.text())), container.subject());
  } catch (Failure &failure) {
    bool has_it_already = failure.message.find("same name as its current name") != std::string::npos;
    if (failure.code == Code::conflict) failure.hint = concat("the name ", name, " is taken: choose another one");
    if (!has_it_already) throw;
  }
  container.set_name(name);
}

}  // namespace conu
