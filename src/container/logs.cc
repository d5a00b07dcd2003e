// A container's log: whole, or followed.
#include "container/logs.h"

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

Task<Output> open_log(Api &api, Container &container, LogOptions options) {
  try {
    Request request = api.request("GET");
    request.gathers = true;
    request.piece_timeout_ms = -1;
    if (options.follow && api.engine.is_podman()) request.head_timeout_ms = -1;
    bool terminal = co_await has_terminal(api, container);
    Exchange exchange =
        co_await api.open(std::move(request), container.path("/logs" + query_of(options)), container.subject());
    bool raw = is_raw(exchange, terminal);
    co_return Output(std::move(exchange), raw, log_of(container));
  } catch (Failure &failure) {
    explain(&failure);
    throw;
  }
}

Task<std::string> logs(Api &api, Container &container, size_t limit) {
  LogOptions options;
  Output output = co_await open_log(api, container, options);
  std::string log;
  for (;;) {
    auto piece = co_await output.next();
    if (!piece) co_return log;
    log.append(piece->bytes);
    if (log.size() > limit)
      throw Failure(Code::io, log_of(container) + " is longer than " + std::to_string(limit) + " bytes",
                    "read it as a stream, by conu_container_logs");
  }
}

// --- as a stream -----------------------------------------------------------------------------------------------------

namespace {

class LogSource : public StreamSource {
 public:
  LogSource(Api &api, ContainerPtr container, LogOptions options) : name_(log_of(*container)) {
    opening_ = Background(api.http.loop(), open(api, std::move(container), options, state_));
  }

  std::string name() const override { return name_; }

  Task<void> opened() {
    while (!state_->output && !state_->failure) co_await state_->ready.wait();
    if (state_->failure) std::rethrow_exception(state_->failure);
  }

  Task<std::optional<Piece>> read() override {
    co_await opened();
    auto piece = co_await state_->output->next();
    co_return piece;
  }

 private:
  struct State {
    std::optional<Output> output;
    std::exception_ptr failure;
    Signal ready;
  };

  // A line of its own: a reader that gives up waiting for the answer must not lose what comes meanwhile.
  static Task<void> open(Api &api, ContainerPtr container, LogOptions options, std::shared_ptr<State> state) {
    try {
      Output output = co_await open_log(api, *container, options);
      state->output.emplace(std::move(output));
    } catch (...) {
      state->failure = std::current_exception();
    }
    state->ready.raise();
  }

  std::string name_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
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
