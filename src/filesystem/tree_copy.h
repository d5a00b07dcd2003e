// Copying files out of a tree to this host. What is neither a file nor a folder nor a link is left out, and never
// opened; a copy that fails or is cancelled leaves nothing behind.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "filesystem/file_status.h"
#include "loop/cancel.h"
#include "util/fd.h"

namespace conu {

// Modes, times, links, holes and the extended attributes of the user namespace are kept; owners are not, and with them
// go the set-user-ID and set-group-ID bits: what is copied belongs to who copies.
class TreeCopy {
 public:
  // `facts` are those of the tree that is copied from; null: the disk tells it all.
  TreeCopy(const TreeFacts *facts, Cancel *cancel) : facts_(facts), point_(cancel) {}

  // A file that is there already is replaced; into a folder the copy goes under `name`. `path` is that in the tree.
  void copy_file(int source, const std::string &path, const std::string &dest, const std::string &name);
  // Nothing may be there yet. Folders above it are made where they are missing.
  void copy_folder(Fd source, const std::string &path, const std::string &dest);

 private:
  using Id = std::pair<dev_t, ino_t>;
  struct Level {
    std::vector<std::string> names;  // that are still to be copied
    FileStatus status;
    Id source, dest;
    size_t path_size = 0, made_size = 0;  // of path_ and made_ outside of it
  };

  void enter(Fd source, Fd dest);
  void leave();
  void copy_entry(const std::string &name);
  void copy_content(int source, const FileStatus &status, int dest, const std::string &path);
  void copy_range(int from, int to, off_t begin, off_t end, const std::string &path);
  bool is_linked(const struct stat &status, const std::string &name);

  const TreeFacts *const facts_;
  CancelPoint point_;
  std::vector<Level> levels_;
  Fd source_, dest_;                       // of the innermost level
  std::string path_, made_;                // its path in the tree, and below the folder that is made
  Fd top_;                                 // that folder
  std::map<Id, std::string> first_names_;  // of files with several, below that folder
  std::string buffer_;
};

}  // namespace conu
