// What a builder image tells of itself, and a runtime image likewise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/json.h"
#include "session/labels.h"

namespace conu {

struct Builder {
  Builder();
  Builder(const Builder &) = delete;
  ~Builder();

  std::string scripts_url;    // where its scripts are; empty: nowhere
  std::string destination;    // where the source goes; empty: /tmp
  std::string assemble_user;  // empty: the image's own
  std::string user, workdir;
  std::vector<std::string> entrypoint, on_build;
  Labels labels;
  std::vector<std::string> warnings;  // of what it tells in ways that are out of use

  std::string label(const char *name) const;
  bool is_on_build() const { return !on_build.empty(); }
};

// Of the answer to GET /images/{name}/json.
void read_builder(const Json &document, Builder *builder);

// Where a script of an image is by its URL: "image:///usr/libexec/s2i" and "run" give "/usr/libexec/s2i/run". Nothing
// where the URL is no place in an image.
std::optional<std::string> path_in_image(const std::string &url, const std::string &name);

}  // namespace conu
