// What Docker adds to a container when it is created, told apart from what its image has.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "filesystem/archive_reader.h"

namespace conu {

// Between the layers of the image and that of the container Docker puts one of its own, with empty files and folders
// where it will mount something: /.dockerenv, /dev/console, /etc/hosts and some more. An archive of a container that
// was never started shows them; this leaves them out.
//
// The files take the place of those of the image, which cannot be seen in any container. Folders are made where the
// image has none: those that were made when /.dockerenv was are taken for them. /dev and /etc are touched in every
// image, so they are left out only where they stay empty and the image has neither /proc nor /sys.
class InitLayer {
 public:
  using Emit = std::function<void(const ArchiveEntry &entry)>;

  // Passes on what is of the image, /dev and /etc as soon as something in them is, or at the end.
  void take(const ArchiveEntry &entry, const Emit &emit);
  void finish(const Emit &emit);

 private:
  bool is_made_by_docker(const ArchiveEntry &entry, const std::string &path);

  std::optional<int64_t> made_;               // when, in seconds
  std::map<std::string, ArchiveEntry> held_;  // folders of which it is not known yet
  int left_out_ = 0;                          // of /proc and /sys
};

}  // namespace conu
