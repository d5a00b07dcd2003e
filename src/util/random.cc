// Random bytes of the kernel, and text made of them.
#include "util/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "util/failure.h"

namespace conu {

void random_bytes(void *bytes, size_t size) {
  char *rest = static_cast<char *>(bytes);
  while (size > 0) {
    ssize_t n = getrandom(rest, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_system_failure("cannot get random bytes", errno);
    rest += n;
    size -= static_cast<size_t>(n);
  }
}

std::string random_string(size_t size) {
  std::string text;
  text.reserve(size);
  unsigned char bytes[256];
  while (text.size() < size) {
    // Of 256 values the last 22 are left out, or the first letters would be more frequent. Some spare ones save a call.
    size_t wanted = std::min(sizeof bytes, size - text.size() + 4);
    random_bytes(bytes, wanted);
    for (size_t i = 0; i < wanted && text.size() < size; i++)
      if (bytes[i] < 26 * 9) text += static_cast<char>('a' + bytes[i] % 26);
  }
  return text;
}

}  // namespace conu
