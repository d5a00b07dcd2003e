// Names of hosts to addresses. Numeric addresses need no lookup and start no thread.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "loop/task.h"

namespace conu {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// In the order to try them; never empty. Throws Failure(unreachable) that names the host.
Task<std::vector<Address>> resolve(std::string host, int port);

}  // namespace conu
