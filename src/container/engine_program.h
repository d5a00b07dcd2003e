// The docker or podman program of this host, pointed at an engine.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "transport/endpoint.h"

namespace conu {

struct EngineProgram {
  std::vector<std::string> words;             // the program and where its engine is; a command such as `run` follows
  std::vector<std::string> hidden_variables;  // of the environment, which would point it elsewhere
};

// `binary` names the program; empty: docker, which both engines understand, or podman where there is none.
// Failure(command_missing) where there is no such program, Failure(unsupported) where it cannot reach the engine.
EngineProgram program_for(const Endpoint &endpoint, const std::string &binary);

// `names` are those of the program's options for the certificate authorities, the client's certificate and its key.
void add_tls_options(const TlsSettings &tls, const std::array<const char *, 3> &names, std::vector<std::string> *words);

}  // namespace conu
