// A container's log: whole, or followed.
#include "container/logs.h"

#include <time.h>

#include <algorithm>

#include "container/state.h"
#include "loop/signal.h"
#include "util/text.h"

namespace conu {

static std::string log_of(const Container &container) { return "the log of " + container.subject(); }

// Seconds with a fraction, which both engines read.
static std::string time_text(std::optional<int64_t> unix_ms) {
  if (!unix_ms) return "";
  int64_t seconds = *unix_ms / 1000, rest = *unix_ms % 1000;
  char text[40];
  snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(seconds), static_cast<long long>(rest));
  return text;
}

static std::string query_of(const LogOptions &options) {
  Query query;
  query.flag("stdout", options.with_stdout).flag("stderr", options.with_stderr).flag("follow", options.follow);
  query.flag("timestamps", options.timestamps);
  query.add("since", time_text(options.since_ms)).add("until", time_text(options.until_ms));
  if (options.tail) query.add("tail", std::to_string(*options.tail));
  return query.text();
}

static void explain(Failure *failure) {
  auto says = [&](const char *phrase) { return failure->message.find(phrase) != std::string::npos; };
  if (!says("does not support reading") && !says("is not logging output") && !says("'none' log driver")) return;
  failure->code = Code::unsupported;
  failure->hint = "its log driver keeps nothing to read: run it with another one (--log-driver), or attach to it";
}

// A Docker that sees a container end may stop reading before the last of its log was written: what a follower gets is
// completed by a second reading, with times to tell what it has.
static bool may_end_early(const Engine &engine, bool terminal, const LogOptions &options) {
  return options.follow && !engine.is_podman() && !terminal && !options.until_ms;
}

Log::Log(Api &api, Container &container, LogOptions options) : api_(api), container_(container), options_(options) {
  if (!options.with_stdout && !options.with_stderr)
    throw Failure(Code::invalid_argument, log_of(container) + " cannot be read without any channel",
                  "ask for stdout, stderr, or both");
}

Task<Output> Log::request(LogOptions options) {
  try {
    if (stamps_) options.timestamps = true;
    Request request = api_.request("GET");
    request.gathers = true;
    request.piece_timeout_ms = -1;
    if (options.follow && api_.engine.is_podman()) request.head_timeout_ms = -1;
    std::string path = container_.path("/logs" + query_of(options));
    Exchange exchange = co_await api_.open(std::move(request), path, container_.subject());
    bool raw = is_raw(exchange, is_terminal_);
    co_return Output(std::move(exchange), raw, log_of(container_), stamps_.get());
  } catch (Failure &failure) {
    explain(&failure);
    throw;
  }
}

Task<void> Log::open() {
  is_terminal_ = co_await has_terminal(api_, container_);
  if (may_end_early(api_.engine, is_terminal_, options_)) {
    stamps_ = std::make_unique<Stamps>(options_.timestamps);
    is_last_reading_ = false;
  }
  Output output = co_await request(options_);
  output_ = std::make_unique<Output>(std::move(output));
}

// False where there is nothing more to read.
Task<bool> Log::read_again() {
  LogOptions rest = options_;
  rest.follow = false;
  if (auto since_ms = stamps_->since_ms()) {
    rest.tail.reset();
    rest.since_ms = since_ms;
  }
  try {
    Output output = co_await request(rest);
    output_ = std::make_unique<Output>(std::move(output));
  } catch (const Failure &failure) {
    if (failure.code != Code::not_found && failure.code != Code::conflict) throw;
    co_return false;  // the container has removed itself
  }
  stamps_->read_again();
  co_return true;
}

static int64_t unix_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

Task<std::optional<Piece>> Log::next() {
  // Podman sees that the time is up by the first line that comes after it.
  const int64_t grace_ms = 500;
  bool ends_by_time = options_.follow && options_.until_ms && api_.engine.is_podman();
  int64_t left_ms = ends_by_time ? std::max<int64_t>(*options_.until_ms + grace_ms - unix_ms(), 0) : -1;
  bool time_is_up = false;
  try {
    Scope &scope = co_await current_scope();
    Deadline deadline(scope, left_ms, [&] {
      time_is_up = true;
      return Failure(Code::timeout, "the time is up");
    });
    for (;;) {
      auto piece = co_await output_->next();
      if (piece || is_last_reading_) co_return piece;
      bool more = co_await read_again();
      is_last_reading_ = true;
      if (!more) co_return std::nullopt;
    }
  } catch (const Failure &) {
    if (!time_is_up) throw;
  }
  co_return std::nullopt;
}

Task<std::unique_ptr<Log>> open_log(Api &api, Container &container, LogOptions options) {
  auto log = std::make_unique<Log>(api, container, options);
  co_await log->open();
  co_return log;
}

Task<std::string> logs(Api &api, Container &container, size_t limit) {
  auto log = co_await open_log(api, container, LogOptions());
  std::string all;
  for (;;) {
    auto piece = co_await log->next();
    if (!piece) co_return all;
    all.append(piece->bytes);
    if (all.size() > limit)
      throw Failure(Code::io, log_of(container) + " is longer than " + std::to_string(limit) + " bytes",
                    "read it as a stream, by conu_container_logs");
  }
}

// --- as a stream -----------------------------------------------------------------------------------------------------

namespace {

class LogSource : public StreamSource {
 public:
  LogSource(Api &api, ContainerPtr container, LogOptions options)
      : state_(std::make_shared<State>(api, std::move(container), options)), opening_(api.http.loop(), open(state_)) {}

  std::string name() const override { return log_of(*state_->container); }

  Task<void> opened() {
    while (!state_->is_open) co_await state_->opened.wait();
    if (state_->failure) std::rethrow_exception(state_->failure);
  }

  Task<std::optional<Piece>> read() override {
    co_await opened();
    auto piece = co_await state_->log.next();
    co_return piece;
  }

 private:
  struct State {
    State(Api &api, ContainerPtr container, LogOptions options)
        : container(std::move(container)), log(api, *this->container, options) {}
    ContainerPtr container;
    Log log;
    bool is_open = false;
    std::exception_ptr failure;
    Signal opened;
  };

  // A line of its own: a reader that gives up waiting for the answer must not lose what comes meanwhile.
  static Task<void> open(std::shared_ptr<State> state) {
    try {
      co_await state->log.open();
    } catch (...) {
      state->failure = std::current_exception();
    }
    state->is_open = true;
    state->opened.raise();
  }

  std::shared_ptr<State> state_;
  Background opening_;
};

}  // namespace

Task<std::unique_ptr<StreamSource>> open_log_stream(Api &api, ContainerPtr container, LogOptions options) {
  bool answers_late = options.follow && api.engine.is_podman();
  if (answers_late) {
    // What is wrong is told now all the same.
    Json document = co_await inspect(api, *container);
    if (document["HostConfig"]["LogConfig"]["Type"].text_or("") == "none") {
      Failure failure(Code::unsupported, log_of(*container) + ": the 'none' log driver keeps none");
      explain(&failure);
      throw failure;
    }
  }
  auto source = std::make_unique<LogSource>(api, std::move(container), options);
  if (!answers_late) co_await source->opened();
  co_return std::unique_ptr<StreamSource>(std::move(source));
}

}  // namespace conu
