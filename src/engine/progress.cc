// The steps of long work, and such work as an object that is asked for its steps.
#include "engine/progress.h"

#include "util/text.h"

namespace conu {

Task<void> Steps::put(Step step) {
  if (!is_read_) co_return;
  while (next_) co_await taken_.wait();
  next_ = std::move(step);
  filled_.raise();
}

// --- the engine's messages -------------------------------------------------------------------------------------------

// Throws the error that a message reports. `errorDetail` is what the API promises, `error` what older engines have
// alone.
static void check_for_error(const Json &message, const std::string &subject, const std::string &last_text) {
  Json detail = message["errorDetail"];
  auto words = detail ? detail["message"].as_string() : std::nullopt;
  if (!words) words = message["error"].as_string();
  if (!words) return;
  Failure failure = engine_failure(*words, subject);
  if (!last_text.empty()) failure.message += concat(" (in: ", excerpt(last_text), ")");
  throw failure;
}

// A message's `stream` is log text, which may hold several lines, or a part of one.
static Step step_of(const Json &message) {
  Step step;
  step.layer = message["id"].text_or("");
  step.status = message["status"].text_or("");
  std::string text = message["stream"].text_or("");
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  step.text = text;
  Json detail = message["progressDetail"];
  step.current = detail["current"].integer_or(0);
  step.total = detail["total"].integer_or(0);
  return step;
}

Task<void> read_steps(Exchange &exchange, Steps &steps, std::string subject,
                      std::function<void(const Json &aux, const Step &step)> noticed) {
  std::string source = concat("the engine's answer to ", exchange.name());
  JsonLines lines(source);
  std::string build_step;
  for (;;) {
    std::string_view piece = co_await exchange.next();
    if (piece.empty()) break;
    lines.feed(piece);
    while (auto line = lines.next()) {
      Json message = Json::parse(*line, source);
      check_for_error(message, subject, build_step);
      Step step = step_of(message);
      if (step.text.starts_with("Step ") || step.text.starts_with("STEP ")) build_step = step.text;
      if (noticed) noticed(message["aux"], step);
      bool is_empty = step.status.empty() && step.text.empty();
      if (!is_empty) co_await steps.put(std::move(step));
    }
  }
  lines.finish();
}

// --- progress --------------------------------------------------------------------------------------------------------

// What runs the work. In a child of the process that made it, it is left alone.
struct Progress::Owned {
  explicit Owned(Engine &engine) : http(shared.loop(), engine.endpoint()), api(engine, http) {}
  SharedLoop shared;
  HttpClient http;
  Api api;
};

Progress::Progress(std::shared_ptr<Engine> engine, Work work)
    : engine_(std::move(engine)), owned_(std::make_unique<Owned>(*engine_)) {
  steps_.is_read_ = true;
  line_ = Background(owned_->shared.loop(), work_to_end(*this, std::move(work)));
}

Progress::~Progress() {
  if (!owned_->shared.is_own()) {
    line_.leak();
    (void)owned_.release();
    return;
  }
  line_.abandon();
  owned_->shared.loop().end_lines();
}

Task<void> Progress::work_to_end(Progress &progress, Work work) {
  try {
    co_await work(progress.owned_->api, progress.steps_);
  } catch (...) {
    progress.failure_ = std::current_exception();
  }
  progress.ended_ = true;
  progress.succeeded_ = !progress.failure_;
  progress.steps_.filled_.raise();
  progress.joined_.raise();
}

Task<void> Progress::wait_for_step(int64_t timeout_ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [timeout_ms] {
    return Failure(Code::timeout, concat("no step has come within ", decimal(timeout_ms), " ms"));
  });
  while (!steps_.next_ && !ended_) co_await steps_.filled_.wait();
}

void Progress::begin(Cancel *cancel) {
  owned_->shared.run(wait_for_step(-1), cancel);
  if (failure_ && !steps_.next_) std::rethrow_exception(failure_);
}

// A caller takes these two codes for those of its own waiting, and would call again for ever.
[[noreturn]] static void throw_as_final(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (Failure &caught) {
    if (caught.code == Code::timeout) caught.code = Code::engine;
    if (caught.code == Code::cancelled) caught.code = Code::state;
    throw;
  }
}

Task<std::optional<Step>> Progress::take_step(int64_t timeout_ms) {
  co_await wait_for_step(timeout_ms);
  if (!steps_.next_ && failure_) throw_as_final(failure_);
  auto step = std::exchange(steps_.next_, std::nullopt);
  steps_.taken_.raise();
  co_return step;
}

std::optional<Step> Progress::next(int64_t timeout_ms, Cancel *cancel) {
  return owned_->shared.run(take_step(timeout_ms), cancel);
}

Task<void> Progress::join() {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, cleanup_ms + 1000,
                    [] { return Failure(Code::timeout, "the cancelled work has not ended"); });
  line_.cancel();
  while (!ended_) co_await joined_.wait();
  if (failure_) steps_.next_.reset();  // whoever has ended the work wants to hear no more of it
}

void Progress::cancel() { owned_->shared.run(join(), nullptr); }

}  // namespace conu
