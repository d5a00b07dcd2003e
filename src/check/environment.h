// Variables of an image in the texts of checks, as a shell has them: $NAME and ${NAME}.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "check/document.h"

namespace conu {

using Environment = std::map<std::string, std::string>;

// What `environment` does not have is left as it stands, so that a shell finds it; its names go into `unknown`.
std::string substituted(std::string_view text, const Environment &environment, Words *unknown = nullptr);

}  // namespace conu
