// What an engine tells about an image or a container, as plain values (conu's ImageMetadata and ContainerMetadata).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json/json.h"

namespace conu {

using OptionalText = std::optional<std::string>;
using Texts = std::optional<std::vector<std::string>>;

// What the object has no such thing of is absent.
struct Metadata {
  OptionalText name, identifier, creation_timestamp, digest, hostname, status;
  std::map<std::string, std::string> labels, env;
  OptionalText port_mappings_json;
  Texts command, image_names, repo_digests, exposed_ports, ipv4_addresses, ipv6_addresses;
};

// Of the answer to GET /images/{name}/json.
Metadata image_metadata(const Json &document);

// What image and container have in common: the part that the engines call Config.
void read_config(const Json &config, Metadata *metadata);

}  // namespace conu
