// Where an engine may be: the argument, CONU_HOST, DOCKER_HOST, contexts, default sockets.
#include "engine/discovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include "engine/docker_config.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/folder.h"
#include "util/text.h"

namespace conu {

static const char schemes_hint[] = "use unix:///path/to/socket, tcp://host:port, https://host:port or context:NAME";

[[noreturn]] static void reject(Text url, Text source, Text why) {
  throw_failure(Code::invalid_argument,
                {"\"", without_credentials(url), "\" (", source, ") is no address of an engine: ", why}, schemes_hint);
}

std::string docker_config_folder() {
  if (auto folder = environment("DOCKER_CONFIG")) return *folder;
  return concat(home_folder(), "/.docker");
}

// The material that a folder has: ca.pem, cert.pem, key.pem, each of them optional.
static TlsSettings tls_from_folder(const std::string &folder) {
  auto existing = [&](const char *name) {
    std::string path = concat(folder, "/", name);
    return access(path.c_str(), F_OK) == 0 ? path : std::string();
  };
  TlsSettings tls;
  tls.ca_file = existing("ca.pem");
  tls.certificate_file = existing("cert.pem");
  if (!tls.certificate_file.empty()) tls.key_file = concat(folder, "/key.pem");  // which must be there then
  return tls;
}

TlsSettings client_tls() { return tls_from_folder(environment("DOCKER_CERT_PATH").value_or(docker_config_folder())); }

// What the environment says about TLS; nothing: plain TCP.
static std::optional<TlsSettings> tls_from_environment() {
  if (!environment("DOCKER_CERT_PATH") && !environment("DOCKER_TLS_VERIFY")) return std::nullopt;
  return client_tls();
}

static void parse_authority(std::string_view authority, const std::string &url, const std::string &source,
                            Endpoint *endpoint) {
  if (auto slash = authority.find('/'); slash != authority.npos) {
    if (slash + 1 < authority.size()) reject(url, source, "libconu knows no path behind host and port");
    authority.remove_suffix(1);
  }
  if (authority.find('@') != authority.npos)
    reject(url, source, "libconu logs in to no engine by a user and a password");
  std::string_view port;
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    if (end == authority.npos) reject(url, source, "the bracket of its IPv6 address is not closed");
    endpoint->host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) reject(url, source, "what follows its IPv6 address is no port");
  } else {
    auto colon = authority.find(':');
    endpoint->host = authority.substr(0, colon);
    if (colon != authority.npos) port = authority.substr(colon);
  }
  if (endpoint->host.empty()) reject(url, source, "it names no host");
  for (char c : endpoint->host)
    if (static_cast<unsigned char>(c) <= ' ') reject(url, source, "its host name is malformed");
  if (port.empty()) return;
  port.remove_prefix(1);
  endpoint->port = port_in(port);
  if (endpoint->port == 0) reject(url, source, "its port is no number from 1 to 65535");
}

static Endpoint parse_with(const std::string &url, const std::string &source, const std::optional<TlsSettings> &tls) {
  auto separator = url.find("://");
  std::string scheme = url.substr(0, separator);
  if (scheme == "ssh" || url.starts_with("embedded:"))
    throw_failure(Code::unsupported,
                  {"\"", without_credentials(url), "\" (", source, "): this version of libconu does not speak ",
                   scheme == "ssh" ? "ssh://" : "embedded:", " addresses"},
                  schemes_hint);
  if (separator == url.npos) reject(url, source, "it has no scheme");
  std::string rest = url.substr(separator + 3);
  Endpoint endpoint;
  endpoint.url = url;
  if (scheme == "unix") {
    if (!rest.starts_with('/')) reject(url, source, "the path of its socket is not absolute");
    if (rest.find('\0') != rest.npos) reject(url, source, "the path of its socket has a NUL character in it");
    endpoint.socket_path = rest;
    return endpoint;
  }
  if (scheme != "tcp" && scheme != "http" && scheme != "https")
    reject(url, source, concat("libconu does not know the scheme ", scheme, "://"));
  parse_authority(rest, url, source, &endpoint);
  if (scheme != "http") endpoint.tls = tls;
  if (scheme == "https" && !endpoint.tls) endpoint.tls = TlsSettings();
  // As the Docker client has it: the port of tcp:// is this one with TLS, too.
  if (endpoint.port == 0) endpoint.port = scheme == "https" ? 443 : 2375;
  return endpoint;
}

Endpoint parse_endpoint(const std::string &url, const std::string &source) {
  return parse_with(url, source, tls_from_environment());
}

// --- contexts of the Docker client -----------------------------------------------------------------------------------

static std::vector<std::string> folders_in(const std::string &path) {
  auto names = names_in(AT_FDCWD, path.c_str()).value_or(std::vector<std::string>());
  std::erase_if(names, [](const std::string &name) { return name.starts_with('.'); });
  return names;
}

static Candidate from_context(const std::string &name, const std::string &source) {
  std::string contexts = concat(docker_config_folder(), "/contexts");
  std::optional<Failure> broken;  // which may be the one, and is no matter if it is not
  for (const std::string &id : folders_in(concat(contexts, "/meta"))) {
    std::string path = concat(contexts, "/meta/", id, "/meta.json");
    auto text = read_file(path);
    if (!text) continue;
    ContextMetadata context;
    try {
      context = parse_context_metadata(*text, path);
    } catch (const Failure &failure) {
      broken = failure;
      continue;
    }
    if (context.name != name) continue;
    if (context.host.empty())
      throw_failure(Code::invalid_argument, {"the context ", name, " (", source, ") names no Docker endpoint"},
                    concat("see `docker context inspect ", name, "`"));
    // A context brings its own material, and does not look at the environment's.
    std::string material = concat(contexts, "/tls/", id, "/docker");
    std::optional<TlsSettings> tls;
    if (access(material.c_str(), F_OK) == 0) tls = tls_from_folder(material);
    Candidate candidate{source, context.host, parse_with(context.host, source, tls)};
    if (candidate.endpoint.tls) candidate.endpoint.tls->verify = !context.skip_tls_verify;
    return candidate;
  }
  if (broken) throw *broken;
  throw_failure(Code::not_found, {"there is no context ", name, " (", source, ") below ", contexts},
                "`docker context ls` lists those that there are");
}

// --- candidates ------------------------------------------------------------------------------------------------------

static Candidate named(const std::string &url, const std::string &source) {
  if (url == "context:") reject(url, source, "it names no context");
  if (url.starts_with("context:")) return from_context(url.substr(8), source);
  return {source, url, parse_endpoint(url, source)};
}

static std::optional<std::string> configured_context(std::string *source) {
  if (auto context = environment("DOCKER_CONTEXT")) {
    *source = "DOCKER_CONTEXT";
    return context;
  }
  std::string path = concat(docker_config_folder(), "/config.json");
  auto text = read_file(path);
  if (!text) return std::nullopt;
  std::string context = DockerConfig(*text, path).current_context();
  *source = concat("current context of ", path);
  if (context.empty()) return std::nullopt;
  return context;
}

static std::vector<Candidate> default_sockets() {
  std::vector<Candidate> list;
  auto add = [&](const std::string &source, const std::string &path) {
    list.push_back({source, concat("unix://", path), parse_endpoint(concat("unix://", path), source)});
  };
  auto runtime = environment("XDG_RUNTIME_DIR");
  std::string home = home_folder();
  add("default socket of Docker", "/var/run/docker.sock");
  if (runtime) add("default socket of rootless Docker", concat(*runtime, "/docker.sock"));
  if (!home.empty()) add("default socket of rootless Docker", concat(home, "/.docker/run/docker.sock"));
  if (!home.empty()) add("default socket of Docker Desktop", concat(home, "/.docker/desktop/docker.sock"));
  if (runtime) add("default socket of rootless Podman", concat(*runtime, "/podman/podman.sock"));
  add("default socket of Podman", "/run/podman/podman.sock");
  return list;
}

Candidates find_candidates(const std::string &url) {
  if (!url.empty()) return {true, {named(url, "argument")}};
  for (const char *variable : {"CONU_HOST", "DOCKER_HOST"})
    if (auto value = environment(variable)) return {true, {named(*value, variable)}};
  std::string source;
  // The context "default" is none: it stands for the default socket.
  if (auto context = configured_context(&source); context && *context != "default")
    return {true, {from_context(*context, source)}};
  return {false, default_sockets()};
}

}  // namespace conu
