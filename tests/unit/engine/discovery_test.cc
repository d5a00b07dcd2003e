// Where an engine may be: addresses, the environment, contexts, default sockets.
#include "engine/discovery.h"

#include "check.h"
#include "engine/clean_environment.h"

using namespace conu;

// --- addresses
// ----------------------------------------------------------------------------------------------------------

TEST(addresses_are_understood) {
  CleanEnvironment environment;
  Endpoint socket = parse_endpoint("unix:///run/my docker.sock", "argument");
  CHECK_EQUAL(socket.socket_path, "/run/my docker.sock");
  CHECK_EQUAL(socket.url, "unix:///run/my docker.sock");
  CHECK(!socket.tls);

  struct {
    const char *url, *host;
    int port;
    bool tls;
  } table[] = {{"tcp://build", "build", 2375, false},       {"tcp://build:1234", "build", 1234, false},
               {"tcp://build:1234/", "build", 1234, false}, {"tcp://[::1]:1234", "::1", 1234, false},
               {"tcp://[fe80::1]", "fe80::1", 2375, false}, {"http://build:80", "build", 80, false},
               {"https://build", "build", 443, true},       {"https://127.0.0.1:2376", "127.0.0.1", 2376, true}};
  for (const auto &row : table) {
    Endpoint endpoint = parse_endpoint(row.url, "argument");
    CHECK_EQUAL(endpoint.host, row.host);
    CHECK_EQUAL(endpoint.port, row.port);
    CHECK_EQUAL(endpoint.tls.has_value(), row.tls);
    CHECK(endpoint.socket_path.empty());
  }
}

TEST(what_is_no_address_is_refused_with_the_one_who_named_it) {
  CleanEnvironment environment;
  for (const std::string &url : std::initializer_list<std::string>{"docker.sock",
                                                                   "/var/run/docker.sock",
                                                                   "unix://relative.sock",
                                                                   "unix://",
                                                                   "ftp://host",
                                                                   "tcp://",
                                                                   "tcp://:2375",
                                                                   "tcp://host:0",
                                                                   "tcp://host:65536",
                                                                   "tcp://host:x",
                                                                   "tcp://host:",
                                                                   "tcp://host:12x",
                                                                   "tcp://[::1",
                                                                   "tcp://[::1]x",
                                                                   "tcp://a b:1",
                                                                   "tcp://host:1/path",
                                                                   "https://host//",
                                                                   "tcp://user@host:1",
                                                                   "://",
                                                                   "",
                                                                   std::string("unix:///a\0b", 11)}) {
    CHECK_FAILS(parse_endpoint(url, "DOCKER_HOST"), Code::invalid_argument, "(DOCKER_HOST)");
  }
  CHECK_FAILS(parse_endpoint("ssh://host", "argument"), Code::unsupported, "ssh://");
  CHECK_FAILS(parse_endpoint("embedded:", "argument"), Code::unsupported, "embedded:");
}

TEST(tls_comes_from_the_environment) {
  CleanEnvironment environment;
  environment.home.write("certs/ca.pem", "");
  environment.home.write("certs/cert.pem", "");
  environment.home.write("certs/key.pem", "");
  std::string certs = environment.home.path + "/certs";
  environment.set("DOCKER_TLS_VERIFY", "1");
  environment.set("DOCKER_CERT_PATH", certs);
  Endpoint endpoint = parse_endpoint("tcp://build", "argument");
  CHECK(endpoint.tls.has_value());
  CHECK_EQUAL(endpoint.port, 2375);  // as the Docker client has it
  CHECK_EQUAL(parse_endpoint("https://build", "argument").port, 443);
  CHECK_EQUAL(endpoint.tls->ca_file, certs + "/ca.pem");
  CHECK_EQUAL(endpoint.tls->certificate_file, certs + "/cert.pem");
  CHECK_EQUAL(endpoint.tls->key_file, certs + "/key.pem");
  CHECK(endpoint.tls->verify);
  CHECK(!parse_endpoint("http://build", "argument").tls);
  CHECK(!parse_endpoint("unix:///run/docker.sock", "argument").tls);

  // A certificate without its key is told, not left out.
  environment.home.write("halves/cert.pem", "");
  environment.set("DOCKER_CERT_PATH", environment.home.path + "/halves");
  CHECK_EQUAL(parse_endpoint("tcp://build", "argument").tls->key_file, environment.home.path + "/halves/key.pem");

  environment.set("DOCKER_CERT_PATH", "");  // then it is the configuration's folder, which has none
  endpoint = parse_endpoint("tcp://build", "argument");
  CHECK(endpoint.tls.has_value());
  CHECK_EQUAL(endpoint.tls->ca_file, "");

  environment.set("DOCKER_TLS_VERIFY", "");
  CHECK(!parse_endpoint("tcp://build", "argument").tls);
}

// --- who names it
// -------------------------------------------------------------------------------------------------------

static Candidate only(const std::string &url) {
  Candidates candidates = find_candidates(url);
  CHECK(candidates.named);
  CHECK_EQUAL(candidates.list.size(), 1u);
  return candidates.list[0];
}

static std::string metadata(const std::string &name, const std::string &host, const std::string &more = "") {
  return R"({"Name":")" + name + R"(","Metadata":{},"Endpoints":{"docker":{"Host":")" + host + "\"" + more + "}}}";
}

TEST(the_argument_goes_before_the_variables_and_they_before_the_context) {
  CleanEnvironment environment;
  environment.home.write(".docker/config.json", R"({"currentContext":"current"})");
  environment.home.write(".docker/contexts/meta/1/meta.json", metadata("current", "tcp://current:1"));
  environment.home.write(".docker/contexts/meta/2/meta.json", metadata("named", "tcp://named:1"));
  CHECK_EQUAL(only("").url, "tcp://current:1");
  CHECK(only("").source.find("current context") != std::string::npos);
  environment.set("DOCKER_CONTEXT", "named");
  CHECK_EQUAL(only("").url, "tcp://named:1");
  CHECK_EQUAL(only("").source, "DOCKER_CONTEXT");
  environment.set("DOCKER_HOST", "tcp://docker-host:1");
  CHECK_EQUAL(only("").url, "tcp://docker-host:1");
  CHECK_EQUAL(only("").source, "DOCKER_HOST");
  environment.set("CONU_HOST", "tcp://conu-host:1");
  CHECK_EQUAL(only("").url, "tcp://conu-host:1");
  CHECK_EQUAL(only("").source, "CONU_HOST");
  CHECK_EQUAL(only("tcp://argument:1").source, "argument");
  CHECK_EQUAL(only("context:named").url, "tcp://named:1");
  environment.set("CONU_HOST", "context:current");
  CHECK_EQUAL(only("").url, "tcp://current:1");
}

TEST(empty_variables_count_as_not_set) {
  CleanEnvironment environment;
  for (const char *name : {"CONU_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"})
    environment.set(name, "");
  CHECK(!find_candidates("").named);
  environment.home.write(".docker/config.json", R"({"currentContext":""})");
  CHECK(!find_candidates("").named);
}

TEST(the_context_default_stands_for_the_default_sockets) {
  CleanEnvironment environment;
  environment.home.write(".docker/config.json", R"({"currentContext":"missing"})");
  environment.set("DOCKER_CONTEXT", "default");
  CHECK(!find_candidates("").named);
  environment.unset("DOCKER_CONTEXT");
  CHECK_FAILS(find_candidates(""), Code::not_found, "there is no context missing");
  environment.home.write(".docker/config.json", R"({"currentContext":"default"})");
  CHECK(!find_candidates("").named);
}

TEST(a_variable_that_is_wrong_is_final) {
  CleanEnvironment environment;
  environment.set("DOCKER_HOST", "nonsense");
  CHECK_FAILS(find_candidates(""), Code::invalid_argument, "\"nonsense\" (DOCKER_HOST)");
}

// --- contexts
// -----------------------------------------------------------------------------------------------------------

TEST(a_context_brings_its_own_tls_material_and_ignores_the_environments) {
  CleanEnvironment environment;
  environment.set("DOCKER_TLS_VERIFY", "1");
  environment.set("DOCKER_CERT_PATH", environment.home.path + "/elsewhere");
  environment.home.write(".docker/contexts/meta/abc/meta.json", metadata("build", "tcp://build:2376"));
  std::string folder = environment.home.path + "/.docker/contexts/tls/abc/docker";
  environment.home.write(".docker/contexts/tls/abc/docker/ca.pem", "");
  environment.home.write(".docker/contexts/tls/abc/docker/cert.pem", "");
  environment.home.write(".docker/contexts/tls/abc/docker/key.pem", "");
  Endpoint endpoint = only("context:build").endpoint;
  CHECK(endpoint.tls.has_value());
  CHECK_EQUAL(endpoint.tls->ca_file, folder + "/ca.pem");
  CHECK_EQUAL(endpoint.tls->certificate_file, folder + "/cert.pem");
  CHECK_EQUAL(endpoint.tls->key_file, folder + "/key.pem");
  CHECK(endpoint.tls->verify);

  environment.home.write(".docker/contexts/meta/abc/meta.json",
                         metadata("build", "tcp://build:2376", ",\"SkipTLSVerify\":true"));
  CHECK(!only("context:build").endpoint.tls->verify);
}

TEST(a_context_without_material_is_not_given_the_environments) {
  CleanEnvironment environment;
  environment.set("DOCKER_TLS_VERIFY", "1");
  environment.home.write(".docker/contexts/meta/abc/meta.json", metadata("plain", "tcp://plain:2375"));
  CHECK(!only("context:plain").endpoint.tls);
  environment.home.write(".docker/contexts/meta/def/meta.json", metadata("portless", "tcp://plain"));
  CHECK_EQUAL(only("context:portless").endpoint.port, 2375);
}

TEST(a_context_of_a_socket_has_no_tls) {
  CleanEnvironment environment;
  environment.home.write(".docker/contexts/meta/abc/meta.json", metadata("local", "unix:///run/x.sock"));
  environment.home.write(".docker/contexts/tls/abc/docker/ca.pem", "");
  CHECK_EQUAL(only("context:local").endpoint.socket_path, "/run/x.sock");
  CHECK(!only("context:local").endpoint.tls);
}

TEST(a_broken_context_is_in_the_way_of_no_other) {
  CleanEnvironment environment;
  for (const char *id : {"a", "c", "e"})
    environment.home.write(std::string(".docker/contexts/meta/") + id + "/meta.json", "{");
  environment.home.write(".docker/contexts/meta/b/meta.json", metadata("good", "unix:///run/x.sock"));
  CHECK_EQUAL(only("context:good").endpoint.socket_path, "/run/x.sock");
  CHECK_FAILS(find_candidates("context:other"), Code::invalid_argument, "is not JSON");
}

TEST(contexts_that_are_missing_or_broken_are_named) {
  CleanEnvironment environment;
  CHECK_FAILS(find_candidates("context:"), Code::invalid_argument, "it names no context");
  CHECK_FAILS(find_candidates("context:none"), Code::not_found, "there is no context none (argument)");
  environment.home.write(".docker/contexts/meta/abc/meta.json", R"({"Name":"cluster","Endpoints":{"kubernetes":{}}})");
  CHECK_FAILS(find_candidates("context:cluster"), Code::invalid_argument, "names no Docker endpoint");
  environment.home.write(".docker/contexts/meta/abd/meta.json", metadata("far", "ssh://far"));
  CHECK_FAILS(find_candidates("context:far"), Code::unsupported, "ssh://");
  environment.home.write(".docker/contexts/meta/abc/meta.json", "{");
  environment.home.write(".docker/contexts/meta/abd/meta.json", "{");
  CHECK_FAILS(find_candidates("context:far"), Code::invalid_argument, "meta.json");
}

TEST(the_configuration_may_be_elsewhere) {
  CleanEnvironment environment;
  CHECK_EQUAL(docker_config_folder(), environment.home.path + "/.docker");
  environment.set("DOCKER_CONFIG", environment.home.path + "/other");
  CHECK_EQUAL(docker_config_folder(), environment.home.path + "/other");
  environment.home.write("other/config.json", R"({"currentContext":"far"})");
  environment.home.write("other/contexts/meta/abc/meta.json", metadata("far", "tcp://far:1"));
  CHECK_EQUAL(only("").url, "tcp://far:1");
  environment.home.write("other/config.json", "{broken");
  CHECK_FAILS(find_candidates(""), Code::invalid_argument, "other/config.json");
}

// --- default sockets
// ----------------------------------------------------------------------------------------------------

static std::string default_urls() {
  std::string urls;
  for (const Candidate &candidate : find_candidates("").list) {
    CHECK(candidate.source.starts_with("default socket of "));
    urls += candidate.url.substr(7) + "\n";
  }
  return urls;
}

TEST(default_sockets_are_dockers_and_podmans_rootful_and_rootless) {
  CleanEnvironment environment;
  std::string home = environment.home.path;
  CHECK_EQUAL(default_urls(), "/var/run/docker.sock\n" + home + "/.docker/run/docker.sock\n" + home +
                                  "/.docker/desktop/docker.sock\n/run/podman/podman.sock\n");
  environment.set("XDG_RUNTIME_DIR", "/run/user/7");
  CHECK_EQUAL(default_urls(), "/var/run/docker.sock\n/run/user/7/docker.sock\n" + home + "/.docker/run/docker.sock\n" +
                                  home + "/.docker/desktop/docker.sock\n/run/user/7/podman/podman.sock\n" +
                                  "/run/podman/podman.sock\n");
}

int main() { return check::run_all("discovery"); }
