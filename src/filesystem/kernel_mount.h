// Mounts that the kernel makes: read-only, without set-uid programs that work and without devices that open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "filesystem/mount.h"
#include "util/fd.h"

namespace conu {

// A folder that something is about to be mounted on: its path without links, and the folder itself by O_PATH, unless it
// is one of our own, which nobody else can put another one into the place of. A program that mounts has `hold` open
// until it has, so that it is known to be at it when its parent is dead.
struct Target {
  std::string path;
  Fd folder = Fd();
  Fd hold = Fd();

  std::string place() const;  // the path to mount on
};

// The layers one above the other, the topmost first.
std::unique_ptr<Mount> mount_overlay(const std::vector<Fd> &layers, const Target &target);
std::unique_ptr<Mount> mount_bind(const Fd &folder, const Target &target);
// A tree of mounts that is attached nowhere yet (open_tree(2)), which is to be as it is but for being read-only.
std::unique_ptr<Mount> mount_clone(const Fd &tree, const char *method, const Target &target);
// What is mounted there already.
std::unique_ptr<Mount> adopt_mount(const char *method, const std::string &path);

// The same by one system call. False where the kernel refuses, or the paths are too long or too odd for that.
bool attach_overlay_by_paths(const std::vector<std::string> &layers, const Target &target);

// How mount_overlay() does it: layer by layer (Linux 6.8), or with names so short that all of them go into the page of
// options that mount(2) takes.
void attach_overlay_by_layers(const std::vector<Fd> &layers, const Target &target);
void attach_overlay_by_options(const std::vector<Fd> &layers, const Target &target);

// The number of the mount that a path leads into; 0 where that cannot be known.
uint64_t mount_number(const std::string &path);

}  // namespace conu
