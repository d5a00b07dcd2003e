// Copying between the host and a container, as `docker cp` does it.
#pragma once

#include <string>

#include "container/container.h"

namespace conu {

// A folder that exists is copied into; "folder/." as a source stands for what is in it, "folder/" as a destination for
// a folder that must be there. A link as a source is copied as a link, unless a "/" is behind it; a destination's links
// are followed.
Task<void> copy_to(Api &api, Container &container, std::string source, std::string destination);
Task<void> copy_from(Api &api, Container &container, std::string source, std::string destination);

}  // namespace conu
