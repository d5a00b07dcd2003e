// Pieces of output, cut into lines: each channel's apart.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace conu {

// Some bytes of one channel: 0 stdin, 1 stdout, 2 stderr.
struct Piece {
  int channel = 1;
  std::string_view bytes;
};

// Feed it a piece, take lines until there is none, then feed the next.
class Lines {
 public:
  // A longer line is given in parts of this size, each as if it were a line.
  static constexpr size_t limit = 1 << 20;

  // The bytes must stay where they are until next() or rest() gave nothing.
  void feed(Piece piece) { rest_ = piece; }
  // The next whole line, without its end ("\n" or "\r\n"). The view holds until the next call of anything here.
  std::optional<Piece> next();
  // After the last piece: what came behind the last line ends, a channel at a time.
  std::optional<Piece> last();
  // What has come and was not given yet, as it came but for the order of the channels: for one who wants pieces again.
  std::optional<Piece> rest();

 private:
  std::string_view give(std::string &begun);

  Piece rest_;                        // of what was fed
  std::array<std::string, 3> begun_;  // lines that have no end yet, by channel
  std::string given_;
};

}  // namespace conu
