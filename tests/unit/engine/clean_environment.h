// An environment without anything that names an engine, and a home folder of its own; the old one comes back at the
// end.
#pragma once

#include <stdlib.h>

#include <map>
#include <optional>
#include <string>

#include "temporary_folder.h"

class CleanEnvironment {
 public:
  CleanEnvironment() {
    for (const char *name : {"CONU_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH",
                             "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION", "DOCKER_AUTH_CONFIG", "XDG_RUNTIME_DIR"})
      unset(name);
    set("HOME", home.path);
  }
  ~CleanEnvironment() {
    for (const auto &[name, value] : before_)
      if (value)
        setenv(name.c_str(), value->c_str(), 1);
      else
        unsetenv(name.c_str());
  }
  CleanEnvironment(const CleanEnvironment &) = delete;
  CleanEnvironment &operator=(const CleanEnvironment &) = delete;

  void set(const std::string &name, const std::string &value) {
    keep(name);
    setenv(name.c_str(), value.c_str(), 1);
  }
  void unset(const std::string &name) {
    keep(name);
    unsetenv(name.c_str());
  }

  TemporaryFolder home;

 private:
  void keep(const std::string &name) {
    const char *value = getenv(name.c_str());
    before_.emplace(name, value != nullptr ? std::optional<std::string>(value) : std::nullopt);
  }
  std::map<std::string, std::optional<std::string>> before_;
};
