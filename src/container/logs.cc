// A container's log: whole, or followed.
#include "container/logs.h"

#include <time.h>

#include <algorithm>

#include "container/state.h"
#include "loop/signal.h"
#include "util/text.h"

namespace conu {

std::string log_of(const Container &container) { return concat("the log of ", container.subject()); }

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
  if (options.tail) query.add("tail", decimal(*options.tail));
  return query.text();
}

void explain_log(Failure *failure) {
  auto says = [&](const char *phrase) { return failure->message.find(phrase) != std::string::npos; };
  if (says("marked for removal")) failure->code = Code::not_found;
  if (!says("does not support reading") && !says("is not logging output") && !says("'none' log driver")) return;
  failure->code = Code::unsupported;
  failure->hint = "its log driver keeps nothing to read: run it with another one (--log-driver), or attach to it";
}

// Engines that see a container end may stop before the last of its log: what a follower gets is completed by a second
// reading. What `tail` leaves out can only be told by times that are exact, which a terminal's log has none of, and
// Podman's are whole seconds.
static bool may_end_early(const Engine &engine, const LogOptions &options, bool is_terminal) {
  bool is_cut = options.tail && (is_terminal || engine.is_podman());
  return options.follow && !is_cut;
}

Log::Log(Api &api, Container &container, LogOptions options) : api_(api), container_(container), options_(options) {
  if (!options.with_stdout && !options.with_stderr)
    throw_failure(Code::invalid_argument, {log_of(container), " cannot be read without any channel"},
                  "ask for stdout, stderr, or both");
}

Task<Output> Log::request(LogOptions options) {
  try {
    if (stamps_) options.timestamps = true;
    Request request = api_.request("GET");
    request.gathers = true;
    request.piece_timeout_ms = -1;
    if (options.follow && api_.engine.is_podman()) request.head_timeout_ms = -1;
    std::string path = container_.path(concat("/logs", query_of(options)));
    Exchange exchange = co_await api_.open(std::move(request), path, container_.subject());
    bool raw = is_raw(exchange, is_terminal_);
    co_return Output(std::move(exchange), raw, log_of(container_), stamps_.get());
  } catch (Failure &failure) {
    explain_log(&failure);
    throw;
  }
}

Task<void> Log::open() {
  is_terminal_ = co_await has_terminal(api_, container_);
  is_completed_ = may_end_early(api_.engine, options_, is_terminal_);
  if (is_completed_ && !is_terminal_) stamps_ = std::make_unique<Stamps>(options_.timestamps);
  bool is_watched = options_.follow && api_.engine.is_podman();
  if (is_watched) {
    watch_ = std::make_unique<EndWatch>(api_, container_);
    std::string text = co_await inspect(api_, container_, false);
    Json document = Json::parse(text, container_.path("/json"));
    removes_itself_ = document["HostConfig"]["AutoRemove"].boolean_or(false);
    bool is_whole = is_completed_ && !options_.since_ms && !options_.until_ms;
    if (removes_itself_ && is_whole) file_ = LogFile::of(container_.id(), document);
  }
  is_last_reading_ = !is_completed_ && !watch_;

  Scope &scope = co_await current_scope();
  EndWatch::Reading reading(watch_, scope, false);
  try {
    Output output = co_await request(options_);
    output_ = std::make_unique<Output>(std::move(output));
  } catch (const Failure &) {
    if (!reading.was_ended()) throw;
    is_over_ = true;
  }
}

// A message of which a part has come would be left out whole.
bool Log::can_read_again() const {
  if (is_gone_) return false;
  return output_ ? is_completed_ && output_->is_between_messages() : true;
}

// The next piece of what the engine follows. Nothing at its end; or once the container has ended, where the rest can be
// read otherwise; or where nothing more has come since.
Task<std::optional<Piece>> Log::next_followed() {
  if (watch_ && watch_->is_silent()) is_over_ = true;
  if (is_over_) co_return std::nullopt;
  // A reader that finds more whenever it looks would keep the loop from seeing the end.
  if (watch_) co_await sleep_for(0);
  if (watch_ && watch_->has_ended() && can_read_again()) co_return std::nullopt;
  Scope &scope = co_await current_scope();
  EndWatch::Reading reading(watch_, scope, can_read_again());
  try {
    auto piece = co_await output_->next();
    if (watch_ && piece) watch_->heard();
    if (piece) count_ += piece->bytes.size();
    is_over_ = !piece;
    co_return piece;
  } catch (const Failure &) {
    if (!reading.was_ended()) throw;
  }
  co_return std::nullopt;
}

static Task<bool> is_removed(Api &api, Container &container) {
  try {
    co_await inspect(api, container, true);
  } catch (const Failure &failure) {
    if (failure.code != Code::not_found) throw;
    co_return true;
  }
  co_return false;
}

// Goes over from what is followed to what it has not given.
Task<void> Log::read_again() {
  if (!file_) {
    // Podman, asked for the log of a container that is being removed, answers well and then sends its error as the log.
    is_gone_ = removes_itself_;
    if (watch_ && !is_gone_) is_gone_ = co_await is_removed(api_, container_);
    if (is_gone_) co_return;
    LogOptions rest = options_;
    rest.follow = false;
    if (auto since_ms = stamps_ ? stamps_->since_ms() : std::nullopt) {
      rest.tail.reset();
      rest.since_ms = std::max(*since_ms, options_.since_ms.value_or(*since_ms));
    }
    try {
      Output output = co_await request(rest);
      output_ = std::make_unique<Output>(std::move(output));
    } catch (const Failure &failure) {
      if (failure.code != Code::not_found && failure.code != Code::conflict) throw;
      is_gone_ = true;
      co_return;
    }
  }
  if (stamps_) stamps_->read_again();
  is_last_reading_ = true;
}

// Empty where all of it is to be left out.
std::optional<Piece> Log::next_of_file() {
  Piece piece;
  taken_.clear();
  for (int messages = 0; messages < 1000 && taken_.empty(); messages++) {
    auto message = file_->next();
    if (!message) return std::nullopt;
    bool is_wanted = message->channel == 1 ? options_.with_stdout : options_.with_stderr;
    if (!is_wanted) continue;
    piece.channel = message->channel;
    std::string text = concat(stamps_ || options_.timestamps ? message->stamp : std::string(), message->text);
    piece.bytes = text;
    if (stamps_)
      stamps_->take(piece, true, &taken_);
    else
      taken_ = std::move(text);
  }
  piece.bytes = taken_;
  return piece;
}

Task<std::optional<Piece>> Log::next_of_rest() {
  for (;;) {
    std::optional<Piece> piece;
    if (file_)
      piece = next_of_file();
    else if (output_)
      piece = co_await output_->next();
    if (!piece) co_return std::nullopt;
    size_t known = stamps_ ? 0 : std::min(count_, piece->bytes.size());
    piece->bytes.remove_prefix(known);
    count_ -= known;
    if (!piece->bytes.empty()) co_return piece;
    co_await sleep_for(0);  // for a cancel to be seen
  }
}

Task<std::optional<Piece>> Log::next_piece() {
  while (!is_last_reading_) {
    auto piece = co_await next_followed();
    if (piece) co_return piece;
    if (can_read_again()) {
      co_await read_again();
    } else if (is_over_) {
      output_.reset();
      is_last_reading_ = true;
    }
  }
  auto piece = co_await next_of_rest();
  co_return piece;
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
    auto piece = co_await next_piece();
    co_return piece;
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
      throw_failure(Code::io, {log_of(container), " is longer than ", decimal(limit), " bytes"},
                    "read it as a stream, by conu_container_logs");
  }
}

}  // namespace conu
