// The files of a container on this host.
#pragma once

#include "container/container.h"
#include "filesystem/mount_tree.h"

namespace conu {

Task<std::unique_ptr<Mount>> mount_container(Api &api, Container &container, std::string mount_point,
                                             MountOptions options);

}  // namespace conu
