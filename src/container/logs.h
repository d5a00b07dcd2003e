// A container's log: whole, or followed.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "container/container.h"
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
  Task<bool> read_again();

  Api &api_;
  Container &container_;
  LogOptions options_;
  std::unique_ptr<Stamps> stamps_;
  std::unique_ptr<Output> output_;
  bool is_terminal_ = false;
  bool is_last_reading_ = true;
};

// Makes one and opens it.
Task<std::unique_ptr<Log>> open_log(Api &api, Container &container, LogOptions options);

// A log for a Stream: is there at once.
Task<std::unique_ptr<StreamSource>> open_log_stream(Api &api, ContainerPtr container, LogOptions options);

// Both channels as they came, bytes untouched; Failure(io) beyond `limit` bytes.
Task<std::string> logs(Api &api, Container &container, size_t limit = size_t{1} << 30);

}  // namespace conu
