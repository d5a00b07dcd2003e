// A stream: bytes out of something in pieces and lines, and bytes into it, on a loop of its own.
#include "container/stream.h"

#include "container/seat.h"
#include "util/text.h"

namespace conu {

// --- what a source cannot do -----------------------------------------------------------------------------------------

Task<void> StreamSource::write(std::string_view, size_t *) {
  throw_failure(Code::state, {name(), " takes no input"});
  co_return;
}

Task<void> StreamSource::close_write() {
  throw_failure(Code::state, {name(), " takes no input, so there is none to close"});
  co_return;
}

Task<void> StreamSource::resize(int, int) {
  throw_failure(Code::state, {name(), " has no terminal to resize"});
  co_return;
}

Task<int> StreamSource::exit_code() {
  throw_failure(Code::state, {name(), " has no exit code"},
                "the stream of an executed command has one; ask the container for its own");
  co_return 0;
}

// --- the stream ------------------------------------------------------------------------------------------------------

// What runs the work. In a child of the process that made it, it is left alone.
struct Stream::Owned {
  explicit Owned(Engine &engine) : http(shared.loop(), engine.endpoint()), api(engine, http) {}
  ~Owned() {
    source.reset();
    shared.loop().settle();  // what the source has abandoned comes to its end while the rest is there
  }
  SharedLoop shared;
  HttpClient http;
  Api api;
  std::unique_ptr<StreamSource> source;
};

Stream::Stream(std::shared_ptr<Engine> engine, Open open_source, Cancel *cancel)
    : engine_(std::move(engine)), owned_(std::make_unique<Owned>(*engine_)) {
  owned_->shared.run(open(std::move(open_source)), cancel);
}

Stream::~Stream() {
  if (!owned_->shared.is_own()) (void)owned_.release();
}

Task<void> Stream::open(Open open) {
  auto source = co_await open(owned_->api);
  owned_->source = std::move(source);
}

static bool is_of_the_waiting(const Failure &failure) {
  return failure.code == Code::timeout || failure.code == Code::cancelled;
}

// Takes `part` of what has come, reading on until there is one.
Task<std::optional<Piece>> Stream::take(int64_t timeout_ms, std::optional<Piece> (Lines::*part)()) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout,
                   concat(owned_->source->name(), ": nothing has come within ", decimal(timeout_ms), " ms"));
  });
  while (!ended_) {
    if (auto piece = (lines_.*part)()) co_return piece;
    std::optional<Piece> piece;
    try {
      piece = co_await owned_->source->read();
    } catch (const Failure &failure) {
      if (is_of_the_waiting(failure)) throw;
      failure_ = std::current_exception();
    }
    if (piece)
      lines_.feed(*piece);
    else
      ended_ = true;
  }
  if (auto piece = lines_.last()) co_return piece;
  if (failure_) std::rethrow_exception(failure_);
  co_return std::nullopt;
}

std::optional<Piece> Stream::next(int64_t timeout_ms, Cancel *cancel) {
  Seat seat(has_reader_, "reads");
  return owned_->shared.run(take(timeout_ms, &Lines::rest), cancel);
}

std::optional<Piece> Stream::next_line(int64_t timeout_ms, Cancel *cancel) {
  Seat seat(has_reader_, "reads");
  // A line that is there already needs no loop.
  bool may_go_on = owned_->shared.is_own() && (cancel == nullptr || !cancel->is_triggered());
  if (may_go_on)
    if (auto line = lines_.next()) return line;
  return owned_->shared.run(take(timeout_ms, &Lines::next), cancel);
}

Task<void> Stream::write_all(std::string_view bytes, int64_t timeout_ms, size_t *written) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, concat(owned_->source->name(), " took ", decimal(*written), " of ",
                                         decimal(bytes.size()), " bytes within ", decimal(timeout_ms), " ms"));
  });
  std::string name = owned_->source->name();
  if (input_is_closed_)
    throw_failure(Code::state, {"the input of ", name, " was closed before: nothing more can be written"});
  std::optional<Failure> failure;
  try {
    co_await owned_->source->write(bytes, written);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return;
  if (failure->code == Code::unreachable) {
    failure->message = concat(name, " takes no more input: ", failure->message);
    if (failure->hint.empty()) failure->hint = "it may have ended: what it left, reading tells";
  }
  throw *failure;
}

Task<void> Stream::end_input() {
  co_await owned_->source->close_write();
  input_is_closed_ = true;
}

void Stream::write(std::string_view bytes, int64_t timeout_ms, Cancel *cancel, size_t *written) {
  Seat seat(has_writer_, "writes to");
  owned_->shared.run(write_all(bytes, timeout_ms, written), cancel);
}

void Stream::close_write(Cancel *cancel) {
  Seat seat(has_writer_, "writes to");
  owned_->shared.run(end_input(), cancel);
}

void Stream::resize(int rows, int columns, Cancel *cancel) {
  owned_->shared.run(owned_->source->resize(rows, columns), cancel);
}

int Stream::exit_code(Cancel *cancel) {
  if (!ended_)
    throw_failure(Code::state, {owned_->source->name(), " is not at its end: there is no exit code yet"},
                  "read the stream to its end first");
  return owned_->shared.run(owned_->source->exit_code(), cancel);
}

}  // namespace conu
