// What an engine reports of a container beside its state, as JSON in the form of Docker's API.
#pragma once

#include "container/container.h"

namespace conu {

Task<std::string> changes(Api &api, Container &container);  // files that differ from the image's
Task<std::string> stats(Api &api, Container &container);    // one sample; Failure(conflict) where it does not run
Task<std::string> top(Api &api, Container &container);      // the same for its processes

}  // namespace conu
