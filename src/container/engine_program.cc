// The docker or podman program of this host, pointed at an engine.
#include "container/engine_program.h"

#include <unistd.h>

#include "engine/discovery.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/path.h"
#include "util/program.h"
#include "util/text.h"

namespace conu {

static std::string found(const std::string &binary) {
  const char *hint = "conu_image_run_via_api() needs no program";
  if (!binary.empty()) {
    if (find_program(binary)) return binary;
    throw_failure(Code::command_missing, {"there is no program ", binary}, hint);
  }
  for (const char *name : {"docker", "podman"})
    if (find_program(name)) return name;
  throw_failure(Code::command_missing, "there is neither a program docker nor podman in PATH",
                concat("install one of them; ", hint));
}

// Podman may stand under docker's name, too, as a script of a line or two.
static bool is_podman(const std::string &program) {
  if (last_component(clean_path(program)).starts_with("podman")) return true;
  std::string start;
  try {
    start = read_file(find_program(program).value_or(program), 4096).value_or("");
  } catch (const Failure &) {
    return false;  // larger than any such script
  }
  return start.starts_with("#!") && start.find("podman") != start.npos;
}

void add_tls_options(const TlsSettings &tls, const std::array<const char *, 3> &names,
                     std::vector<std::string> *words) {
  words->push_back(tls.verify ? "--tlsverify" : "--tls");
  auto add = [&](const char *option, const std::string &file) {
    if (!file.empty()) words->insert(words->end(), {option, file});
  };
  add(names[0], tls.ca_file);
  add(names[1], tls.certificate_file);
  add(names[2], tls.key_file);
}

EngineProgram program_for(const Endpoint &endpoint, const std::string &binary) {
  EngineProgram program;
  program.words = {found(binary)};
  program.hidden_variables = {"DOCKER_HOST",      "DOCKER_CONTEXT", "DOCKER_TLS",           "DOCKER_TLS_VERIFY",
                              "DOCKER_CERT_PATH", "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINER_SSHKEY"};
  if (!is_podman(program.words[0])) {
    program.words.insert(program.words.end(), {"-H", endpoint.for_programs()});
    if (endpoint.tls) add_tls_options(*endpoint.tls, {"--tlscacert", "--tlscert", "--tlskey"}, &program.words);
    return program;
  }
  if (endpoint.tls)
    throw_failure(Code::unsupported, {"the program ", program.words[0], " does not speak TLS to ", endpoint.url},
                  "install the program docker, which does; conu_image_run_via_api() needs no program");
  program.words.insert(program.words.end(), {"--url", endpoint.for_programs()});
  // Podman fails where the variable names a folder without the file.
  std::string config = concat(docker_config_folder(), "/config.json");
  if (environment("DOCKER_CONFIG") && access(config.c_str(), F_OK) != 0)
    program.hidden_variables.push_back("DOCKER_CONFIG");
  return program;
}

}  // namespace conu
