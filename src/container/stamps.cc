// The times that engines put before each message of a log.
#include "container/stamps.h"

#include <string.h>
#include <time.h>

#include <algorithm>

namespace conu {

// Stamps have the same length and zone, so that they can be compared as texts. Those of a channel never run backwards,
// those of two channels may.
void Stamps::note(Channel &channel) {
  is_left_out_ = false;
  if (is_again_) {
    is_left_out_ = stamp_ < channel.last || (stamp_ == channel.last && channel.count_again++ < channel.count);
    return;
  }
  channel.count = stamp_ == channel.last ? channel.count + 1 : 1;
  channel.last = stamp_;
}

void Stamps::take(Piece piece, bool begins, std::string *taken) {
  if (begins) {
    stamp_.clear();
    has_stamp_ = false;
  }
  if (!has_stamp_) {
    size_t blank = piece.bytes.find(' ');
    stamp_.append(piece.bytes.substr(0, blank));
    if (blank == piece.bytes.npos) return;
    piece.bytes.remove_prefix(blank + 1);
    has_stamp_ = true;
    note(channels_.at(static_cast<size_t>(piece.channel)));
    if (are_wanted_ && !is_left_out_) taken->append(stamp_).append(" ");
  }
  if (!is_left_out_) taken->append(piece.bytes);
}

std::optional<int64_t> Stamps::since_ms() const {
  std::string last;
  for (const Channel &channel : channels_) last = std::max(last, channel.last);
  tm parts{};
  const char *rest = strptime(last.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  // A fraction, and the zone: Podman's is that of its machine.
  tm zone{};
  strptime(rest + strspn(rest, ".0123456789"), "%z", &zone);
  const int64_t margin_s = 2;
  return (static_cast<int64_t>(timegm(&parts)) - zone.tm_gmtoff - margin_s) * 1000;
}

}  // namespace conu
