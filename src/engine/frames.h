// The attach and logs stream: stdout and stderr in frames of an 8-byte header and a payload, or raw from a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace conu {

// Feed it bytes, split anywhere, and take pieces until there is none; then feed the next.
class FrameReader {
 public:
  // Raw: there are no headers, everything is channel 1.
  explicit FrameReader(bool raw) : raw_(raw) {}

  // `bytes` must stay where they are until next() said false: the pieces are views into them.
  void feed(std::string_view bytes) { rest_ = bytes; }

  // The next piece of channel 1 (stdout) or 2 (stderr), never empty; a frame may come in several pieces.
  // Throws Failure(engine) with the engine's words for an error frame, Failure(protocol) for what is no frame.
  bool next(int *channel, std::string_view *piece);

  // Whether the last piece is the beginning of a frame.
  bool begins() const { return begins_; }

  // Whether the last piece was the end of a frame.
  bool is_between() const { return payload_left_ == 0 || is_fresh_; }

  // The stream ended: throws Failure(protocol) if that was in the middle of a frame.
  void finish() const;

 private:
  bool read_header();
  [[noreturn]] void fail_with_engine_error() const;

  const bool raw_;
  std::string_view rest_;  // of what was fed
  unsigned char header_[8] = {};
  size_t header_size_ = 0;  // bytes of the next header that have come
  uint32_t payload_left_ = 0;
  bool is_fresh_ = false;  // nothing of the payload was given yet
  bool begins_ = false;
  std::string engine_error_;
};

}  // namespace conu
