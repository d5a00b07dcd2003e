// The kernel's own list of who listens in a container's network, by sock_diag(7).
#pragma once

#include <optional>

#include "container/listening.h"
#include "util/fd.h"

namespace conu {

// A netlink socket inside of that network. To ask it takes microseconds; /proc/PID/net/tcp, which says the same, is
// made by going through all connections of the whole machine and takes milliseconds.
class SocketTable {
 public:
  // Of the network that this process is in. Nothing where it may not be entered (which needs CAP_SYS_ADMIN there), or
  // the kernel knows no sock_diag.
  static std::optional<SocketTable> of(int pid);

  // Unknown where the kernel does not answer.
  Listening look(int port);

 private:
  explicit SocketTable(Fd netlink) : netlink_(std::move(netlink)) {}
  Listening look(int family, int port);

  Fd netlink_;
};

}  // namespace conu
