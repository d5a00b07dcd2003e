// The files of an image for those who look at some of them: by a mount, or one by one from the engine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/image.h"

namespace conu {

class ImageFiles {
 public:
  virtual ~ImageFiles() = default;

  // What is at a path, a link itself, as Filesystem::stat() tells it; nothing where nothing is. Whom it belongs to is
  // told where that is needed.
  virtual Task<std::optional<Json>> look_at(std::string path, bool needs_owner) = 0;
  // The content of a file, links followed. Failure(not_found), Failure(conflict) where it is no file, Failure(io) where
  // it is larger than most_to_read.
  virtual Task<std::string> read(std::string path) = 0;
  // All files with set-uid or set-gid bits.
  virtual Task<std::vector<Json>> privileged() = 0;
  // Removes what was made for it on this host and in the engine.
  virtual Task<void> close() = 0;

  static constexpr size_t most_to_read = 64 << 20;
};

// By a mount where that is done in no time, else one by one. `document` is the image's inspect document.
Task<std::unique_ptr<ImageFiles>> open_files(Api &api, Image &image, Json document);

Task<std::unique_ptr<ImageFiles>> mount_files(Api &api, Image &image, bool may_extract);
// Out of a container that is never started.
Task<std::unique_ptr<ImageFiles>> archived_files(Api &api, Image &image);

}  // namespace conu
