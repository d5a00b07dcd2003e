// The facts in an inspect document.
#include "container/state.h"

#include "check.h"

using namespace conu;

static Json document_of(const std::string &text) { return Json::parse(text, "a test"); }

static std::string joined(const std::vector<std::string> &list) {
  std::string text;
  for (const std::string &item : list) text += (text.empty() ? "" : " ") + item;
  return text;
}

static Json in_state(const std::string &status, bool running = false, bool paused = false) {
  Json state = Json::object().set("Status", status).set("Running", Json::boolean(running));
  state.set("Paused", Json::boolean(paused)).set("ExitCode", Json::integer(7));
  return Json::object().set("State", state);
}

// A running container with these members of NetworkSettings, HostConfig and Config.
static Json running(const std::string &network, const std::string &host = "{}", const std::string &config = "{}") {
  return in_state("running", true)
      .set("NetworkSettings", document_of(network))
      .set("HostConfig", document_of(host))
      .set("Config", document_of(config));
}

TEST(a_state_is_told_in_dockers_words) {
  for (const char *same : {"created", "running", "paused", "restarting", "removing", "exited", "dead"})
    CHECK_EQUAL(status_in(in_state(same)), same);
  CHECK_EQUAL(status_in(in_state("configured")), "created");
  CHECK_EQUAL(status_in(in_state("initialized")), "created");
  CHECK_EQUAL(status_in(in_state("stopping")), "running");
  CHECK_EQUAL(status_in(in_state("stopped")), "exited");
  CHECK_FAILS(status_in(document_of("{}")), Code::protocol, "State");
  CHECK_FAILS(status_in(document_of(R"({"State":{"Status":3}})")), Code::protocol, "State.Status");
}

TEST(what_is_paused_runs) {
  CHECK(is_running_in(in_state("running", true)));
  CHECK(is_running_in(in_state("paused", true, true)));
  CHECK(is_running_in(in_state("paused", false, true)));
  CHECK(!is_running_in(in_state("exited")));
  CHECK(!is_running_in(document_of("{}")));
}

TEST(an_exit_code_is_that_of_an_end) {
  CHECK_EQUAL(exit_code_in(in_state("exited")), 7);
  CHECK_EQUAL(exit_code_in(in_state("restarting", true)), 0);
}

TEST(addresses_are_those_of_the_networks_alone) {
  Json document = running(R"({"IPAddress":"10.0.0.9","GlobalIPv6Address":"fd00::9","Networks":{
      "one":{"IPAddress":"172.17.0.2","GlobalIPv6Address":"","MacAddress":"x"},
      "two":{"IPAddress":"172.18.0.3","GlobalIPv6Address":"fd00::3"},
      "three":{"IPAddress":null}, "four":null}})");
  CHECK_EQUAL(joined(ipv4_addresses_in(document)), "172.17.0.2 172.18.0.3");
  CHECK_EQUAL(joined(ipv6_addresses_in(document)), "fd00::3");
  CHECK_EQUAL(joined(ipv4_addresses_in(document_of("{}"))), "");
  CHECK_EQUAL(joined(ipv4_addresses_in(running(R"({"Networks":null})"))), "");
  CHECK_FAILS(ipv4_addresses_in(running(R"({"Networks":{"a":{"IPAddress":1}}})")), Code::protocol, "IPAddress");
}

TEST(ports_are_numbers_in_order_and_each_once) {
  Json document =
      running(R"({"Ports":{"9/tcp":null,"80/tcp":[{"HostIp":"","HostPort":"1"}],"x/tcp":null,"70000/tcp":null}})", "{}",
              R"({"ExposedPorts":{"80/tcp":{},"53/udp":{},"53/tcp":{},"443/tcp":{}}})");
  CHECK_EQUAL(joined(ports_in(document)), "9 53 80 443");
  CHECK_EQUAL(joined(ports_in(document_of("{}"))), "");
}

TEST(port_mappings_are_lists_for_exposed_ports_too) {
  CHECK_EQUAL(
      port_mappings_in(running(R"({"Ports":{"80/tcp":[{"HostIp":"::","HostPort":"1"}],"53/udp":null}})")).dump(),
      R"({"80/tcp":[{"HostIp":"::","HostPort":"1"}],"53/udp":[]})");
  CHECK_EQUAL(port_mappings_in(document_of("{}")).dump(), "{}");
}

static int port_of(const Json &document, int port) { return host_port_in(document, port, "the container c").value(); }

TEST(a_host_port_is_the_one_that_127_0_0_1_leads_to) {
  Json document = running(R"({"Ports":{
      "80/tcp":[{"HostIp":"::","HostPort":"1000"},{"HostIp":"0.0.0.0","HostPort":"1001"}],
      "81/tcp":[{"HostIp":"10.0.0.1","HostPort":"1002"},{"HostIp":"127.0.0.1","HostPort":"1003"}],
      "82/tcp":[{"HostIp":"","HostPort":"1004"}],
      "83/tcp":[{"HostIp":"::1","HostPort":"1005"}],
      "84/tcp":null, "84/udp":[{"HostIp":"","HostPort":"1006"}]}})",
                          R"({"NetworkMode":"bridge"})", R"({"ExposedPorts":{"84/tcp":{}}})");
  CHECK_EQUAL(port_of(document, 80), 1001);
  CHECK_EQUAL(port_of(document, 81), 1003);
  CHECK_EQUAL(port_of(document, 82), 1004);
  CHECK_FAILS(port_of(document, 83), Code::state, "\"::1\" alone");
  CHECK_FAILS(port_of(document, 84), Code::state, "the port 84 of the container c is exposed, but not published");
  CHECK_FAILS(port_of(document, 85), Code::state, "is not published");
}

TEST(a_host_port_that_is_to_come_is_waited_for) {
  const char *bindings = R"({"NetworkMode":"default","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":""}]}})";
  CHECK(!host_port_in(running(R"({"Ports":{}})", bindings), 80, "c"));
  CHECK(!host_port_in(running(R"({"Ports":{"80/tcp":null}})", bindings), 80, "c"));
  CHECK_FAILS(host_port_in(running(R"({"Ports":{}})", bindings), 81, "c"), Code::state, "not published");
  const char *all = R"({"PublishAllPorts":true})";
  CHECK(!host_port_in(running("{}", all, R"({"ExposedPorts":{"80/tcp":{}}})"), 80, "c"));
  CHECK_FAILS(host_port_in(running("{}", all), 80, "c"), Code::state, "not published");
}

TEST(a_host_port_depends_on_state_and_network) {
  CHECK_EQUAL(port_of(running("{}", R"({"NetworkMode":"host"})"), 80), 80);
  CHECK_FAILS(port_of(running("{}", R"({"NetworkMode":"container:abc"})"), 80), Code::state, "the container abc");
  Json ended =
      in_state("exited").set("NetworkSettings", document_of(R"({"Ports":{"80/tcp":[{"HostIp":"","HostPort":"1"}]}})"));
  CHECK_FAILS(port_of(ended, 80), Code::state, "the container is exited");
}

TEST(metadata_has_every_field) {
  Json document = document_of(R"({"Id":"abc","Name":"/web","Created":"2024-01-02T03:04:05Z","Image":"sha256:1",
      "State":{"Status":"running","Running":true},
      "Config":{"Hostname":"host","Image":"busybox:1","Cmd":["a","b c"],"Env":["A=1","B=x=y","C"],
                "Labels":{"l":"v"},"ExposedPorts":{"80/tcp":{}}},
      "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"1"}]},
                         "Networks":{"n":{"IPAddress":"1.2.3.4","GlobalIPv6Address":"fd00::1"}}}})");
  Metadata metadata = container_metadata(document);
  CHECK_EQUAL(*metadata.name, "web");
  CHECK_EQUAL(*metadata.identifier, "abc");
  CHECK_EQUAL(*metadata.creation_timestamp, "2024-01-02T03:04:05Z");
  CHECK_EQUAL(*metadata.hostname, "host");
  CHECK_EQUAL(*metadata.status, "running");
  CHECK_EQUAL(joined(*metadata.command), "a b c");
  CHECK_EQUAL(metadata.env["B"], "x=y");
  CHECK_EQUAL(metadata.labels["l"], "v");
  CHECK_EQUAL(joined(*metadata.exposed_ports), "80/tcp");
  CHECK_EQUAL(joined(*metadata.ipv4_addresses), "1.2.3.4");
  CHECK_EQUAL(joined(*metadata.ipv6_addresses), "fd00::1");
  CHECK_EQUAL(joined(*metadata.image_names), "busybox:1");
  CHECK_EQUAL(*metadata.port_mappings_json, R"({"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"1"}]})");
  CHECK(!metadata.digest && !metadata.repo_digests);
  CHECK_FAILS(container_metadata(document_of("{}")), Code::protocol, "Name");
  CHECK_FAILS(container_metadata(document_of("[]")), Code::protocol, "");
}

int main() { return check::run_all("state"); }
