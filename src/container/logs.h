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

// A log to be read by Output::next() and cut by Lines, inside a coroutine. Podman answers a follower no sooner than
// there is something to tell, so that opening may take as long as waiting for the first line.
Task<Output> open_log(Api &api, Container &container, LogOptions options);

// A log for a Stream: is there at once.
Task<std::unique_ptr<StreamSource>> open_log_stream(Api &api, ContainerPtr container, LogOptions options);

// Both channels as they came, bytes untouched; Failure(io) beyond `limit` bytes.
Task<std::string> logs(Api &api, Container &container, size_t limit = size_t{1} << 30);

}  // namespace conu
