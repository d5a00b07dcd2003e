// Names of hosts to addresses.
#include "loop/resolve.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "check.h"
#include "loop/support.h"

using namespace conu;

static std::string text_of(const Address &address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    auto *in = reinterpret_cast<const sockaddr_in *>(&address.storage);
    inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
    return text + (":" + std::to_string(ntohs(in->sin_port)));
  }
  auto *in6 = reinterpret_cast<const sockaddr_in6 *>(&address.storage);
  inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(ntohs(in6->sin6_port));
}

TEST(numeric_addresses_need_no_lookup_and_no_thread) {
  std::vector<Address> v4 = on_loop(resolve("127.0.0.1", 2375));
  CHECK_EQUAL(v4.size(), 1u);
  CHECK_EQUAL(text_of(v4[0]), "127.0.0.1:2375");
  std::vector<Address> v6 = on_loop(resolve("::1", 65535));
  CHECK_EQUAL(v6.size(), 1u);
  CHECK_EQUAL(text_of(v6[0]), "[::1]:65535");
  CHECK_EQUAL(threads(), 1);
}

TEST(a_name_is_looked_up) {
  std::vector<Address> addresses = on_loop(resolve("localhost", 80));
  CHECK(!addresses.empty());
  for (const Address &address : addresses) {
    std::string text = text_of(address);
    CHECK(text == "127.0.0.1:80" || text == "[::1]:80");
  }
}

TEST(a_name_that_cannot_be_looked_up_is_named) {
  std::string name = std::string(64, 'x') + ".invalid";  // too long a label to be asked for anywhere
  CHECK_FAILS(on_loop(resolve(name, 80)), Code::unreachable, "the host name " + name + " cannot be resolved");
}

TEST(a_lookup_that_was_cancelled_keeps_its_loop_busy_until_it_has_answered) {
  Loop loop;
  Scope scope(loop);
  Task<std::vector<Address>> task = resolve("localhost", 80);
  task.start(scope);
  CHECK(loop.is_busy());
  scope.cancel(Failure(Code::cancelled, "over"));
  loop.settle();
  CHECK_FAILS(task.result(), Code::cancelled, "over");
  while (loop.is_busy()) loop.poll();
}

TEST(a_loop_may_end_with_a_lookup_under_way) {
  Loop loop;
  Scope scope(loop);
  Task<std::vector<Address>> task = resolve("localhost", 80);
  task.start(scope);
  scope.cancel(Failure(Code::cancelled, "over"));
  loop.settle();
  CHECK(task.is_done());
}

int main() { return check::run_all("resolve"); }
