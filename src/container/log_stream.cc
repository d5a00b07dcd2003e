// A log as the source of a stream.
#include "container/logs.h"
#include "container/state.h"
#include "loop/signal.h"
#include "util/text.h"

namespace conu {

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
      Failure failure(Code::unsupported, concat(log_of(*container), ": the 'none' log driver keeps none"));
      explain_log(&failure);
      throw failure;
    }
    // One that has ended is not followed: Podman would drop what it cannot send at once.
    options.follow = answers_late = is_running_in(document);
  }
  auto source = std::make_unique<LogSource>(api, std::move(container), options);
  if (!answers_late) co_await source->opened();
  co_return std::unique_ptr<StreamSource>(std::move(source));
}

}  // namespace conu
