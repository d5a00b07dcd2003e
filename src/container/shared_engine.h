// What --use-api-socket gives a container beside the engine's socket: what its user may do at registries.
#pragma once

#include <string>

#include "container/container.h"

namespace conu {

// The configuration that the docker program finds in the container, to be put there before its start, and the variable
// that leads there, which the request gets; empty where there are no credentials.
Task<std::string> shared_config(Api &api, Json body);
Task<void> put_config(Api &api, Container &container, std::string config);

}  // namespace conu
