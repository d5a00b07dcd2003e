// Pieces of a file's content that are written at once, from where they lie.
#pragma once

#include <sys/uio.h>

#include <string_view>
#include <vector>

namespace conu {

class Pieces {
 public:
  void add(std::string_view bytes) { pieces_.push_back({const_cast<char *>(bytes.data()), bytes.size()}); }
  bool are_many() const { return pieces_.size() >= 64; }
  // Writes and forgets them all. 0, or the number of the error.
  int write_to(int fd);

 private:
  std::vector<iovec> pieces_;
};

}  // namespace conu
