// Which program runs containers, and how it is pointed at an engine.
#include "container/engine_program.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>

#include "check.h"
#include "engine/discovery.h"
#include "temporary_folder.h"
#include "util/failure.h"

using namespace conu;

static const std::string before = getenv("PATH");

static std::string program_in(const TemporaryFolder &folder, const std::string &name, const std::string &content) {
  std::string path = folder.write(name, content);
  chmod(path.c_str(), 0755);
  return path;
}

// PATH is one folder for the length of a test.
struct SearchPath {
  explicit SearchPath(const TemporaryFolder &folder) { setenv("PATH", folder.path.c_str(), 1); }
  ~SearchPath() { setenv("PATH", before.c_str(), 1); }
};

static std::string words_for(const Endpoint &endpoint, const std::string &binary = "") {
  std::string joined;
  for (const std::string &word : program_for(endpoint, binary).words) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

static Endpoint at(const std::string &url) { return parse_endpoint(url, "test"); }

TEST(docker_comes_before_podman) {
  TemporaryFolder folder;
  SearchPath path(folder);
  CHECK_FAILS(words_for(at("unix:///run/x.sock")), Code::command_missing, "neither a program docker nor podman");
  program_in(folder, "podman", "#!/bin/sh\n");
  CHECK_EQUAL(words_for(at("unix:///run/x.sock")), "podman --url unix:///run/x.sock");
  program_in(folder, "docker", "#!/bin/sh\n");
  CHECK_EQUAL(words_for(at("unix:///run/x.sock")), "docker -H unix:///run/x.sock");
  CHECK_EQUAL(words_for(at("unix:///run/x.sock"), "podman"), "podman --url unix:///run/x.sock");
}

TEST(a_program_that_is_named_and_not_there_is_told) {
  TemporaryFolder folder;
  SearchPath path(folder);
  CHECK_FAILS(words_for(at("unix:///run/x.sock"), "moby"), Code::command_missing, "there is no program moby");
}

TEST(podman_under_the_name_of_docker_is_podman) {
  TemporaryFolder folder;
  std::string shim = program_in(folder, "docker", "#!/bin/sh\nexec /usr/bin/podman \"$@\"\n");
  CHECK_EQUAL(words_for(at("unix:///run/x.sock"), shim), shim + " --url unix:///run/x.sock");
  std::string large = program_in(folder, "moby", "#!podman" + std::string(100000, 'x'));
  CHECK_EQUAL(words_for(at("unix:///run/x.sock"), large), large + " -H unix:///run/x.sock");
}

TEST(hosts_and_ports_are_written_as_the_programs_want_them) {
  TemporaryFolder folder;
  SearchPath path(folder);
  program_in(folder, "docker", "");
  CHECK_EQUAL(words_for(at("http://engine.example:80")), "docker -H tcp://engine.example:80");
  CHECK_EQUAL(words_for(at("tcp://[::1]:2375")), "docker -H tcp://[::1]:2375");
}

TEST(tls_is_what_the_handle_has) {
  TemporaryFolder folder;
  SearchPath path(folder);
  program_in(folder, "docker", "");
  program_in(folder, "podman", "");
  Endpoint endpoint = at("https://engine.example:2376");
  CHECK_EQUAL(words_for(endpoint), "docker -H tcp://engine.example:2376 --tlsverify");
  endpoint.tls = TlsSettings{"/a/ca.pem", "/a/cert.pem", "/a/key.pem", false};
  CHECK_EQUAL(words_for(endpoint),
              "docker -H tcp://engine.example:2376 --tls --tlscacert /a/ca.pem --tlscert /a/cert.pem --tlskey "
              "/a/key.pem");
  CHECK_FAILS(words_for(endpoint, "podman"), Code::unsupported, "does not speak TLS");
}

static bool hides(const std::string &binary, const std::string &variable) {
  auto hidden = program_for(at("unix:///run/x.sock"), binary).hidden_variables;
  return std::find(hidden.begin(), hidden.end(), variable) != hidden.end();
}

TEST(variables_that_point_elsewhere_are_hidden) {
  TemporaryFolder folder;
  SearchPath path(folder);
  program_in(folder, "docker", "");
  program_in(folder, "podman", "");
  for (const char *name : {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "CONTAINER_HOST"}) {
    CHECK(hides("docker", name));
    CHECK(hides("podman", name));
  }
  CHECK(!hides("docker", "PATH"));
  setenv("DOCKER_CONFIG", folder.path.c_str(), 1);
  CHECK(!hides("docker", "DOCKER_CONFIG"));
  CHECK(hides("podman", "DOCKER_CONFIG"));
  folder.write("config.json", "{}");
  CHECK(!hides("podman", "DOCKER_CONFIG"));
  unsetenv("DOCKER_CONFIG");
}
int main() { return check::run_all("engine_program"); }
