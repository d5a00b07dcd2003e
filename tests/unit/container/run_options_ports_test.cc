// Published and exposed ports.
#include "container/options.h"

// The body for published ports: what is exposed, and where it is bound.

static std::string ports(const std::string &exposed, const std::string &bindings) {
  return R"({"ExposedPorts":{)" + exposed + R"(},"Image":"img","HostConfig":{"PortBindings":{)" + bindings + "}}}";
}

static std::string one_port(const std::string &port, const std::string &ip, const std::string &host) {
  return ports("\"" + port + "\":{}", "\"" + port + R"(":[{"HostIp":")" + ip + R"(","HostPort":")" + host + "\"}]");
}

TEST(ports_are_published_in_every_form) {
  CHECK_EQUAL(body("-p 80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p :80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p 80/"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p 8080:80"), one_port("80/tcp", "", "8080"));
  CHECK_EQUAL(body("-p 0:80"), one_port("80/tcp", "", "0"));
  CHECK_EQUAL(body("-p 00080:0080"), one_port("80/tcp", "", "80"));
  CHECK_EQUAL(body("-p 8080:80/UDP"), one_port("80/udp", "", "8080"));
  CHECK_EQUAL(body("-p 80/sctp"), one_port("80/sctp", "", ""));
  CHECK_EQUAL(body("-p 127.0.0.1:8080:80/udp"), one_port("80/udp", "127.0.0.1", "8080"));
  CHECK_EQUAL(body("--publish=127.0.0.1::80"), one_port("80/tcp", "127.0.0.1", ""));
  CHECK_EQUAL(body("-p [::1]:80:80"), one_port("80/tcp", "::1", "80"));
  CHECK_EQUAL(body("-p [::1]::80"), one_port("80/tcp", "::1", ""));
  CHECK_EQUAL(body("-p ::1:81:80"), one_port("80/tcp", "::1", "81"));
  CHECK_EQUAL(body("-p 8000-8005:80"), one_port("80/tcp", "", "8000-8005"));
  CHECK_EQUAL(body("-p 65535:65535"), one_port("65535/tcp", "", "65535"));
}

TEST(ranges_of_ports_are_published_one_by_one) {
  CHECK_EQUAL(body("-p 80-81"),
              ports(R"("80/tcp":{},"81/tcp":{})",
                    R"("80/tcp":[{"HostIp":"","HostPort":""}],"81/tcp":[{"HostIp":"","HostPort":""}])"));
  CHECK_EQUAL(body("-p ::1:90-91:80-81/udp"),
              ports(R"("80/udp":{},"81/udp":{})",
                    R"("80/udp":[{"HostIp":"::1","HostPort":"90"}],"81/udp":[{"HostIp":"::1","HostPort":"91"}])"));
  CHECK_EQUAL(body("-p 1-1:2-2"), one_port("2/tcp", "", "1"));
}

TEST(a_port_may_be_published_several_times) {
  CHECK_EQUAL(body("-p 80:80 -p 81:80"),
              ports(R"("80/tcp":{})", R"("80/tcp":[{"HostIp":"","HostPort":"80"},{"HostIp":"","HostPort":"81"}])"));
}

TEST(ports_have_a_long_form) {
  CHECK_EQUAL(body("-p target=80"), body("-p 80"));
  CHECK_EQUAL(body("-p published=8080,target=80,protocol=udp"), body("-p 8080:80/udp"));
  CHECK_EQUAL(body("-p target=80-81,published=90-91,mode=host"), body("-p 90-91:80-81"));
}

TEST(ports_are_exposed) {
  CHECK_EQUAL(body("--expose 80 --expose 90-91/UDP"),
              R"({"ExposedPorts":{"80/tcp":{},"90/udp":{},"91/udp":{}},"Image":"img"})");
  CHECK_EQUAL(host("-P --expose 80"), R"({"PublishAllPorts":true})");
  refuses("--expose", {{"80:80", "has \"80:80\" where a port should be"},
                       {"81-80", "has a range that runs backwards"},
                       {"80/xyz", "has an unknown protocol"},
                       {"", "has \"\" where a port should be"}});
}

TEST(malformed_ports_are_refused_with_the_offending_part) {
  struct Bad {
    std::string value, message;
  };
  const std::vector<Bad> table = {
      {"", "has \"\" where a port should be"},
      {"80:", "has \"\" where a port should be"},
      {"x", "has \"x\" where a port should be"},
      {"70000", "has \"70000\" where a port should be"},
      {"99999999999999999999", "where a port should be"},
      {"-1", "where a port should be"},
      {"+80", "has \"+80\" where a port should be"},
      {"80 ", "where a port should be"},
      {"80-", "has \"\" where a port should be"},
      {"80.5:80", "has \"80.5\" where a port should be"},
      {"127.0.0.1:80", "has \"127.0.0.1\" where a port should be"},
      {"80-79", "has a range that runs backwards"},
      {"81-80:90", "has a range that runs backwards"},
      {"8000-8001:80-85", "has ranges of different lengths"},
      {"8000:80-81", "has ranges of different lengths"},
      {"80/x", "has an unknown protocol"},
      {"80/tcp/udp", "has an unknown protocol"},
      {"localhost:80:80", "has \"localhost\" where an IP address should be"},
      {"1.2.3:80:80", "has \"1.2.3\" where an IP address should be"},
      {"[::1:80:80", "has \"[::1\" where an IP address should be"},
      {"[fe80::1%eth0]:80:80", "where an IP address should be"},
      {"target=", "has \"\" where a port should be"},
      {"target=80,x=1", "has an unknown field \"x\""},
      {"target=80,published", "has \"published\", which is no NAME=VALUE"},
      {"target=80,protocol=x", "has an unknown protocol"},
  };
  for (const Bad &bad : table) {
    CHECK_FAILS(body(Words{"-p", bad.value}), invalid, bad.message);
    CHECK_FAILS(body(Words{"-p", bad.value}), invalid, "option --publish of docker run: " + in_quotes(bad.value));
  }
}

int main() { return check::run_all("run_options_ports"); }
