// The layers of an image or of a container as folders of this host.
#pragma once

#include <string>
#include <vector>

#include "json/json.h"
#include "transport/endpoint.h"
#include "util/fd.h"

namespace conu {

// Read of an inspect document: the topmost first, that of a container's own changes included. Failure(unsupported)
// that says why where the engine shows none, or is on another machine.
std::vector<std::string> layer_folders(const Json &document, const Endpoint &endpoint);

// A layer's folder, by O_PATH. Failure where it is not there, or where its files do not have the owners that the
// image's have, as with an engine in a user namespace.
Fd open_layer(const std::string &folder);

}  // namespace conu
