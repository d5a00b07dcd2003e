// TCP connections to any host: plain sockets, as nobody speaks on them yet.
#pragma once

#include <string>

#include "loop/loop.h"
#include "util/fd.h"

namespace conu {

// A socket that is close-on-exec and does not block. Throws Failure(io) where there is none left.
Fd new_socket(int family);

// A connected socket, or why there is none.
struct Connected {
  Fd socket;
  int error_number = 0;
};

// Tries the addresses of a host one after the other. Throws where its name has none.
Task<Connected> connect_tcp(Loop &loop, std::string host, int port);

// Whether the other side keeps the connection open for as long as this, or says something before: a forwarder accepts
// connections, and closes them when it finds nobody behind it.
Task<bool> stays_open(Loop &loop, int socket, int64_t ms);

}  // namespace conu
