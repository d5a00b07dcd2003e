// What an engine tells about an image, as plain values.
#include "image/metadata.h"

namespace conu {

static std::vector<std::string> strings(const Json &array) {
  std::vector<std::string> list;
  for (const Json &item : array.items()) list.push_back(item.required_string());
  return list;
}

void read_config(const Json &config, Metadata *metadata) {
  for (const auto &[name, value] : config["Labels"].members()) metadata->labels[name] = value.text_or("");
  for (const Json &item : config["Env"].items()) {
    std::string variable = item.required_string();
    auto separator = variable.find('=');
    metadata->env[variable.substr(0, separator)] = separator == variable.npos ? "" : variable.substr(separator + 1);
  }
  if (Json command = config["Cmd"]) metadata->command = strings(command);
  if (Json ports = config["ExposedPorts"]) {
    metadata->exposed_ports.emplace();
    for (const auto &[port, unused] : ports.members()) metadata->exposed_ports->push_back(port);
  }
}

Metadata image_metadata(const Json &document) {
  Metadata metadata;
  metadata.identifier = document["Id"].required_string();
  metadata.creation_timestamp = document["Created"].as_string();
  metadata.image_names = strings(document["RepoTags"]);
  metadata.repo_digests = strings(document["RepoDigests"]);
  if (!metadata.image_names->empty()) metadata.name = metadata.image_names->front();
  if (!metadata.repo_digests->empty()) metadata.digest = metadata.repo_digests->front();
  read_config(document["Config"], &metadata);
  return metadata;
}

}  // namespace conu
