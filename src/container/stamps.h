// The times that engines put before each message of a log: takes them off, and knows by them what has come, so that a
// second reading can go on where the first has ended.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "container/lines.h"

namespace conu {

class Stamps {
 public:
  explicit Stamps(bool are_wanted) : are_wanted_(are_wanted) {}

  // Appends to `taken` what is to be given of a piece of a frame; `begins`: it is the frame's first.
  void take(Piece piece, bool begins, std::string *taken);

  // From here on, what has come before is left out.
  void read_again() { is_again_ = true; }
  // The moment, in milliseconds of the Unix epoch, from which on a second reading is sure to have all that is missing;
  // nothing where no message has come.
  std::optional<int64_t> since_ms() const;

 private:
  struct Channel {
    std::string last;        // stamp
    size_t count = 0;        // of messages with that stamp
    size_t count_again = 0;  // the same, in the second reading
  };
  void note(Channel &channel);

  bool are_wanted_;
  bool is_again_ = false;
  std::array<Channel, 3> channels_;
  // Of the frame that is coming:
  std::string stamp_;
  bool has_stamp_ = false;
  bool is_left_out_ = false;
};

}  // namespace conu
