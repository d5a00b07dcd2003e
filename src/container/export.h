// The tree of a container or an image, streamed from the engine into a folder of this host.
#pragma once

#include <memory>
#include <string>

#include "container/container.h"
#include "filesystem/mount.h"
#include "filesystem/tree_extraction.h"

namespace conu {

// The folder is there and empty; after a failure it is empty again.
Task<std::unique_ptr<Mount>> extract_container(Api &api, Container &container, std::string folder,
                                               ExtractionLimits limits);
// Of an image by a container that is created for it, never started, and removed.
Task<std::unique_ptr<Mount>> extract_image(Api &api, Image &image, std::string folder, ExtractionLimits limits);

}  // namespace conu
