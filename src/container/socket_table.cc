// Who listens in a container's network, asked of the kernel.
#include "container/socket_table.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

#include "util/text.h"

namespace conu {

// A socket belongs to the network it was made in. Only a thread of its own can go there without taking others along.
std::optional<SocketTable> SocketTable::of(int pid) {
  Fd network(open((concat("/proc/", decimal(pid), "/ns/net")).c_str(), O_RDONLY | O_CLOEXEC));
  if (!network) return std::nullopt;
  Fd netlink;
  auto visit = [&] {
    if (setns(network.get(), CLONE_NEWNET) != 0) return;
    netlink.reset(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
  };
  try {
    std::thread(visit).join();
  } catch (const std::system_error &) {
    return std::nullopt;  // there is no room for a thread
  }
  if (!netlink) return std::nullopt;
  return SocketTable(std::move(netlink));
}

// --- one question ----------------------------------------------------------------------------------------------------

static bool ask(int netlink, int family) {
  struct {
    nlmsghdr head{};
    inet_diag_req_v2 body{};
  } question;
  question.head.nlmsg_len = sizeof question;
  question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.body.sdiag_family = static_cast<__u8>(family);
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = 1U << TCP_LISTEN;
  return send(netlink, &question, sizeof question, 0) == static_cast<ssize_t>(sizeof question);
}

static bool is_loopback(const inet_diag_msg &socket) {
  if (socket.idiag_family == AF_INET) return ntohl(socket.id.idiag_src[0]) >> 24 == 127;
  in6_addr address;
  memcpy(&address, socket.id.idiag_src, sizeof address);
  return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

static Listening of_socket(const inet_diag_msg &socket, int port) {
  if (ntohs(socket.id.idiag_sport) != port) return Listening::no;
  return is_loopback(socket) ? Listening::on_loopback_only : Listening::yes;
}

// The answer comes in pieces, each of which the kernel makes while it is read: none has to be waited for.
Listening SocketTable::look(int family, int port) {
  if (!ask(netlink_.get(), family)) return Listening::unknown;
  Listening found = Listening::no;
  for (;;) {
    alignas(nlmsghdr) char piece[16 << 10];
    ssize_t size = recv(netlink_.get(), piece, sizeof piece, 0);
    if (size <= 0) return Listening::unknown;
    auto left = static_cast<unsigned>(size);
    for (auto *message = reinterpret_cast<nlmsghdr *>(piece); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return found;
      if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY) return Listening::unknown;
      inet_diag_msg socket;
      memcpy(&socket, NLMSG_DATA(message), sizeof socket);
      found = std::max(found, of_socket(socket, port));
    }
  }
}

Listening SocketTable::look(int port) {
  Listening found = look(AF_INET, port);
  return found == Listening::unknown || found == Listening::yes ? found : std::max(found, look(AF_INET6, port));
}

}  // namespace conu
