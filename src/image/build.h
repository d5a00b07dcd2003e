// Building images from a folder with a Dockerfile.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "image/image.h"

namespace conu {

struct BuildOptions {
  std::string path;
  std::shared_ptr<BodySource> context;  // instead of what is in the folder
  std::string dockerfile = "Dockerfile";
  std::vector<std::string> tags;
  std::map<std::string, std::string> args;
  std::map<std::string, std::string> labels;
  std::string target;
  std::string platform;
  bool no_cache = false;
  bool pull = false;
  // With no_cache: the id of the image that the Dockerfile begins with. What the steps of a build that fails have made
  // on it is removed then.
  std::string base;
};

// By the engine's classic builder: BuildKit would need a session of its own. The image carries the session's marks.
Task<ImagePtr> build(Api &api, Steps &steps, std::shared_ptr<Engine> engine, BuildOptions options);

}  // namespace conu
