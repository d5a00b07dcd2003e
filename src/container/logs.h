// A container's log: whole, or followed.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "container/end_watch.h"
#include "container/log_file.h"
#include "container/output.h"
#include "container/stream.h"

namespace conu {

struct LogOptions {
  bool follow = false;
  bool timestamps = false;
  bool with_stdout = true;
  bool with_stderr = true;
  std::optional<int64_t> since_ms, until_ms;  // of the Unix epoch
  std::optional<int64_t> tail;                // the last lines only
};

// A log to be read inside a coroutine, in pieces that Lines cuts. Container and Api must live longer.
class Log {
 public:
  Log(Api &api, Container &container, LogOptions options);

  // Podman answers a follower no sooner than there is something to tell, so that this may take as long as waiting for
  // the first line.
  Task<void> open();
  // The next piece, never empty; nothing at the end. Holds until the next call, which may be repeated where a cancel or
  // a time ended it.
  Task<std::optional<Piece>> next();

 private:
  Task<Output> request(LogOptions options);
  Task<std::optional<Piece>> next_followed();
  Task<void> read_again();
  std::optional<Piece> next_of_file();
  Task<std::optional<Piece>> next_of_rest();
  Task<std::optional<Piece>> next_piece();
  bool can_read_again() const;

  Api &api_;
  Container &container_;
  LogOptions options_;
  bool is_terminal_ = false;
  bool is_completed_ = false;        // by a second reading, of which what has come is left out:
  std::unique_ptr<Stamps> stamps_;   // by its times,
  size_t count_ = 0;                 // or as many bytes of a terminal
  std::unique_ptr<EndWatch> watch_;  // where the engine may not end what is followed
  std::unique_ptr<Output> output_;   // of the last reading; none where there is nothing more to read
  bool is_over_ = false;             // what is followed
  bool is_last_reading_ = true;
  bool removes_itself_ = false;  // the container, on Podman, and its log with it
  std::optional<LogFile> file_;  // which is left then
  std::string taken_;            // out of it
  bool is_gone_ = false;         // there is no second reading
};

// Makes one and opens it.
Task<std::unique_ptr<Log>> open_log(Api &api, Container &container, LogOptions options);

// A log for a Stream: is there at once.
Task<std::unique_ptr<StreamSource>> open_log_stream(Api &api, ContainerPtr container, LogOptions options);

// Both channels as they came, bytes untouched; Failure(io) beyond `limit` bytes.
Task<std::string> logs(Api &api, Container &container, size_t limit = size_t{1} << 30);

// For messages: "the log of the container x", and what is told of a log driver that keeps none.
std::string log_of(const Container &container);
void explain_log(Failure *failure);

}  // namespace conu
