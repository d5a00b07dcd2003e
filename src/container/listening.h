// Whether somebody listens at a port of a container, read from the kernel's table of its sockets.
#pragma once

#include <string>
#include <string_view>

namespace conu {

enum class Listening {
  no,
  on_loopback_only,  // which nobody outside reaches
  yes,
  unknown,  // the table cannot be read from here
};

// `table` is the text of /proc/PID/net/tcp or tcp6 (proc(5)).
Listening listening_in(std::string_view table, int port);

// Whether a process of this number is here and belongs to the container: that runs on this host, then.
bool runs_here(int pid, const std::string &container_id);

// Looks at both tables of a process, which must belong to the container of this id: its number may mean another process
// here than where the engine runs.
Listening listening(int pid, const std::string &container_id, int port);

}  // namespace conu
