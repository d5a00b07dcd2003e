// An image of an engine, by name or by id, and what can be asked of it and done with it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/progress.h"
#include "image/reference.h"

namespace conu {

struct ShownLayers;

class Image {
 public:
  static std::shared_ptr<Image> by_name(std::shared_ptr<Engine> engine, ImageName name);
  static std::shared_ptr<Image> by_id(std::shared_ptr<Engine> engine, std::string id);
  // What an engine calls "fedora:latest", "quay.io/x@sha256:…" or, where it has no name, by its id.
  static std::shared_ptr<Image> from_engine(std::shared_ptr<Engine> engine, const std::string &name,
                                            const std::string &id);

  const std::shared_ptr<Engine> &engine() const { return engine_; }
  bool has_name() const { return name_.has_value(); }
  const ImageName &name() const { return *name_; }
  const Reference &reference() const;  // Failure(invalid_argument) where the image has no name
  const std::string &full_name() const { return full_name_; }

  // How the engine is asked for it: by the whole reference, as short names mean different things to different engines.
  const std::string &engine_name() const { return engine_name_; }
  std::string path(Text rest) const;  // "/images/NAME/json"
  std::string subject() const;        // for messages

  // The inspect document that was asked for last.
  std::optional<std::string> remembered() const;
  void remember(std::optional<std::string> document);
  // The layers that it tells of; null where nobody has read them yet.
  std::shared_ptr<const ShownLayers> remembered_layers() const;
  void remember_layers(const std::string &document, std::shared_ptr<const ShownLayers> layers);

 private:
  Image(std::shared_ptr<Engine> engine, std::optional<ImageName> name, std::string full_name, std::string engine_name);

  const std::shared_ptr<Engine> engine_;
  const std::optional<ImageName> name_;
  const std::string full_name_;
  const std::string engine_name_;
  mutable std::mutex mutex_;
  std::optional<std::string> document_;
  std::shared_ptr<const ShownLayers> layers_;  // of the document
};

using ImagePtr = std::shared_ptr<Image>;
using Images = std::vector<ImagePtr>;

enum class PullPolicy { never = 0, if_not_present = 1, always = 2 };

// Makes the handle, and acts as the policy says.
Task<ImagePtr> open_image(Api &api, std::shared_ptr<Engine> engine, ImageName name, PullPolicy policy);
// The image that an id, which may be a short one, stands for.
Task<ImagePtr> image_from_id(Api &api, std::shared_ptr<Engine> engine, std::string id);

Task<std::string> inspect(Api &api, Image &image, bool refresh);
Task<std::string> image_id(Api &api, Image &image);
Task<bool> is_present(Api &api, Image &image);
Task<ImagePtr> tag_image(Api &api, Image &image, std::string repository, std::string tag);
Task<void> remove_image(Api &api, Image &image, bool force, bool via_name);
Task<std::vector<std::string>> layer_ids(Api &api, Image &image, bool newest_first);
Task<Images> layers(Api &api, Image &image, bool newest_first);
Task<Images> list_images(Api &api, std::shared_ptr<Engine> engine);

// The name that tagging gives: a missing repository is the image's own, a missing tag is `latest`, both are an error.
ImageName tagged_name(const Image &image, const std::string &repository, const std::string &tag);

}  // namespace conu
