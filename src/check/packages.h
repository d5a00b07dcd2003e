// Whether the packages of an image are signed with known keys.
#pragma once

#include <string>
#include <vector>

#include "image/image.h"

namespace conu {

// Asks the rpm program of the image, in a container that is removed again. An image without rpm, or without packages of
// rpm, is Failure(unsupported). The packages that do not pass are logged.
Task<bool> has_packages_signed_with(Api &api, Image &image, std::vector<std::string> keys);

}  // namespace conu
