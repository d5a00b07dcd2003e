// Published and exposed ports.

#include "container/run_options.h"
#include "util/text.h"

namespace conu {

namespace {

struct PortRange {
  unsigned first = 0;
  unsigned last = 0;
};

}  // namespace

static unsigned read_port(std::string_view text) {
  auto port = number_in(text);
  if (!port || *port > 65535) throw BadValue{concat("has ", in_quotes(text), " where a port should be"), ""};
  return static_cast<unsigned>(*port);
}

static PortRange read_range(std::string_view text) {
  size_t dash = text.find('-');
  PortRange range;
  range.first = range.last = read_port(text.substr(0, dash));
  if (dash != text.npos) range.last = read_port(text.substr(dash + 1));
  if (range.last < range.first) throw BadValue{"has a range that runs backwards", ""};
  return range;
}

// What stands behind the slash is taken off the text; tcp if there is nothing.
static std::string take_protocol(std::string_view *text) {
  size_t slash = text->find('/');
  std::string protocol = slash == text->npos ? "" : lower_case(text->substr(slash + 1));
  *text = text->substr(0, slash);
  if (protocol.empty()) protocol = "tcp";
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp")
    throw BadValue{"has an unknown protocol", "known are tcp, udp and sctp"};
  return protocol;
}

static void expose_port(Draft &draft, const std::string &port) {
  member(draft.body, "ExposedPorts", Json::object()).set(port, Json::object());
}

// target=80,published=8080,protocol=tcp in the short form.
static std::string short_form(const std::string &value) {
  std::string target, published, protocol;
  for (std::string_view field : split(value, ',')) {
    auto [name, rest] = key_and_value(std::string(field));
    if (!has_value(std::string(field)))
      throw BadValue{concat("has ", in_quotes(field), ", which is no NAME=VALUE"), ""};
    if (name == "target")
      target = rest;
    else if (name == "published")
      published = rest;
    else if (name == "protocol")
      protocol = rest;
    else if (name != "mode")
      throw BadValue{concat("has an unknown field ", in_quotes(name)), "known are target, published and protocol"};
  }
  return concat(published, ":", target, "/", protocol);
}

// [[ADDRESS:]HOST_PORTS:]CONTAINER_PORTS[/PROTOCOL], or target=…,published=…,protocol=…
void publish(Draft &draft, const char *, const std::string &value) {
  std::string spec = has_value(value) ? short_form(value) : value;
  std::string_view rest = spec;
  std::string protocol = take_protocol(&rest);

  // Taken from the end, as an IPv6 address has colons of its own.
  size_t last_colon = rest.rfind(':');
  PortRange inside = read_range(last_colon == rest.npos ? rest : rest.substr(last_colon + 1));
  rest = last_colon == rest.npos ? "" : rest.substr(0, last_colon);
  size_t colon = rest.rfind(':');
  std::string_view host_ports = colon == rest.npos ? rest : rest.substr(colon + 1);
  std::string_view address = colon == rest.npos ? "" : rest.substr(0, colon);
  std::string host_ip = address.empty() ? "" : read_address(address);

  PortRange outside;
  if (!host_ports.empty()) outside = read_range(host_ports);
  unsigned count = inside.last - inside.first;
  if (!host_ports.empty() && count > 0 && outside.last - outside.first != count)
    throw BadValue{"has ranges of different lengths", ""};

  for (unsigned i = 0; i <= count; i++) {
    std::string host_port;
    if (!host_ports.empty()) host_port = decimal(outside.first + i);
    // One port of the container: the engine picks one of the host's range.
    if (count == 0 && outside.last > outside.first) host_port += concat("-", decimal(outside.last));
    std::string port = concat(decimal(inside.first + i), "/", protocol);
    expose_port(draft, port);
    Json bindings = member(BodyMember(draft, "HostConfig.PortBindings").object(), port, Json::array());
    bindings.append(Json::object().set("HostIp", host_ip).set("HostPort", host_port));
  }
}

// PORTS[/PROTOCOL]
void expose(Draft &draft, const char *, const std::string &value) {
  std::string_view rest = value;
  std::string protocol = take_protocol(&rest);
  PortRange range = read_range(rest);
  for (unsigned port = range.first; port <= range.last; port++)
    expose_port(draft, concat(decimal(port), "/", protocol));
}

}  // namespace conu
