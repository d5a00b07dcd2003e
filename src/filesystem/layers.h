// The layers of an image or of a container as folders of this host.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/json.h"
#include "transport/endpoint.h"
#include "util/failure.h"
#include "util/fd.h"

namespace conu {

struct ShownLayers {
  std::vector<std::string> folders;  // the topmost first, that of a container's own changes included
  bool are_for_fuse = false;         // with marks of removed files that the kernel does not know
  std::optional<Failure> refusal;    // why there are none: the engine shows none, or is on another machine
};

// Those that an inspect document tells of.
ShownLayers read_layers(const Json &document, const Endpoint &endpoint);

// A layer's folder, by O_PATH. Failure where it is not there, or where its files do not have the owners that the
// image's have, as with an engine in a user namespace.
Fd open_layer(const std::string &folder);

}  // namespace conu
