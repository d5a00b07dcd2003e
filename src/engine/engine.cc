// An engine: finding it, agreeing on a version with it, and the loops that calls to it run on.
#include "engine/engine.h"

#include <charconv>
#include <tuple>

#include "util/file.h"
#include "util/fork.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

// --- the version of the API ------------------------------------------------------------------------------------------

using Version = std::pair<int, int>;

// The range of versions that this library speaks. Between them the newest that the engine has is chosen.
static constexpr Version oldest_version{1, 41};
static constexpr Version newest_version{1, 55};

static std::string text_of(Version version) { return concat(decimal(version.first), ".", decimal(version.second)); }

static std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char *end = text.data() + text.size();
  auto major = std::from_chars(text.data(), end, version.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  auto minor = std::from_chars(major.ptr + 1, end, version.second);
  if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
  return version;
}

static Failure no_common_version(const std::string &url, const std::string &engine_range) {
  return Failure(Code::unsupported,
                 concat("the engine at ", url, " speaks API versions ", engine_range, ", libconu speaks ",
                        text_of(oldest_version), " to ", text_of(newest_version), ": there is none in common"),
                 "use a newer version of whichever is behind");
}

static Task<Exchange> send_ping(Api &api, const char *method) {
  Request request = api.request(method);
  request.target = "/_ping";
  Exchange exchange = co_await api.http.open(request);
  co_return exchange;
}

Task<void> ping(Api &api) { co_await api.get("/_ping", concat("the engine at ", api.engine.url())); }

// An engine that is newer than this library may have given up all versions that the library speaks.
static Task<void> check_minimum(Api &api) {
  Request request = api.request("GET");
  request.target = "/version";
  Exchange exchange = co_await api.http.open(request);
  std::string body = co_await exchange.rest(1 << 20);
  if (exchange.status() >= 400) throw engine_failure(exchange.status(), body, exchange.name(), api.engine.url());
  Json document = Json::parse(body, "the engine's answer to GET /version");
  std::string least = document["MinAPIVersion"].text_or("");
  auto minimum = parse_version(least);
  if (minimum && *minimum > newest_version)
    throw no_common_version(api.engine.url(), concat(least, " to ", document["ApiVersion"].text_or("?")));
}

Task<void> Engine::agree(Api &api, Engine &engine) {
  Exchange answer = co_await send_ping(api, "HEAD");
  co_await answer.rest(1 << 20);
  std::string version(answer.header("Api-Version"));
  if (answer.status() >= 400 || version.empty()) {
    // A proxy, or an engine that knows no HEAD.
    Exchange second = co_await send_ping(api, "GET");
    std::string body = co_await second.rest(1 << 20);
    if (second.status() >= 400)
      throw engine_failure(second.status(), body, second.name(), concat("the engine at ", engine.url()));
    version = second.header("Api-Version");
    engine.is_podman_ = !second.header("Libpod-API-Version").empty();
  } else {
    engine.is_podman_ = !answer.header("Libpod-API-Version").empty();
  }
  auto newest_of_engine = parse_version(version);
  if (!newest_of_engine)
    throw_failure(
        Code::protocol,
        {"what listens at ", engine.url(), " is no container engine: its answer to GET /_ping says no API version"},
        "see that the address is that of Docker or Podman");
  if (*newest_of_engine < oldest_version) throw no_common_version(engine.url(), concat("up to ", version));
  if (auto wanted = environment("DOCKER_API_VERSION")) {
    if (!parse_version(*wanted))
      throw_failure(Code::invalid_argument,
                    {"DOCKER_API_VERSION is \"", excerpt(*wanted, 40), "\", which is no version"},
                    "give it a version like 1.41, or unset it");
    engine.api_version_ = *wanted;
    co_return;
  }
  if (*newest_of_engine > newest_version) co_await check_minimum(api);
  engine.api_version_ = text_of(std::min(*newest_of_engine, newest_version));
}

// --- finding it ------------------------------------------------------------------------------------------------------

static Failure nobody_there(Json discovery, size_t tried) {
  Failure failure(Code::unreachable,
                  concat("no container engine was found: none of the ", decimal(tried),
                         " default sockets of Docker and Podman answers"),
                  "start Docker or Podman (`podman system service` gives it a socket), or name an engine by CONU_HOST");
  failure.details = Json::object().set("discovery", std::move(discovery)).dump();
  return failure;
}

std::shared_ptr<Engine> Engine::open(Endpoint endpoint, Cancel *cancel) {
  auto engine = std::make_shared<Engine>(std::move(endpoint), "");
  engine->run(cancel, [&](Api &api) { return agree(api, *engine); });
  return engine;
}

std::shared_ptr<Engine> Engine::open(const std::string &url, Cancel *cancel) {
  Candidates candidates = find_candidates(url);
  Json discovery = Json::array();
  for (const Candidate &candidate : candidates.list) {
    Json record = Json::object();
    record.set("source", candidate.source).set("url", candidate.url);
    discovery.append(record);
    auto engine = std::make_shared<Engine>(candidate.endpoint, "");
    // A default socket that does not answer at once is not worth a minute.
    if (!candidates.named) engine->set_timeout_ms(5000);
    try {
      engine->run(cancel, [&](Api &api) { return agree(api, *engine); });
    } catch (Failure &failure) {
      record.set("result", "failed").set("reason", failure.message);
      bool is_ended = cancel != nullptr && cancel->is_triggered();
      // One that is there but locked, or of other versions than ours or than DOCKER_API_VERSION may name, is what the
      // user is after; the others are most likely not installed at all.
      bool is_final = failure.code == Code::permission || failure.code == Code::unsupported ||
                      failure.code == Code::invalid_argument;
      if (!candidates.named && !is_ended && !is_final) continue;
      failure.details = Json::object().set("discovery", discovery).dump();
      if (failure.message.find(candidate.url) == std::string::npos)
        failure.message = concat(candidate.url, ": ", failure.message);
      if (candidate.source != "argument") failure.message += concat(" (named by ", candidate.source, ")");
      throw;
    }
    record.set("result", "chosen");
    engine->set_timeout_ms(60000);
    engine->discovery_ = discovery.dump();
    log(LogLevel::info,
        concat("using the engine at ", candidate.url, " (", candidate.source, "), API ", engine->api_version()));
    return engine;
  }
  throw nobody_there(discovery, candidates.list.size());
}

std::shared_ptr<Engine> Engine::standard(Cancel *cancel) {
  struct Found {
    std::mutex mutex;
    std::string environment;
    std::shared_ptr<Engine> engine;
  };
  static Found *found = new Found;  // never destroyed: calls of other threads may outlive main
  static std::atomic<unsigned> generation{fork_generation()};
  // The mutex may be held by a thread that exists in the parent only. What it guards is left to the parent's copy.
  renew_after_fork(generation, [] { found = new Found; });
  std::string named;
  for (const char *variable : {"CONU_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH",
                               "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION", "XDG_RUNTIME_DIR", "HOME"})
    named += concat(environment(variable).value_or(""), "\n");
  {
    std::lock_guard lock(found->mutex);
    if (found->engine && found->environment == named) return found->engine;
    found->engine.reset();  // with its warm connections, whatever comes of the search
  }
  auto engine = open("", cancel);
  std::lock_guard lock(found->mutex);
  found->environment = named;
  found->engine = engine;
  return engine;
}

// --- workers ---------------------------------------------------------------------------------------------------------

Engine::Engine(Endpoint endpoint, std::string discovery)
    : endpoint_(std::move(endpoint)), discovery_(std::move(discovery)), fork_generation_(fork_generation()) {
  idle_.reserve(64);
}

Engine::~Engine() {
  // To close the loops of a parent would take its descriptors out of its own polls: they are leaked on purpose.
  if (fork_generation_ != fork_generation())
    for (auto &worker : idle_) (void)worker.release();
}

std::unique_ptr<Worker> Engine::borrow() {
  // In a child the parent's loops and descriptors are left alone, and with them the mutex that may be held.
  renew_after_fork(fork_generation_, [this] {
    new (&mutex_) std::mutex;
    for (auto &worker : idle_) (void)worker.release();
    idle_.clear();
  });
  std::lock_guard lock(mutex_);
  // From the back, where the warmest is; one with a lookup that hangs is passed over until it has answered.
  for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
    if ((*it)->loop.is_busy()) (*it)->loop.poll();
    if ((*it)->loop.is_busy()) continue;
    auto worker = std::move(*it);
    idle_.erase(std::next(it).base());
    return worker;
  }
  return std::make_unique<Worker>(endpoint_);
}

void Engine::give_back(std::unique_ptr<Worker> worker) noexcept {
  const size_t most_idle = 8;
  std::lock_guard lock(mutex_);
  // A busy one must not be destroyed here: that would wait for its lookup. Within its capacity the list never throws.
  if (idle_.size() < most_idle || (worker->loop.is_busy() && idle_.size() < idle_.capacity()))
    idle_.push_back(std::move(worker));
  else if (worker->loop.is_busy())
    (void)worker.release();
}

}  // namespace conu
