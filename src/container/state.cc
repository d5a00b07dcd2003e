// What an engine tells about a container, and the facts in it.
#include "container/state.h"

#include <algorithm>
#include <set>

#include "container/lifecycle.h"
#include "util/text.h"

namespace conu {

// --- facts of an inspect document ------------------------------------------------------------------------------------

std::string name_in(const Json &document) {
  std::string name = document["Name"].required_string();
  return name.starts_with('/') ? name.substr(1) : name;
}

// Podman has states of its own, between those of Docker.
std::string status_in(const Json &document) {
  std::string status = document["State"]["Status"].required_string();
  if (status == "configured" || status == "initialized") return "created";
  if (status == "stopping") return "running";
  if (status == "stopped") return "exited";
  return status;
}

bool is_running_in(const Json &document) {
  Json state = document["State"];
  return state["Running"].boolean_or(false) || state["Paused"].boolean_or(false);
}

int exit_code_in(const Json &document) {
  if (is_running_in(document)) return 0;
  return static_cast<int>(document["State"]["ExitCode"].integer_or(0));
}

// The addresses beside the networks, at the top level, are those of one network, and gone from newer engines.
static std::vector<std::string> addresses_in(const Json &document, const char *member) {
  std::vector<std::string> addresses;
  for (const auto &[name, network] : document["NetworkSettings"]["Networks"].members())
    if (std::string address = network[member].text_or(""); !address.empty()) addresses.push_back(address);
  return addresses;
}

std::vector<std::string> ipv4_addresses_in(const Json &document) { return addresses_in(document, "IPAddress"); }
std::vector<std::string> ipv6_addresses_in(const Json &document) { return addresses_in(document, "GlobalIPv6Address"); }

// Docker forgets the mappings at the container's end, but not what is exposed, and to publish a port is to expose it.
std::vector<std::string> ports_in(const Json &document) {
  std::set<int> ports;
  for (const Json &list : {document["Config"]["ExposedPorts"], document["NetworkSettings"]["Ports"]})
    for (const auto &[port, unused] : list.members())
      ports.insert(port_in(std::string_view(port).substr(0, port.find('/'))));
  ports.erase(0);
  std::vector<std::string> words;
  for (int port : ports) words.push_back(decimal(port));
  return words;
}

Json port_mappings_in(const Json &document) {
  Json mappings = Json::object();
  for (const auto &[port, bindings] : document["NetworkSettings"]["Ports"].members())
    mappings.set(port, bindings ? bindings : Json::array());
  return mappings;
}

static std::string tcp(int port) { return concat(decimal(port), "/tcp"); }

static bool is_reached_by_localhost(const std::string &address) {
  return address.empty() || address == "0.0.0.0" || address == "127.0.0.1";
}

// Why a port has no mapping that 127.0.0.1 reaches, and never will.
static Failure unpublished(const Json &document, int port, const std::string &subject) {
  std::string what = concat("the port ", decimal(port), " of ", subject);
  std::string others;
  for (const Json &binding : document["NetworkSettings"]["Ports"][tcp(port)].items())
    others += concat(others.empty() ? "" : ", ", in_quotes(binding["HostIp"].text_or("")));
  if (!others.empty())
    return Failure(Code::state, concat(what, " is published on ", others, " alone, which 127.0.0.1 does not lead to"),
                   "publish it with -p PORT, or use the mapping that conu_container_get_port_mappings tells");
  bool is_exposed = static_cast<bool>(document["Config"]["ExposedPorts"][tcp(port)]);
  return Failure(Code::state, concat(what, is_exposed ? " is exposed, but not published" : " is not published"),
                 concat("publish it with -p ", decimal(port), ", or reach it by the container's own address"));
}

std::optional<int> host_port_in(const Json &document, int port, const std::string &subject) {
  Json host_config = document["HostConfig"];
  std::string mode = host_config["NetworkMode"].text_or("");
  if (mode.starts_with("container:"))
    throw_failure(Code::state, {subject, " has its network from the container ", mode.substr(10)},
                  "its ports are that container's: ask there");
  if (!is_running_in(document))
    throw_failure(Code::state,
                  {"the port ", decimal(port), " of ", subject, " has no port of the host: the container is ",
                   status_in(document)},
                  "ports are published while a container runs");
  if (mode == "host") return port;
  Json bindings = document["NetworkSettings"]["Ports"][tcp(port)];
  for (const Json &binding : bindings.items()) {
    int number = port_in(binding["HostPort"].text_or(""));
    if (number > 0 && is_reached_by_localhost(binding["HostIp"].text_or(""))) return number;
  }
  bool is_asked_for =
      host_config["PortBindings"][tcp(port)].size() > 0 ||
      (host_config["PublishAllPorts"].boolean_or(false) && document["Config"]["ExposedPorts"][tcp(port)]);
  if (is_asked_for && bindings.size() == 0) return std::nullopt;
  throw unpublished(document, port, subject);
}

Metadata container_metadata(const Json &document) {
  Metadata metadata;
  Json config = document["Config"];
  metadata.name = name_in(document);
  metadata.identifier = document["Id"].required_string();
  metadata.creation_timestamp = document["Created"].as_string();
  metadata.hostname = config["Hostname"].as_string();
  metadata.status = status_in(document);
  metadata.port_mappings_json = port_mappings_in(document).dump();
  metadata.ipv4_addresses = ipv4_addresses_in(document);
  metadata.ipv6_addresses = ipv6_addresses_in(document);
  if (auto image = config["Image"].as_string()) metadata.image_names = std::vector<std::string>{*image};
  read_config(config, &metadata);
  return metadata;
}

// --- asking ----------------------------------------------------------------------------------------------------------

static Json parsed(const std::string &document, const std::string &path) {
  return Json::parse(document, concat("the engine's answer to GET ", path));
}

// Podman looks at the container's process while it answers, and fails where that ends in the meantime.
static bool has_just_ended(const Failure &failure) {
  return failure.http_status == 500 && failure.message.find("no such process") != std::string::npos;
}

Task<std::string> inspect_text(Api &api, std::string id_or_name, std::string subject) {
  std::string path = concat("/containers/", id_or_name, "/json");
  try {
    std::string document = co_await api.get(path, subject);
    co_return document;
  } catch (const Failure &failure) {
    if (!has_just_ended(failure)) throw;
  }
  std::string document = co_await api.get(path, subject);
  co_return document;
}

Task<ContainerPtr> container_from_id(Api &api, std::shared_ptr<Engine> engine, std::string id_or_name) {
  if (id_or_name.starts_with('/')) id_or_name.erase(0, 1);  // as the engines write names
  check_container_name(id_or_name);                         // anything else could lead the path of the request astray
  std::string answer = co_await inspect_text(api, id_or_name, concat("the container ", id_or_name));
  Json document = parsed(answer, concat("/containers/", id_or_name, "/json"));
  auto container = std::make_shared<Container>(std::move(engine), document["Id"].required_string(), name_in(document),
                                               document["Config"]["Tty"].boolean_or(false));
  container->remember(std::move(answer));
  co_return container;
}

// Docker lists the names that links give it as well, "/other/alias".
static std::string name_in_list(const Json &item) {
  for (const Json &name : item["Names"].items()) {
    std::string text = name.required_string();
    if (text.starts_with('/')) text.erase(0, 1);
    if (text.find('/') == text.npos) return text;
  }
  return item["Id"].required_string().substr(0, 12);
}

Task<Containers> list_containers(Api &api, std::shared_ptr<Engine> engine) {
  std::string answer = co_await api.get("/containers/json?all=1", "the list of containers");
  Containers containers;
  for (const Json &item : parsed(answer, "/containers/json").items())
    containers.push_back(
        std::make_shared<Container>(engine, item["Id"].required_string(), name_in_list(item), std::nullopt));
  co_return containers;
}

Task<std::string> inspect(Api &api, Container &container, bool refresh) {
  auto known = refresh ? std::nullopt : container.remembered();
  if (known) co_return *known;
  std::string document = co_await inspect_text(api, container.id(), container.subject());
  container.remember(document);
  co_return document;
}

Task<Json> inspect(Api &api, Container &container) {
  std::string document = co_await inspect(api, container, true);
  co_return parsed(document, container.path("/json"));
}

Task<bool> has_terminal(Api &api, Container &container) {
  if (container.terminal()) co_return *container.terminal();
  std::string document = co_await inspect(api, container, false);
  co_return parsed(document, container.path("/json"))["Config"]["Tty"].boolean_or(false);
}

static std::string normal_form(const std::string &name) {
  try {
    return parse_reference(name).normalized();
  } catch (const Failure &) {
    return name;  // an id
  }
}

// The very image that it was made from, under the name that the container knows it by unless it has lost that.
Task<ImagePtr> image_of(Api &api, Container &container) {
  Json document = co_await inspect(api, container);
  ImagePtr image = co_await image_from_id(api, container.engine(), document["Image"].required_string());
  std::string name = normal_form(document["Config"]["Image"].text_or(""));
  Json inspected = parsed(image->remembered().value_or("{}"), image->path("/json"));
  for (const char *names : {"RepoTags", "RepoDigests"})
    for (const Json &other : inspected[names].items())
      if (normal_form(other.required_string()) == name)
        co_return Image::from_engine(container.engine(), other.required_string(), inspected["Id"].required_string());
  co_return image;
}

Task<int> host_port(Api &api, Container &container, int port) {
  for (int64_t pause_ms = 5; pause_ms < 2000; pause_ms *= 2) {
    Json document = co_await inspect(api, container);
    std::optional<int> found = host_port_in(document, port, container.subject());
    if (found) co_return *found;
    co_await sleep_for(pause_ms);
  }
  throw_failure(Code::timeout, {"the engine does not tell on which port of the host it has published the port ",
                                decimal(port), " of ", container.subject()});
}

}  // namespace conu
