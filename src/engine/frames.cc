// The attach and logs stream: header bytes {type, 0, 0, 0, big-endian length}, then the payload.
#include "engine/frames.h"

#include <utility>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// Types of frames: 0 (stdin, which the engine writes to stdout), 1 (stdout), and these.
static const unsigned char frame_stderr = 2;
static const unsigned char frame_error = 3;

static const size_t error_limit = 4096;  // of an engine's error that is kept for the message

bool FrameReader::read_header() {
  while (header_size_ < sizeof header_) {
    if (rest_.empty()) return false;
    header_[header_size_++] = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
  }
  header_size_ = 0;
  is_fresh_ = true;
  if (header_[0] > frame_error || header_[1] != 0 || header_[2] != 0 || header_[3] != 0)
    throw_failure(Code::protocol, "the engine's output stream has no valid frame header",
                  "is the container's output a terminal's, or is there a proxy in between?");
  payload_left_ = static_cast<uint32_t>(header_[4]) << 24 | static_cast<uint32_t>(header_[5]) << 16 |
                  static_cast<uint32_t>(header_[6]) << 8 | header_[7];
  return true;
}

bool FrameReader::next(int *channel, std::string_view *piece) {
  if (raw_) {
    *channel = 1;
    *piece = std::exchange(rest_, {});
    return !piece->empty();
  }
  for (;;) {
    if (payload_left_ == 0 && !read_header()) return false;
    std::string_view taken = rest_.substr(0, payload_left_);
    rest_.remove_prefix(taken.size());
    payload_left_ -= static_cast<uint32_t>(taken.size());
    unsigned char type = header_[0];
    if (type == frame_error) {
      engine_error_.append(taken.substr(0, error_limit - engine_error_.size()));
      if (payload_left_ == 0) fail_with_engine_error();
    } else if (!taken.empty()) {
      *channel = type == frame_stderr ? 2 : 1;
      *piece = taken;
      begins_ = std::exchange(is_fresh_, false);
      return true;
    }
    if (payload_left_ > 0) return false;
  }
}

void FrameReader::finish() const {
  if (raw_ || (header_size_ == 0 && payload_left_ == 0)) return;
  if (!engine_error_.empty()) fail_with_engine_error();
  throw_failure(Code::protocol, "the engine's output stream ended in the middle of a frame");
}

void FrameReader::fail_with_engine_error() const {
  std::string words = engine_error_.empty() ? "it gives no reason" : excerpt(engine_error_);
  throw_failure(Code::engine, {"the engine broke off the container's output: ", words});
}

}  // namespace conu
