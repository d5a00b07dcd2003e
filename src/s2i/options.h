// What the arguments of `s2i build` add up to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/image.h"

namespace conu {

// A range of numbers of users, both ends included.
struct UserRange {
  int64_t first, last;
};

struct S2iOptions {
  S2iOptions();
  S2iOptions(const S2iOptions &) = delete;  // they are shared
  ~S2iOptions();

  // the source
  std::string ref, context_dir;
  std::string exclude = "(^|/)\\.git(/|$)";
  bool copies = false, keeps_symlinks = false, ignores_submodules = false;
  // the builder and its container
  PullPolicy pull_policy = PullPolicy::if_not_present;
  std::string scripts_url, destination, assemble_user;
  std::vector<UserRange> allowed_users;
  std::vector<std::string> environment;  // NAME=VALUE
  std::string environment_file;
  std::vector<std::string> container_options;  // of docker run
  std::vector<std::string> injections;         // SOURCE[:DESTINATION]
  bool incremental = false, removes_previous = false;
  PullPolicy previous_pull_policy = PullPolicy::if_not_present;
  // the image that is made
  std::string application_name, description;
  std::string runtime_image, runtime_user;
  PullPolicy runtime_pull_policy = PullPolicy::if_not_present;
  std::vector<std::string> runtime_artifacts;  // SOURCE[:DESTINATION]
  // how it is done
  bool quiet = false, keeps_folder = false;
  std::string engine_url, docker_config, ca_file, certificate_file, key_file;
  bool tls = false, verifies = false;

  bool has_own_engine() const { return !engine_url.empty() || tls || verifies || !docker_config.empty(); }
};

// Throws Failure(invalid_argument) that names the argument which is unknown or malformed, and Failure(unsupported) for
// what the library does not do.
void read_s2i_options(const std::vector<std::string> &words, S2iOptions *options);

}  // namespace conu
