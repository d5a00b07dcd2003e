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
// A container for the files of an image, to be removed with its volumes: it is never started.
Task<ContainerPtr> create_for_files(Api &api, Image &image);
// Of an image by a container that is created for it, never started, and removed.
Task<std::unique_ptr<Mount>> extract_image(Api &api, Image &image, std::string folder, ExtractionLimits limits);

}  // namespace conu
