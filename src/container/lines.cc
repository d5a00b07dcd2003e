// Pieces of output, cut into lines: each channel's apart.
#include "container/lines.h"

#include <utility>

namespace conu {

std::string_view Lines::give(std::string &begun) {
  given_.swap(begun);
  begun.clear();
  return given_;
}

static std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<Piece> Lines::next() {
  std::string_view &bytes = rest_.bytes;
  if (bytes.empty()) return std::nullopt;
  std::string &begun = begun_.at(static_cast<size_t>(rest_.channel));
  size_t room = limit - begun.size();
  size_t end = bytes.substr(0, room + 1).find('\n');
  if (end == bytes.npos && bytes.size() <= room) {
    begun.append(std::exchange(bytes, {}));
    return std::nullopt;
  }
  std::string_view line = bytes.substr(0, end == bytes.npos ? room : end);
  bytes.remove_prefix(end == bytes.npos ? room : end + 1);
  if (!begun.empty()) {
    begun.append(line);
    line = give(begun);
  }
  return Piece{rest_.channel, end == bytes.npos ? line : without_return(line)};
}

std::optional<Piece> Lines::last() {
  for (size_t channel = 0; channel < begun_.size(); channel++)
    if (!begun_[channel].empty()) return Piece{static_cast<int>(channel), give(begun_[channel])};
  return std::nullopt;
}

std::optional<Piece> Lines::rest() {
  if (auto begun = last()) return begun;
  if (rest_.bytes.empty()) return std::nullopt;
  return Piece{rest_.channel, std::exchange(rest_.bytes, {})};
}

}  // namespace conu
