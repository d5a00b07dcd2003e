// Who listens in a container's network, seen from the host through one of its processes.
#pragma once

#include <optional>
#include <string>

#include "container/listening.h"
#include "container/socket_table.h"

namespace conu {

// Whether a process of this number is here and belongs to the container: that runs on this host, then. Its number may
// mean another process here than where the engine runs, and may be given to another one when it has ended.
bool runs_here(int pid, const std::string &container_id);

class Listeners {
 public:
  Listeners(int pid, std::string container_id);

  // Unknown where the process does not run here (any more), or its network cannot be looked into.
  Listening at(int port);

 private:
  const int pid_;
  const std::string container_id_;
  std::optional<SocketTable> table_;
};

}  // namespace conu
