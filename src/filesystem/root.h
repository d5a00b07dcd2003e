// A folder that paths are resolved in as if it were the root: no link and no ".." of whoever filled it leads out.
//
// The kernel does it with openat2 (RESOLVE_IN_ROOT). Where it has no openat2, and where the path without links is
// wanted, each component is opened by itself: what is no link is entered, and what a link says is read and followed
// here.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "util/fd.h"

namespace conu {

// What a path names in the tree.
struct Place {
  Fd fd;          // O_PATH; none where there is nothing
  int error = 0;  // why there is none, as errno has it
  // Without links: "usr/bin/dash"; the root is "".
  std::string path;
  Fd folder;  // where only the last component is missing: what it would be in

  static Place nothing(int error) {
    Place place;
    place.error = error;
    return place;
  }
};

class Root {
 public:
  enum class Way { kernel, walk };  // kernel: where it can
  // A last component that is a link: go where it leads, or stay. A slash behind it goes in any case.
  enum class Last { follow, stay };

  explicit Root(const std::string &folder, Way way = Way::kernel);

  // What the path names, opened with O_PATH. None: errno tells why.
  Fd open(const std::string &path, Last last) const;
  // The same for reading, in one step. None: open() may find it, or tells why not.
  Fd open_to_read(const std::string &path) const;
  Place find(std::string_view path, Last last) const;

  // Some files of /proc would wait for what is to come.
  static constexpr int read_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

 private:
  class Walk;
  Fd root_;
  Way way_;
};

}  // namespace conu
