// TCP connections to any host.
#include "transport/tcp.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "loop/descriptor.h"
#include "loop/resolve.h"

namespace conu {

Fd new_socket(int family) {
  Fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw_system_failure("cannot make a socket", errno);
  return socket;
}

// A watch on a copy of a socket, which is whole when the watch ends.
static Fd copy_of(int socket) {
  Fd copy(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw_system_failure("cannot copy a descriptor", errno);
  return copy;
}

// Awaits a connect that is under way, and gives its errno.
static Task<int> connected(Loop &loop, int socket) {
  Descriptor watched(loop, copy_of(socket));
  co_await watched.writable();
  int error_number = 0;
  socklen_t size = sizeof error_number;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error_number, &size);
  co_return error_number;
}

Task<Connected> connect_tcp(Loop &loop, std::string host, int port) {
  std::vector<Address> addresses = co_await resolve(host, port);
  Connected result;
  for (const Address &address : addresses) {
    Fd socket = new_socket(address.storage.ss_family);
    int one = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    bool done = connect(socket.get(), reinterpret_cast<const sockaddr *>(&address.storage), address.size) == 0;
    result.error_number = done ? 0 : errno;
    if (result.error_number == EINPROGRESS) result.error_number = co_await connected(loop, socket.get());
    if (result.error_number != 0) continue;
    result.socket = std::move(socket);
    co_return result;
  }
  co_return result;
}

Task<bool> stays_open(Loop &loop, int socket, int64_t ms) {
  bool silent = false;
  std::optional<Failure> failure;
  try {
    Scope &scope = co_await current_scope();
    Descriptor watched(loop, copy_of(socket));
    Deadline deadline(scope, ms, [&] {
      silent = true;
      return Failure(Code::timeout, "nothing was said");
    });
    co_await watched.readable();
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure && !silent) throw *failure;
  char byte;
  ssize_t n = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  co_return n > 0 || (n < 0 && errno == EAGAIN);
}

}  // namespace conu
