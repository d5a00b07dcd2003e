// Whether somebody listens at a port, read from a table of sockets.
#pragma once

#include <string_view>

namespace conu {

// The better one of two is the greater one.
enum class Listening {
  unknown,  // the table cannot be read from here
  no,
  on_loopback_only,  // which nobody outside reaches
  yes,
};

// `table` is the text of /proc/PID/net/tcp or tcp6 (proc(5)).
Listening listening_in(std::string_view table, int port);

}  // namespace conu
