// What an engine tells of a path in a container, by a header beside its archive.
#pragma once

#include <optional>
#include <string>

#include "container/container.h"

namespace conu {

struct PathStat {
  bool is_folder = false;
  bool is_device = false;
  bool is_link = false;
  std::string link_target;  // where it leads in the end; of Podman's also where it is no link
};

// For the archive of a path and for what it is: "/containers/ID/archive?path=…".
std::string archive_path(const Container &container, const std::string &path);

// Of an answer to that; nothing where an error has no such header.
std::optional<PathStat> path_stat(const Exchange &exchange, const Container &container, const std::string &path);

}  // namespace conu
