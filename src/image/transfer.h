// Images on their way: pull and push between engine and registry, save and load between engine and file.
#pragma once

#include <string>

#include "image/image.h"

namespace conu {

// `platform` is empty, or like "linux/arm64/v8".
Task<void> pull(Api &api, Steps &steps, Image &image, std::string platform);
Task<void> pull_by(Api &api, Steps &steps, Image &image, PullPolicy policy);

// Tags the image first where a repository or a tag is given, and gives it under the name that was pushed.
Task<ImagePtr> push(Api &api, Steps &steps, Image &image, std::string repository, std::string tag);

// Writes an archive. The file appears when it is whole.
Task<void> save(Api &api, Image &image, std::string path);

// Reads an archive, and gives the images that were in it.
Task<Images> load(Api &api, Steps &steps, std::shared_ptr<Engine> engine, std::string path);

}  // namespace conu
