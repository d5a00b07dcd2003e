// Source-to-image: extending a builder image with source code, as the s2i program does it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/image.h"
#include "s2i/options.h"
#include "s2i/source.h"

namespace conu {

struct Extension {
  ~Extension();

  std::string source;    // a folder, a repository of this host, or a URL for git
  std::string new_name;  // of the image that is made; may carry a tag
  std::vector<std::string> arguments;
  bool by_program = false;                // the environment asks for the s2i program, which reads the arguments itself
  S2iOptions options;                     // what they say otherwise
  std::optional<SourceName> source_name;  // likewise
};

using ExtensionPtr = std::shared_ptr<const Extension>;

// Reads the arguments, and throws what is wrong with any part, before anything is done.
ExtensionPtr make_extension(std::string source, std::string new_name, std::vector<std::string> arguments);

// The builder, on the engine that the arguments name, or with the credentials that they name.
ImagePtr builder_for(ImagePtr builder, const Extension &extension, Cancel *cancel);

// What assemble writes becomes steps. Nothing is left behind but the new image, and that neither where this fails.
Task<ImagePtr> extend(Api &api, Steps &steps, ImagePtr builder, ExtensionPtr extension);

// What the builder's script `usage` writes.
Task<std::string> usage(Api &api, ImagePtr builder);

}  // namespace conu
