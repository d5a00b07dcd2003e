// The folder that an image is built from, as the tar archive that the engine is sent.
#pragma once

#include <memory>
#include <string>

#include "transport/http.h"

namespace conu {

// Reads the folder as it is sent, without what its .dockerignore leaves out; the Dockerfile (relative to the folder)
// and .dockerignore itself are always sent. Throws Failure(not_found) where there is no such folder or Dockerfile in
// it, Failure(invalid_argument) for a Dockerfile outside of it.
std::shared_ptr<BodySource> build_context(const std::string &folder, const std::string &dockerfile);

}  // namespace conu
