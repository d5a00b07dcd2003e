// What an engine sends of a container's output (a log, an attached or executed process), in pieces by channel.
#pragma once

#include <optional>
#include <string>

#include "container/lines.h"
#include "container/stamps.h"
#include "engine/api.h"
#include "engine/frames.h"

namespace conu {

// A request whose answer goes over to a connection of its own, in both directions.
Task<Exchange> open_upgraded(Api &api, std::string path, std::string subject, Json body);

// Whether an answer comes without frames, as a terminal's output does.
bool is_raw(const Exchange &exchange, bool has_terminal);

class Output {
 public:
  // `subject` says in messages what it is: "the log of the container x". `stamps` take the times off the frames, where
  // there are any.
  Output(Exchange exchange, bool raw, std::string subject, Stamps *stamps = nullptr)
      : exchange_(std::move(exchange)), frames_(raw), subject_(std::move(subject)), stamps_(stamps) {}

  // The next piece, never empty; nothing at the end. Takes together what has come of one channel. The view holds until
  // the next call. An await that a cancel or a time ended may be repeated.
  Task<std::optional<Piece>> next();

  // Whether no message has been given in part.
  bool is_between_messages() const { return frames_.is_between(); }

  Exchange &exchange() { return exchange_; }

 private:
  bool take_frames();
  void take(Piece piece);

  Exchange exchange_;
  FrameReader frames_;
  std::string subject_;
  Stamps *stamps_;
  Piece held_;         // of another channel than what was given last
  std::string taken_;  // frames of one channel
  int channel_ = 1;
  std::exception_ptr broken_;  // what every further next() throws
};

}  // namespace conu
