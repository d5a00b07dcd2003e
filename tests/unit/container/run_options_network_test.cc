// Networks, addresses and names.
#include "container/options.h"

TEST(one_network_is_the_mode) {
  for (const char *network : {"host", "none", "bridge", "mine", "container:x"}) {
    std::string expected = std::string(R"({"Image":"img","HostConfig":{"NetworkMode":")") + network + "\"}}";
    CHECK_EQUAL(body("--network " + std::string(network)), expected);
    CHECK_EQUAL(body("--net=" + std::string(network)), expected);
  }
}

TEST(several_networks_are_endpoints) {
  CHECK_EQUAL(
      body("--network a --network b"),
      R"({"NetworkingConfig":{"EndpointsConfig":{"a":{},"b":{}}},"Image":"img","HostConfig":{"NetworkMode":"a"}})");
  CHECK_FAILS(body("--network a --network host"), invalid, "--network of docker run: \"host\" cannot be joined");
  CHECK_FAILS(body("--network container:x --network b"), invalid, "cannot be joined");
  CHECK_FAILS(body("--network a --network a"), invalid, "\"a\" is given twice");
}

// What the body says of one network.
static std::string settings(const std::string &options, const std::string &network = "n") {
  return RunBuilder({}, words(options)).request("img").body["NetworkingConfig"]["EndpointsConfig"][network].dump();
}

TEST(a_network_may_have_settings) {
  CHECK_EQUAL(settings("--network name=n,alias=a,alias=b,ip=10.0.0.1,ip6=fd00::1,driver-opt=k=v"),
              R"({"Aliases":["a","b"],"DriverOpts":{"k":"v"},)"
              R"("IPAMConfig":{"IPv4Address":"10.0.0.1","IPv6Address":"fd00::1"}})");
  CHECK_EQUAL(settings("--network n --network name=m,mac-address=92:d0:c6:0a:29:33,gw-priority=-1", "m"),
              R"({"MacAddress":"92:d0:c6:0a:29:33","GwPriority":-1})");
  CHECK_EQUAL(settings("--network name=n,link-local-ip=169.254.1.1"),
              R"({"IPAMConfig":{"LinkLocalIPs":["169.254.1.1"]}})");
  CHECK_EQUAL(body("--network name=n"), R"({"Image":"img","HostConfig":{"NetworkMode":"n"}})");
  refuses("--network", {{"", "names no network"},
                        {"alias=x", "names no network"},
                        {"name=n,nonsense=1", "has an unknown field \"nonsense\""},
                        {"name=n,alias", "has \"alias\", which is no NAME=VALUE"},
                        {"name=n,ip=fd00::1", "is no IPv4 address"},
                        {"name=n,ip6=10.0.0.1", "is no IPv6 address"},
                        {"name=n,driver-opt=k", "has a driver-opt that is no NAME=VALUE"},
                        {"name=n,gw-priority=x", "is no whole number"},
                        {"name=n,\"alias=a", "is no list of comma-separated values"}});
}

TEST(options_about_the_network_are_about_the_first) {
  const std::string first =
      "--ip 10.0.0.1 --ip6 fd00::1 --network-alias a --net-alias b --link c:d --link-local-ip 169.254.1.1 ";
  CHECK_EQUAL(settings(first + "--network n --network m"),
              R"({"Aliases":["a","b"],"Links":["c:d"],"IPAMConfig":{"IPv4Address":"10.0.0.1",)"
              R"("IPv6Address":"fd00::1","LinkLocalIPs":["169.254.1.1"]}})");
  CHECK_EQUAL(settings(first + "--network n --network m", "m"), "{}");
  CHECK_EQUAL(settings("--ip 10.0.0.1", "default"), R"({"IPAMConfig":{"IPv4Address":"10.0.0.1"}})");
  CHECK_EQUAL(body("--link c"), R"({"Image":"img","HostConfig":{"Links":["c"]}})");
  CHECK_FAILS(body("--ip 10.0.0.1 --network name=n,ip=10.0.0.2"), invalid, "has what --ip says as well");
  CHECK_FAILS(body("--network-alias a"), invalid, "has no aliases, which only user-defined networks have");
  CHECK_FAILS(body("--ip fd00::1"), invalid, "--ip of docker run: \"fd00::1\" is no IPv4 address");
  CHECK_FAILS(body("--link a:b:c"), invalid, "is no CONTAINER[:ALIAS]");
}

TEST(a_mac_address_is_the_containers) {
  CHECK_EQUAL(body("--mac-address 92:d0:c6:0a:29:33"), R"({"MacAddress":"92:d0:c6:0a:29:33","Image":"img"})");
  CHECK_EQUAL(body("--network name=n,mac-address=92-D0-c6-0a-29-33"),
              R"({"MacAddress":"92-D0-c6-0a-29-33","Image":"img","HostConfig":{"NetworkMode":"n"}})");
  for (const char *bad : {"", "92:d0:c6:0a:29", "92:d0:c6:0a:29:3g", "92:d0-c6:0a:29:33", "92.d0.c6.0a.29.33"})
    refuses("--mac-address", {{bad, "is no MAC address"}});
}

TEST(names_and_servers_are_passed_on) {
  CHECK_EQUAL(host("--add-host a:10.0.0.1 --add-host b=fd00:0::1 --add-host c:[::1] --add-host d:host-gateway"),
              R"({"ExtraHosts":["a:10.0.0.1","b:fd00::1","c:::1","d:host-gateway"]})");
  CHECK_EQUAL(host("--dns 10.0.0.1 --dns fd00:0::1 --dns-option a --dns-opt b"),
              R"({"Dns":["10.0.0.1","fd00::1"],"DnsOptions":["a","b"]})");
  CHECK_EQUAL(host("--dns-search example.org. --dns-search ."), R"({"DnsSearch":["example.org","."]})");
  CHECK_EQUAL(host("--dns-search a.domain-with-a-name.of-more-than.a-few.characters.example.org"),
              R"({"DnsSearch":["a.domain-with-a-name.of-more-than.a-few.characters.example.org"]})");
  refuses("--add-host",
          {{"a", "is no NAME:ADDRESS"}, {":10.0.0.1", "is no NAME:ADDRESS"}, {"a:b", "\"b\" where an IP address"}});
  refuses("--dns", {{"", "where an IP address should be"}, {"1.2.3", "where an IP address should be"}});
  refuses("--dns-search", {{"", "is no domain"},
                           {"-", "is no domain"},
                           {"a..b", "is no domain"},
                           {"1.2", "is no domain"},
                           {"a_b", "is no domain"}});
}

int main() { return check::run_all("run_options_network"); }
