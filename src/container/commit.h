// Making an image of a container.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "container/container.h"
#include "session/labels.h"

namespace conu {

// What an image has instead of what its container has.
struct ImageConfig {
  std::vector<std::string> command, entrypoint;
  std::vector<std::string> environment;  // NAME=VALUE, beside those of the container that are not named
  std::string user;                      // empty: the container's
  Labels labels;                         // beside the container's
};

// `repository` empty: an image without a name. It carries the marks of this session's images.
Task<ImagePtr> commit(Api &api, Container &container, std::string repository, std::string tag,
                      std::optional<ImageConfig> config = {});

}  // namespace conu
