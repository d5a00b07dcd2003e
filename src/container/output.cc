// What an engine sends of a container's output, in pieces by channel.
#include "container/output.h"

#include "util/text.h"

namespace conu {

Task<Exchange> open_upgraded(Api &api, std::string path, std::string subject, Json body) {
  Request request = api.request("POST");
  request.piece_timeout_ms = -1;
  request.headers.emplace_back("Connection", "Upgrade");
  request.headers.emplace_back("Upgrade", "tcp");
  if (body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump();
  }
  return api.open(std::move(request), std::move(path), std::move(subject));
}

// Only the newer content type can be trusted: engines below API 1.42, and Podman, call everything raw.
bool is_raw(const Exchange &exchange, bool has_terminal) {
  return exchange.header("Content-Type") != "application/vnd.docker.multiplexed-stream" && has_terminal;
}

void Output::take(Piece piece) {
  channel_ = piece.channel;
  if (stamps_ != nullptr)
    stamps_->take(piece, frames_.begins(), &taken_);
  else
    taken_.append(piece.bytes);
}

// Moves frames of one channel to what is taken. False where one of another channel came, which is held.
bool Output::take_frames() {
  if (!held_.bytes.empty()) take(std::exchange(held_, {}));
  Piece piece;
  while (frames_.next(&piece.channel, &piece.bytes)) {
    if (!taken_.empty() && piece.channel != channel_) {
      held_ = piece;
      return false;
    }
    take(piece);
  }
  return true;
}

Task<std::optional<Piece>> Output::next() {
  taken_.clear();
  if (broken_) std::rethrow_exception(broken_);
  try {
    while (take_frames()) {
      std::string_view bytes = exchange_.at_hand();
      if (bytes.empty() && !taken_.empty()) break;
      if (bytes.empty()) bytes = co_await exchange_.next();
      if (bytes.empty()) {
        frames_.finish();
        co_return std::nullopt;
      }
      frames_.feed(bytes);
    }
  } catch (Failure &failure) {
    // What is wrong with a frame is told without its place.
    if (failure.code == Code::protocol && failure.message.find(subject_) == std::string::npos)
      failure.message = concat(subject_, ": ", failure.message);
    bool is_of_the_waiting = failure.code == Code::timeout || failure.code == Code::cancelled;
    if (is_of_the_waiting) throw;
    broken_ = std::current_exception();
    if (taken_.empty()) throw;
  }
  Piece piece{channel_, taken_};
  co_return piece;
}

}  // namespace conu
