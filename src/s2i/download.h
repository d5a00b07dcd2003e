// Downloading a file over HTTP.
#pragma once

#include <string>

#include "loop/loop.h"

namespace conu {

// To a new file. False where the server does not have it; Failure(invalid_argument) for what is no http:// or https://
// URL. A redirection is followed.
Task<bool> download(Loop &loop, std::string url, const std::string &path);

}  // namespace conu
