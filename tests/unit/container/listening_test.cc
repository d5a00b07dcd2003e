// The kernel's table of sockets.
#include "container/listening.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "check.h"
#include "container/listeners.h"
#include "container/socket_table.h"
#include "util/fd.h"

using namespace conu;

static const std::string head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

static std::string entry(const std::string &local, const std::string &state) {
  return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000     0        0 1 1\n";
}

TEST(a_listener_on_any_address_is_seen) {
  CHECK(listening_in(head + entry("00000000:1F90", "0A"), 8080) == Listening::yes);
  CHECK(listening_in(head + entry("020011AC:0050", "0A"), 80) == Listening::yes);
  CHECK(listening_in(head + entry("00000000000000000000000000000000:0050", "0A"), 80) == Listening::yes);
}

TEST(a_listener_on_localhost_is_told_apart) {
  CHECK(listening_in(head + entry("0100007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("0B00007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("00000000000000000000000001000000:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("0000000000000000FFFF00000100007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(entry("0100007F:1F90", "0A") + entry("00000000:1F90", "0A"), 8080) == Listening::yes);
}

TEST(other_ports_and_states_do_not_count) {
  CHECK(listening_in(head, 80) == Listening::no);
  CHECK(listening_in("", 80) == Listening::no);
  CHECK(listening_in(head + entry("00000000:1F90", "01"), 8080) == Listening::no);
  CHECK(listening_in(head + entry("00000000:1F90", "0A"), 80) == Listening::no);
  CHECK(listening_in("   0: 00000000:1F90", 8080) == Listening::no);
  CHECK(listening_in("   0: 00000000:1F90 ", 8080) == Listening::no);
  CHECK(listening_in(": ", 8080) == Listening::no);
}

TEST(the_process_of_another_container_is_not_looked_at) {
  CHECK(Listeners(0, "0123456789ab").at(80) == Listening::unknown);
  std::string unknown = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  CHECK(Listeners(getpid(), unknown).at(80) == Listening::unknown);
}

// The port it listens at; 0: it does not.
static int listen_at(Fd *socket, in_addr_t host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  auto *plain = reinterpret_cast<sockaddr *>(&address);
  socklen_t size = sizeof address;
  *socket = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  bool listens = *socket && bind(socket->get(), plain, size) == 0 && listen(socket->get(), 1) == 0 &&
                 getsockname(socket->get(), plain, &size) == 0;
  return listens ? ntohs(address.sin_port) : 0;
}

// To enter even one's own network needs a right that the tests may run without.
TEST(the_kernel_tells_who_listens) {
  auto table = SocketTable::of(getpid());
  if (geteuid() == 0) CHECK(table.has_value());
  if (!table) return;
  Fd everywhere, on_localhost;
  int port = listen_at(&everywhere, INADDR_ANY), local_port = listen_at(&on_localhost, INADDR_LOOPBACK);
  CHECK(port > 0);
  CHECK(local_port > 0);
  CHECK(table->look(port) == Listening::yes);
  CHECK(table->look(local_port) == Listening::on_loopback_only);
  everywhere.reset();
  CHECK(table->look(port) == Listening::no);
}

TEST(a_network_that_is_not_there_has_no_table) {
  CHECK(!SocketTable::of(0));
  CHECK(!SocketTable::of(-1));
}

int main() { return check::run_all("listening"); }
