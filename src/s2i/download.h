// Downloading a file over HTTP.
#pragma once

#include <string>

#include "loop/loop.h"

namespace conu {

// To a new file. Gives the status of the server's answer: there is a file where it is 200 or 201.
// Failure(invalid_argument) for what is no http:// or https:// URL. Redirections are followed.
Task<int> download(Loop &loop, std::string url, const std::string &path);

}  // namespace conu
