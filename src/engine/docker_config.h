// The Docker client's configuration: registry credentials, credential helpers, contexts. Reads text, not files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"

namespace conu {

struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;
  std::string registry_token;
  std::string problem = {};  // why a helper that was asked gave none

  bool empty() const { return username.empty() && identity_token.empty() && registry_token.empty(); }
  Json to_json(const std::string &server) const;  // what X-Registry-Auth carries, and X-Registry-Config for each server
};

// Where the credentials for a registry are: ask `helper`, if there is one, and take `credentials` where it has none.
struct CredentialSource {
  std::string helper;  // docker-credential-HELPER; empty: none to ask
  std::string key;     // what to ask it for; also the server's address in X-Registry-Auth
  Credentials credentials;
};

class DockerConfig {
 public:
  DockerConfig() = default;

  // The text of config.json and of the variable DOCKER_AUTH_CONFIG, each empty where there is none; `path` stands in
  // messages. Throws Failure(invalid_argument); no message contains what may be a secret.
  DockerConfig(std::string_view config, const std::string &path, std::string_view auth_variable = {});

  const std::string &current_context() const { return current_context_; }  // empty: none

  // For a reference's domain ("docker.io", "localhost:5000"): DOCKER_AUTH_CONFIG, credHelpers, credsStore, auths.
  // Throws Failure(invalid_argument) where the entry found is malformed.
  CredentialSource find_credentials(const std::string &domain) const;

  // The domains that there is an entry or a helper for.
  std::vector<std::string> registries() const;

 private:
  struct Entry {
    std::string server;  // a host, or a URL as older clients wrote it
    std::string auth;    // base64 of user:password, or empty
    Credentials credentials;
  };
  using Entries = std::vector<Entry>;

  static Entries read_entries(const Json &auths);
  static Credentials find(const Entries &entries, const std::string &domain, const std::string &source);

  std::string path_;
  std::string current_context_;
  Entries variable_entries_;
  Entries file_entries_;
  std::vector<std::pair<std::string, std::string>> helpers_;  // registry, helper
  std::string default_helper_;
};

// The key under which a registry's credentials are kept: its domain, but a URL for Docker Hub.
std::string credential_key(const std::string &domain);

// The registry that a key of `auths`, or what a user names it by, stands for: without scheme and path; empty: Docker
// Hub.
std::string registry_domain(std::string_view key);

// What `docker-credential-HELPER get` wrote to its standard output when it succeeded. Throws Failure(protocol).
Credentials parse_helper_answer(std::string_view text, const std::string &helper);

// Whether what a failed helper wrote to its standard output says that it just has nothing for that registry.
bool helper_has_none(std::string_view text);

// A context's meta.json.
struct ContextMetadata {
  std::string name;
  std::string host;  // of its docker endpoint: "tcp://build:2376"; may be empty
  bool skip_tls_verify = false;
};

// Throws Failure(invalid_argument).
ContextMetadata parse_context_metadata(std::string_view text, const std::string &path);

}  // namespace conu
