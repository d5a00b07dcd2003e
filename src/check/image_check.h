// All checks of a document on an image.
#pragma once

#include "check/document.h"
#include "check/results.h"
#include "image/image.h"

namespace conu {

// Commands run at most four at a time. An image that is not there is Failure(not_found).
Task<CheckResults> check_image(Api &api, ImagePtr image, const CheckDocument &document);

}  // namespace conu
