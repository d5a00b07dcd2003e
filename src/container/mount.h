// The files of images and containers on this host.
#pragma once

#include "container/container.h"
#include "filesystem/mount_tree.h"

namespace conu {

Task<std::unique_ptr<Mount>> mount_image(Api &api, Image &image, std::string mount_point, MountOptions options);
// What its processes see while it runs, else its changes above the layers of its image.
Task<std::unique_ptr<Mount>> mount_container(Api &api, Container &container, std::string mount_point,
                                             MountOptions options);

}  // namespace conu
