// Pieces of a file's content that are written at once.
#include "filesystem/pieces.h"

#include <cerrno>

namespace conu {

int Pieces::write_to(int fd) {
  for (size_t next = 0; next < pieces_.size();) {
    ssize_t n = writev(fd, pieces_.data() + next, static_cast<int>(pieces_.size() - next));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    auto left = static_cast<size_t>(n);
    while (next < pieces_.size() && left >= pieces_[next].iov_len) left -= pieces_[next++].iov_len;
    if (left == 0) continue;
    pieces_[next].iov_base = static_cast<char *>(pieces_[next].iov_base) + left;
    pieces_[next].iov_len -= left;
  }
  pieces_.clear();
  return 0;
}

}  // namespace conu
