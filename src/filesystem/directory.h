// A folder of the host with the mode, owner, access rules and label that a test wants, which goes when the test does.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/task.h"

namespace conu {

struct DirectoryOptions {
  std::string path;  // empty: a new folder among the temporary files
  std::optional<unsigned> mode;
  std::string user, group;  // names or numbers; empty: as it is
  std::vector<std::string> acl_rules;
  std::string selinux_context;
};

class Directory {
 public:
  // Makes the folder, with the folders above it where they are missing. One that exists is used as it is, but for what
  // the options set; it is not removed then.
  static Task<std::unique_ptr<Directory>> make(DirectoryOptions options);
  ~Directory();
  Directory(const Directory &) = delete;
  Directory &operator=(const Directory &) = delete;

  const std::string &path() const { return path_; }
  // Removes what was made and all that is in it by now, and the folders above that were made where nothing else is in
  // them. Follows no link, and enters nothing that is mounted inside.
  void remove();

 private:
  explicit Directory(std::string path);
  void create(const std::string &path, unsigned mode);
  void set_owner(const DirectoryOptions &options, int fd) const;

  std::string path_;
  struct Made {
    std::string path;
    dev_t device;
    ino_t inode;
  };
  std::vector<Made> made_;  // the folder itself last
  unsigned fork_generation_;
};

// What the host enforces: "enforcing", "permissive" or "disabled". `folder` is where the kernel tells.
std::string selinux_status(const std::string &folder = "/sys/fs/selinux");

}  // namespace conu
