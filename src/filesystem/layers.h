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
  std::string of_others;             // one whose files have the owners of a user namespace, not the image's
  std::optional<Failure> refusal;    // why there are none: the engine shows none, or is on another machine
};

// Those that an inspect document tells of.
ShownLayers read_layers(const Json &document, const Endpoint &endpoint);

// A layer's folder, by O_PATH.
Fd open_layer(const std::string &folder);

}  // namespace conu
