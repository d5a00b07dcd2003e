// Reaching a service in a container.
#include "container/reach.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include <algorithm>

#include "container/listeners.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- ways ------------------------------------------------------------------------------------------------------------

void check_port_number(int port) {
  if (port < 1 || port > 65535)
    throw_failure(Code::invalid_argument, {"the argument port is ", decimal(port), ", not 1 to 65535"});
}

std::string Way::text() const {
  bool is_v6 = host.find(':') != host.npos;
  return concat(is_v6 ? concat("[", host, "]") : host, ":", decimal(port));
}

static bool is_loopback(const std::string &host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

bool may_run_here(const Endpoint &engine) { return !engine.socket_path.empty() || is_loopback(engine.host); }

static std::string network_mode(const Json &facts) { return facts["HostConfig"]["NetworkMode"].text_or(""); }

bool uses_host_network(const Json &facts) { return network_mode(facts) == "host"; }

std::string name_of_port(int port, const Container &container) {
  return concat("port ", decimal(port), " of ", container.subject());
}

static void add_own_addresses(const Json &network, int port, std::vector<Way> *ways) {
  for (const char *family : {"IPAddress", "GlobalIPv6Address"})
    for (const auto &[name, attached] : network["NetworkSettings"]["Networks"].members()) {
      std::string address = attached[family].text_or("");
      if (!address.empty()) ways->push_back({address, port, false});
    }
}

// Where the engine's host forwards the port from. `host` is that host; empty: this one. What another host forwards from
// its localhost is out of reach, and would lead to somebody else's service here.
static void add_published(const Json &network, const std::string &host, int port, std::vector<Way> *ways) {
  for (const Json &binding : network["NetworkSettings"]["Ports"][concat(decimal(port), "/tcp")].items()) {
    std::string address = binding["HostIp"].text_or("");
    int host_port = atoi(binding["HostPort"].text_or("0").c_str());
    if (host_port < 1 || host_port > 65535) continue;
    bool is_any_v4 = address.empty() || address == "0.0.0.0", is_any_v6 = address == "::";
    if (!host.empty() && !is_loopback(host) && is_loopback(address)) continue;
    if (!host.empty() && (is_any_v4 || is_any_v6))
      address = host;
    else if (is_any_v4)
      address = "127.0.0.1";
    else if (is_any_v6)
      address = "::1";
    ways->push_back({address, host_port, true});
  }
}

// In a container that has the engine's socket, the host's forwarded ports are at its gateway.
static void add_gateways(const Json &network, std::vector<Way> *ways) {
  bool in_container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
  if (!in_container) return;
  std::vector<Way> forwarded;
  for (const Way &way : *ways)
    if (way.is_forwarded && way.host == "127.0.0.1") forwarded.push_back(way);
  for (const auto &[name, attached] : network["NetworkSettings"]["Networks"].members()) {
    std::string gateway = attached["Gateway"].text_or("");
    for (const Way &way : forwarded)
      if (!gateway.empty()) ways->push_back({gateway, way.port, true});
  }
}

std::vector<Way> ways_to(const Json &network, const std::string &host, int port) {
  std::vector<Way> ways;
  bool is_here = host.empty();
  if (uses_host_network(network)) {
    ways.push_back({is_here ? "127.0.0.1" : host, port, false});
    if (is_here) ways.push_back({"::1", port, false});
    return ways;
  }
  if (is_here) add_own_addresses(network, port, &ways);
  add_published(network, host, port, &ways);
  if (is_here) add_gateways(network, &ways);
  return ways;
}

// The host of the engine, empty where that is this one. Behind a port of localhost may be a tunnel to anywhere: the
// container's process tells.
static std::string host_of(const Json &facts, const Container &container, const Endpoint &engine) {
  if (!engine.socket_path.empty()) return "";
  bool is_here =
      is_loopback(engine.host) && runs_here(static_cast<int>(facts["State"]["Pid"].integer_or(0)), container.id());
  return is_here ? "" : engine.host;
}

static Failure no_way(const Json &network, const Container &container, const std::string &host, int port) {
  std::string number = decimal(port);
  std::string message = concat(name_of_port(port, container), " cannot be reached from here: ");
  if (network_mode(network) == "none")
    return Failure(Code::state, concat(message, "it has no network"), "run it with another --network");
  bool is_published = network["NetworkSettings"]["Ports"][concat(decimal(port), "/tcp")].size() > 0;
  if (is_published)
    return Failure(
        Code::state,
        concat(message, "it runs on another host, ", host, ", and the port is published there on localhost alone"),
        concat("publish the port on all addresses: -p ", number));
  message += host.empty() ? "it has no address of its own" : concat("it runs on another host, ", host);
  return Failure(Code::state, concat(message, ", and the port is not published"),
                 concat("publish the port: -p ", number));
}

// Ports appear some milliseconds after the start.
static bool is_yet_to_be_published(const Json &facts, int port) {
  Json wanted = facts["HostConfig"]["PortBindings"][concat(decimal(port), "/tcp")];
  return wanted.size() > 0 || facts["HostConfig"]["PublishAllPorts"].boolean_or(false);
}

static Failure not_running(const Json &facts, const Container &container) {
  std::string status = status_in(facts);
  std::string message = concat(container.subject(), " does not run: its state is ", status);
  if (status != "created") message += concat(", its exit code ", decimal(facts["State"]["ExitCode"].integer_or(0)));
  return Failure(Code::state, message, "its log may tell why it ended");
}

Task<Json> inspect_network(Api &api, Json facts) {
  const std::string prefix = "container:";
  const int most = 8;
  for (int i = 0; i < most; i++) {
    std::string mode = network_mode(facts);
    if (!mode.starts_with(prefix)) break;
    std::string other = mode.substr(prefix.size());
    std::string subject = concat("the container that gives its network, ", other);
    std::string answer = co_await inspect_text(api, percent_encoded(other), subject);
    facts = Json::parse(answer, concat("the engine's answer about ", subject));
  }
  co_return facts;
}

Task<std::vector<Way>> find_ways(Api &api, Container &container, int port) {
  const int64_t patience_ms = 1000;
  Scope &scope = co_await current_scope();
  int64_t began = scope.loop.now();
  for (;;) {
    Json facts = co_await inspect(api, container);
    bool runs = is_running_in(facts) && status_in(facts) != "restarting";
    if (!runs) throw not_running(facts, container);
    Json network = co_await inspect_network(api, facts);
    std::string host = host_of(facts, container, api.engine.endpoint());
    std::vector<Way> ways = ways_to(network, host, port);
    if (!ways.empty()) co_return ways;
    bool may_come = is_yet_to_be_published(network, port) && scope.loop.now() - began < patience_ms;
    if (!may_come) throw no_way(network, container, host, port);
    co_await sleep_for(10);
  }
}

// --- connections -----------------------------------------------------------------------------------------------------

// A forwarder that finds nobody closes within this time, and some round trips more.
static const int64_t hold_ms = 50;

static Task<Reached> try_way(Loop &loop, Way way, int64_t timeout_ms) {
  Reached reached;
  reached.way = way;
  bool is_late = false;
  std::optional<Failure> failure;
  try {
    Scope &scope = co_await current_scope();
    Deadline deadline(scope, timeout_ms, [&] {
      is_late = true;
      return Failure(Code::timeout, concat(way.text(), " does not answer"));
    });
    int64_t began = loop.now();
    Connected connected = co_await connect_tcp(loop, way.host, way.port);
    bool is_open = static_cast<bool>(connected.socket);
    int64_t hold = hold_ms + 3 * (loop.now() - began);
    if (!is_open)
      reached.refusal = system_failure(way.text(), connected.error_number).message;
    else if (way.is_forwarded)
      is_open = co_await stays_open(loop, connected.socket.get(), hold);
    if (is_open)
      reached.socket = std::move(connected.socket);
    else if (reached.refusal.empty())
      reached.refusal = concat(way.text(), ": the engine forwards the port, but nobody listens in the container");
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure && !is_late) throw *failure;
  if (failure) reached.refusal = concat(failure->message, " within ", decimal(timeout_ms), " ms");
  co_return reached;
}

static int64_t lesser(int64_t some_ms, int64_t others_ms) {
  if (some_ms < 0 || others_ms < 0) return std::max(some_ms, others_ms);
  return std::min(some_ms, others_ms);
}

Task<Reached> reach(Loop &loop, std::vector<Way> ways, int64_t timeout_ms) {
  // Where the container's own address is not routed here, packets to it may vanish without an answer.
  const int64_t unroutable_ms = 300;
  int64_t began = loop.now();
  Reached last;
  for (size_t i = 0; i < ways.size(); i++) {
    int64_t left = timeout_ms < 0 ? -1 : std::max<int64_t>(timeout_ms - (loop.now() - began), 0);
    if (i + 1 < ways.size() && !ways[i].is_forwarded) left = lesser(unroutable_ms, left);
    std::string earlier = last.refusal.empty() ? "" : concat(last.refusal, "; ");
    last = co_await try_way(loop, ways[i], left);
    if (last.socket) co_return last;
    last.refusal = concat(earlier, last.refusal);
  }
  co_return last;
}

Task<bool> is_port_open(Api &api, Container &container, int port, int64_t timeout_ms) {
  check_port_number(port);
  std::vector<Way> ways = co_await find_ways(api, container, port);
  Reached reached = co_await reach(api.http.loop(), ways, timeout_ms);
  co_return static_cast<bool>(reached.socket);
}

static Failure unreachable(const std::string &subject, const std::string &refusal) {
  return Failure(Code::unreachable, concat(subject, " cannot be reached: ", refusal),
                 "see that it listens, on all addresses and not on localhost alone; conu_container_wait_for_port waits "
                 "for it");
}

Task<Fd> open_connection(Api &api, Container &container, int port) {
  check_port_number(port);
  std::vector<Way> ways = co_await find_ways(api, container, port);
  Reached reached = co_await reach(api.http.loop(), ways, api.engine.timeout_ms());
  if (!reached.socket) throw unreachable(name_of_port(port, container), reached.refusal);
  int flags = fcntl(reached.socket.get(), F_GETFL);
  if (flags < 0 || fcntl(reached.socket.get(), F_SETFL, flags & ~O_NONBLOCK) != 0)
    throw_system_failure("cannot make a socket blocking", errno);
  co_return std::move(reached.socket);
}

// --- HTTP ------------------------------------------------------------------------------------------------------------

HttpRequest checked(HttpRequest request) {
  auto is_method = [](unsigned char c) { return isalnum(c) || strchr("!#$%&'*+-.^_`|~", c) != nullptr; };
  auto is_path = [](unsigned char c) { return c > 0x20 && c != 0x7f; };
  if (request.method.empty() || !std::all_of(request.method.begin(), request.method.end(), is_method))
    throw_failure(Code::invalid_argument, {"the argument method, ", in_quotes(request.method), ", is no HTTP method"});
  if (!std::all_of(request.path.begin(), request.path.end(), is_path))
    throw_failure(Code::invalid_argument,
                  {"the argument path, ", in_quotes(request.path), ", contains a blank or a control character"},
                  "encode it, such as %20 for a blank");
  if (!request.path.starts_with("/")) request.path.insert(0, "/");
  return request;
}

// What is told of an engine does not fit a service.
static Failure of_service(Failure failure, const std::string &subject) {
  if (failure.code == Code::cancelled) return failure;
  failure.message = concat("HTTP to ", subject, ": ", failure.message);
  failure.hint = failure.code == Code::protocol ? "is it an HTTP service that listens on this port?" : "";
  return failure;
}

Task<HttpAnswer> http_request(Api &api, std::string subject, std::vector<Way> ways, HttpRequest request,
                              int64_t timeout_ms) {
  Loop &loop = api.http.loop();
  Reached reached = co_await reach(loop, ways, timeout_ms);
  if (!reached.socket) throw unreachable(subject, reached.refusal);
  Endpoint endpoint;
  endpoint.host = reached.way.host;
  endpoint.port = reached.way.port;
  endpoint.url = concat("http://", reached.way.text());
  HttpClient client(loop, endpoint);
  client.give_back(std::make_shared<Connection>(loop, std::move(reached.socket), endpoint.url));
  Request sent;
  sent.method = request.method;
  sent.target = request.path;
  sent.body = request.body;
  sent.headers.emplace_back("Accept", "*/*");
  sent.headers.emplace_back("Connection", "close");
  sent.connect_timeout_ms = sent.head_timeout_ms = sent.piece_timeout_ms = timeout_ms;
  HttpAnswer answer;
  std::optional<Failure> failure;
  try {
    Exchange exchange = co_await client.open(sent);
    answer.status = exchange.status();
    answer.headers = exchange.headers();
    answer.body = co_await exchange.rest();
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) throw of_service(*failure, subject);
  co_return answer;
}

Task<HttpAnswer> http_request(Api &api, Container &container, int port, HttpRequest request) {
  check_port_number(port);
  request = checked(std::move(request));
  std::vector<Way> ways = co_await find_ways(api, container, port);
  std::string subject = name_of_port(port, container);
  HttpAnswer answer = co_await http_request(api, subject, ways, request, api.engine.timeout_ms());
  co_return answer;
}

// --- any host --------------------------------------------------------------------------------------------------------

Task<bool> check_port(std::string host, int port, int64_t timeout_ms) {
  check_port_number(port);
  Scope &scope = co_await current_scope();
  Way way;
  way.host = host;
  way.port = port;
  Reached reached = co_await try_way(scope.loop, way, timeout_ms);
  co_return static_cast<bool>(reached.socket);
}

}  // namespace conu
