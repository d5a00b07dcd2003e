// The files of an image on this host.
#pragma once

#include "filesystem/mount_tree.h"
#include "image/image.h"

namespace conu {

Task<std::unique_ptr<Mount>> mount_image(Api &api, Image &image, std::string mount_point, MountOptions options);

}  // namespace conu
