// Running a command in a container: its whole result, or its stream.
#include "container/exec.h"

#include "container/exec_process.h"
#include "util/text.h"

namespace conu {

static std::string milliseconds(int64_t ms) { return concat(decimal(ms), " ms"); }

// Ends the process because of `failure`, and says so in it.
static Task<ExecProcess::End> end_because_of(Api &api, ExecProcess &process, Failure *failure) {
  ExecProcess::End end = ExecProcess::End::runs_on;
  std::string trouble;
  try {
    co_await shielded(process.end(api, &end));
  } catch (const Failure &caught) {
    trouble = concat(" (", caught.message, ")");
  }
  if (end == ExecProcess::End::ended) failure->message += "; it was ended by SIGKILL";
  if (end == ExecProcess::End::had_ended) failure->message += "; it does not run any more";
  if (end == ExecProcess::End::runs_on) {
    failure->message += concat("; it could not be ended and still runs", trouble);
    failure->hint = "engines cannot end such a process themselves: stop the container, or have the command end itself";
  }
  co_return end;
}

// --- the whole result ------------------------------------------------------------------------------------------------

static Task<ExecResult> run_to_end(Api &api, ExecProcess &process, ExecRequest request) {
  std::optional<std::string> input = std::move(request.input);
  size_t limit = request.limit;
  co_await process.start(api, std::move(request), input.has_value());
  if (input) process.feed(api.http.loop(), std::move(*input));
  ExecResult result;
  for (;;) {
    auto piece = co_await process.output().next();
    if (!piece) break;
    (piece->channel == 2 ? result.err : result.out).append(piece->bytes);
    if (result.out.size() + result.err.size() > limit)
      throw_failure(Code::io, {process.subject(), " has written more than ", decimal(limit), " bytes"},
                    "read its output as a stream, by conu_container_execute_stream");
  }
  result.exit_code = co_await process.exit_code(api, result.err.empty() ? result.out : result.err);
  co_return result;
}

Task<ExecResult> execute(Api &api, Container &container, ExecRequest request) {
  ExecProcess process(container, request);
  int64_t timeout_ms = request.timeout_ms;
  std::optional<Failure> failure;
  try {
    Scope &scope = co_await current_scope();
    Deadline deadline(scope, timeout_ms, [&] {
      return Failure(Code::timeout, concat(process.subject(), " has not ended within ", milliseconds(timeout_ms)));
    });
    ExecResult result = co_await run_to_end(api, process, std::move(request));
    co_return result;
  } catch (const Failure &caught) {
    failure = caught;
  }
  bool may_run = failure->code == Code::timeout || failure->code == Code::cancelled || failure->code == Code::io;
  if (may_run) co_await end_because_of(api, process, &*failure);
  throw *failure;
}

// --- the stream ------------------------------------------------------------------------------------------------------

namespace {

class ExecSource : public StreamSource {
 public:
  ExecSource(Api &api, const Container &container, const ExecRequest &request)
      : api_(api), process_(container, request), timeout_ms_(request.timeout_ms) {
    if (timeout_ms_ >= 0) ends_at_ = api.http.loop().now() + timeout_ms_;
  }

  Task<void> start(ExecRequest request) {
    std::optional<std::string> input = std::move(request.input);
    takes_input_ = !input.has_value();
    has_terminal_ = request.tty;
    co_await process_.start(api_, std::move(request), true);
    if (input) process_.feed(api_.http.loop(), std::move(*input));
  }

  std::string name() const override { return process_.subject(); }

  Task<std::optional<Piece>> read() override {
    for (;;) {
      std::optional<Failure> failure;
      bool expired = false;
      try {
        Scope &scope = co_await current_scope();
        int64_t left_ms = ends_at_ ? std::max<int64_t>(*ends_at_ - scope.loop.now(), 0) : -1;
        Deadline deadline(scope, left_ms, [&] {
          expired = true;
          return Failure(Code::state, concat(name(), " has not ended within ", milliseconds(timeout_ms_)));
        });
        auto piece = co_await read_on();
        co_return piece;
      } catch (const Failure &caught) {
        failure = caught;
      }
      if (!expired) throw *failure;
      ExecProcess::End end = co_await end_for(&*failure);
      if (end != ExecProcess::End::had_ended) throw *failure;
      ends_at_.reset();  // what is still to read was written in time
    }
  }

  Task<ExecProcess::End> end_for(Failure *failure) { return end_because_of(api_, process_, failure); }

  Task<void> write(std::string_view bytes, size_t *written) override {
    if (!takes_input_) throw_failure(Code::state, {name(), " was given its whole input when it was started"});
    if (exit_code_) throw_failure(Code::unreachable, "it has ended");
    co_await process_.output().exchange().write(bytes, written);
  }

  Task<void> close_write() override {
    if (!takes_input_) throw_failure(Code::state, {name(), " was given its whole input when it was started"});
    co_await process_.output().exchange().close_write();
  }

  Task<void> resize(int rows, int columns) override {
    if (!has_terminal_) throw_failure(Code::state, {name(), " has no terminal to resize"});
    co_await process_.resize(api_, rows, columns);
  }

  Task<int> exit_code() override {
    if (exit_code_) co_return *exit_code_;
    int code = co_await process_.exit_code(api_, beginning_);
    co_return code;
  }

 private:
  // The end comes when the process's end is known, so that one which never began is a failure of the reading.
  Task<std::optional<Piece>> read_on() {
    auto piece = co_await process_.output().next();
    if (!piece) {
      int code = co_await process_.exit_code(api_, beginning_);
      exit_code_ = code;
      co_return std::nullopt;
    }
    // Where it could not be started the engine's words are all there is.
    const size_t enough = 2048;
    bool is_first_channel = beginning_.empty() || piece->channel == beginning_channel_;
    if (beginning_.empty()) beginning_channel_ = piece->channel;
    if (is_first_channel && beginning_.size() < enough) beginning_.append(piece->bytes.substr(0, enough));
    co_return piece;
  }

  Api &api_;
  ExecProcess process_;
  int64_t timeout_ms_;
  std::optional<int64_t> ends_at_;  // of the loop's clock
  bool takes_input_ = true;
  bool has_terminal_ = false;
  std::string beginning_;
  int beginning_channel_ = 1;
  std::optional<int> exit_code_;
};

}  // namespace

Task<std::unique_ptr<StreamSource>> open_exec_stream(Api &api, ContainerPtr container, ExecRequest request) {
  auto source = std::make_unique<ExecSource>(api, *container, request);
  std::optional<Failure> failure;
  try {
    co_await source->start(std::move(request));
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return std::unique_ptr<StreamSource>(std::move(source));
  bool may_run = failure->code == Code::timeout || failure->code == Code::cancelled;
  if (may_run) co_await source->end_for(&*failure);
  throw *failure;
}

}  // namespace conu
