// Where an engine may be: what was named, or the default sockets.
#pragma once

#include <string>
#include <vector>

#include "transport/endpoint.h"

namespace conu {

struct Candidate {
  std::string source;  // who named it: "argument", "CONU_HOST", "default socket of Docker" …
  std::string url;
  Endpoint endpoint;
};

struct Candidates {
  bool named = false;  // by the user: what fails then is final
  std::vector<Candidate> list;
};

// `url` empty: by the environment. Throws Failure(invalid_argument) for what is no URL of an engine,
// Failure(unsupported) for a scheme that this version does not speak.
Candidates find_candidates(const std::string &url);

// Where the Docker client keeps its configuration.
std::string docker_config_folder();

// The certificates of this host's client: those of DOCKER_CERT_PATH, else of the Docker client's configuration.
TlsSettings client_tls();

// "unix:///run/docker.sock", "tcp://host:2375", "https://host" as an endpoint; `source` stands in messages.
Endpoint parse_endpoint(const std::string &url, const std::string &source);

}  // namespace conu
