// What the files of an extracted tree do not tell on disk: device nodes and FIFOs that were left out, set-uid bits that
// were dropped, owners and modes that the user who extracts cannot set, extended attributes.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filesystem/archive_reader.h"

namespace conu {

struct FileFacts {
  unsigned mode = 0;  // type and permissions, as stat(2) has them
  int64_t uid = 0, gid = 0;
  int64_t mtime = 0;
  long mtime_ns = 0;
  unsigned major = 0, minor = 0;  // of a device
  bool is_on_disk = true;
  std::map<std::string, std::string> attributes;  // extended ones, with their namespaces
};

// Those that an archive tells, of a hard link as of a file.
FileFacts facts_of(const ArchiveEntry &entry);

// Paths are those in the tree, "etc/passwd": no slash in front, no links, no ".". The tree's own folder is "".
class TreeFacts {
 public:
  void set(const std::string &path, FileFacts facts);
  void forget(const std::string &path);  // with all that is below
  // Who the files belong to of which nothing was set, where it is not who they belong to on disk.
  void set_owner(int64_t uid, int64_t gid) { owner_ = {uid, gid}; }

  const FileFacts *find(std::string_view path) const;
  // What is true of a file that is on disk as `status` says: what was set, else what is there, with that owner.
  FileFacts truth(std::string_view path, const struct stat &status) const;
  // The names in a folder that are not on disk.
  std::vector<std::string> missing_in(std::string_view folder) const;

 private:
  std::map<std::string, FileFacts, std::less<>> facts_;
  std::optional<std::pair<int64_t, int64_t>> owner_;
};

}  // namespace conu
