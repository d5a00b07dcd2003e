// The ways that lead to a port of a container, from what inspect says.
#include "container/reach.h"

#include "check.h"

using namespace conu;

static std::string ways(const std::string &network, const std::string &host = "", int port = 80) {
  std::string text;
  for (const Way &way : ways_to(Json::parse(network, "a test"), host, port))
    text += (text.empty() ? "" : " ") + way.text() + (way.is_forwarded ? "*" : "");
  return text;
}

static std::string published(const std::string &address) {
  return R"({"HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":")" + address +
         R"(","HostPort":"3000"}]},"Networks":{"bridge":{"IPAddress":"172.17.0.2","GlobalIPv6Address":"fd00::2"}}}})";
}

TEST(here_the_containers_own_addresses_come_first) {
  CHECK_EQUAL(ways(published("0.0.0.0")), "172.17.0.2:80 [fd00::2]:80 127.0.0.1:3000*");
  CHECK_EQUAL(ways(published("")), "172.17.0.2:80 [fd00::2]:80 127.0.0.1:3000*");
  CHECK_EQUAL(ways(published("::")), "172.17.0.2:80 [fd00::2]:80 [::1]:3000*");
  CHECK_EQUAL(ways(published("127.0.0.5")), "172.17.0.2:80 [fd00::2]:80 127.0.0.5:3000*");
  CHECK_EQUAL(ways(published("0.0.0.0"), "", 81), "172.17.0.2:81 [fd00::2]:81");
}

TEST(of_another_host_what_is_published_there_is_reached) {
  CHECK_EQUAL(ways(published("0.0.0.0"), "remote"), "remote:3000*");
  CHECK_EQUAL(ways(published("::"), "fd00::9"), "[fd00::9]:3000*");
  CHECK_EQUAL(ways(published("10.0.0.1"), "remote"), "10.0.0.1:3000*");
  CHECK_EQUAL(ways(published("0.0.0.0"), "remote", 81), "");
}

TEST(what_another_host_publishes_on_its_localhost_is_not_looked_for_on_ours) {
  CHECK_EQUAL(ways(published("127.0.0.1"), "remote"), "");
  CHECK_EQUAL(ways(published("127.1.2.3"), "remote"), "");
  CHECK_EQUAL(ways(published("::1"), "10.0.0.1"), "");
  // Behind localhost may be a tunnel, which may have those ports as well.
  CHECK_EQUAL(ways(published("127.0.0.1"), "127.0.0.1"), "127.0.0.1:3000*");
}

TEST(in_the_network_of_a_host_a_port_is_itself) {
  const std::string network = R"({"HostConfig":{"NetworkMode":"host"},"NetworkSettings":{"Networks":{"host":{}}}})";
  CHECK_EQUAL(ways(network), "127.0.0.1:80 [::1]:80");
  CHECK_EQUAL(ways(network, "remote"), "remote:80");
}

TEST(what_is_no_port_is_no_way) {
  for (const char *port : {"0", "-1", "65536", "99999999", "x", ""})
    CHECK_EQUAL(
        ways(R"({"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"","HostPort":")" + std::string(port) + R"("}]}}})"),
        "");
}

TEST(without_a_network_there_is_no_way) {
  CHECK_EQUAL(ways(R"({"HostConfig":{"NetworkMode":"none"},"NetworkSettings":{"Networks":{"none":{}}}})"), "");
  CHECK_EQUAL(ways("{}"), "");
}

TEST(only_engines_at_localhost_may_run_containers_here) {
  Endpoint endpoint;
  endpoint.socket_path = "/run/docker.sock";
  CHECK(may_run_here(endpoint));
  endpoint.socket_path.clear();
  for (const char *host : {"127.0.0.1", "127.0.1.1", "::1", "localhost"}) {
    endpoint.host = host;
    CHECK(may_run_here(endpoint));
  }
  for (const char *host : {"10.0.0.1", "remote", "localhost.example", "fd00::1"}) {
    endpoint.host = host;
    CHECK(!may_run_here(endpoint));
  }
}

int main() { return check::run_all("reach"); }
