// Where a tree is shown on this host, and the record of it by which what a dead process left is found.
#pragma once

#include <memory>
#include <string>

#include "filesystem/directory.h"
#include "filesystem/kernel_mount.h"
#include "loop/task.h"
#include "util/fd.h"

namespace conu {

// Below the folder for temporary files each user has a folder "conu-UID", and each mount a folder in it whose name says
// which process made it. That is the mount point, or has notes of the one that the user has chosen.
class MountPoint {
 public:
  // `chosen` empty: a new folder. One that is not there is made, and removed in the end; Failure(conflict) for one that
  // something is in, or that something is mounted on.
  static Task<std::unique_ptr<MountPoint>> make(std::string chosen);
  ~MountPoint();  // removes it at best effort
  MountPoint(const MountPoint &) = delete;
  MountPoint &operator=(const MountPoint &) = delete;

  // To mount on, while nothing is mounted there yet.
  const Target &target() const { return target_; }
  // So that a sweep knows what was put there: before files are, and once something is mounted.
  void note_files();
  void note_mount();
  // Removes what was made, once nothing is mounted there any more.
  void remove();

 private:
  MountPoint() = default;
  void write_note(const char *name, const std::string &text) const;

  Target target_;
  std::string record_;
  std::unique_ptr<Directory> chosen_;
};

// Unmounts and removes what processes of this user that are dead have left. Tries them all, and throws the first
// failure then.
void sweep_mounts();

}  // namespace conu
