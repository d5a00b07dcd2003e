// Reaching a service in a container: the addresses that it has for us, connections to it, HTTP requests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "container/container.h"
#include "transport/tcp.h"

namespace conu {

// An address that leads to a port of a container.
struct Way {
  std::string host;  // numeric, but for the host of a remote engine
  int port = 0;
  bool is_forwarded = false;  // by the engine, which accepts connections also where nobody listens behind it

  std::string text() const;
};

// Whether the containers of an engine may run on this host: what listening.h finds out is worth a look.
bool may_run_here(const Endpoint &engine);

bool uses_host_network(const Json &facts);

// For messages: "port 80 of the container x".
std::string name_of_port(int port, const Container &container);

// What inspect says of the container whose network this one uses, mostly itself. `facts` is what it says of this one.
Task<Json> inspect_network(Api &api, Json facts);

// The ways to a port, best first: the container's own addresses where it runs on this host, then what the engine
// publishes. `network` is of inspect_network(), `host` that of the engine; empty: this one. Empty: there is none.
std::vector<Way> ways_to(const Json &network, const std::string &host, int port);

// The end of a try: a connection, or why there is none.
struct Reached {
  Fd socket;
  Way way;
  std::string refusal;
};

// Connects by one of the ways; a refusal by the container itself is an answer and ends the search. Negative: no limit.
Task<Reached> reach(Loop &loop, std::vector<Way> ways, int64_t timeout_ms);

// The ways to a port of a container that runs. Throws Failure(state) where it does not, or where none leads there.
Task<std::vector<Way>> find_ways(Api &api, Container &container, int port);

Task<bool> is_port_open(Api &api, Container &container, int port, int64_t timeout_ms);
// A blocking socket.
Task<Fd> open_connection(Api &api, Container &container, int port);

struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as they came
  std::string body;
};

// Throws Failure(invalid_argument) where it cannot be sent as it is, and puts a slash before the path if need be.
HttpRequest checked(HttpRequest request);
Task<HttpAnswer> http_request(Api &api, Container &container, int port, HttpRequest request);
// The same by ways that are known. The time is for connecting, for the head and for each silence.
Task<HttpAnswer> http_request(Api &api, std::string subject, std::vector<Way> ways, HttpRequest request,
                              int64_t timeout_ms);

// Whether a host accepts connections on a port. A name that cannot be resolved is a failure.
Task<bool> check_port(std::string host, int port, int64_t timeout_ms);

void check_port_number(int port);  // throws Failure(invalid_argument)

}  // namespace conu
