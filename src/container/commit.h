// Making an image of a container.
#pragma once

#include "container/container.h"

namespace conu {

// `repository` empty: an image without a name. It carries the marks of this session's images.
Task<ImagePtr> commit(Api &api, Container &container, std::string repository, std::string tag);

}  // namespace conu
