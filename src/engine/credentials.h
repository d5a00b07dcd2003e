// Credentials for registries: from a login of this process, the Docker configuration and credential helpers.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "engine/docker_config.h"
#include "loop/task.h"
#include "util/failure.h"

namespace conu {

class Api;

// The logins of one engine handle. Threads may use it at once.
class CredentialStore {
 public:
  void remember(const std::string &domain, Credentials credentials);
  std::map<std::string, Credentials> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Credentials> by_domain_;
};

struct RegistryAuth {
  std::string header;
  std::string problem;  // of a helper that failed

  void explain(Failure *failure) const;  // by the problem, where a registry then refuses us
};

// The value of X-Registry-Auth for a registry, and of X-Registry-Config for a build, which may pull from any. Without
// credentials the first is that of an anonymous user. A helper that fails is logged, and counts as none.
Task<RegistryAuth> registry_auth(Api &api, std::string domain);
Task<std::string> registry_config(Api &api);
Task<Json> registry_credentials(Api &api);  // of all that are known, by their keys in a config.json

// Has the engine check the credentials with the registry (empty: Docker Hub), and remembers them.
Task<void> login(Api &api, std::string username, std::string password, std::string registry);

}  // namespace conu
