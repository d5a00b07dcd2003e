// Showing a tree on this host by the first way that works.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "filesystem/kernel_mount.h"
#include "filesystem/layers.h"
#include "filesystem/mount.h"
#include "filesystem/tree_extraction.h"
#include "loop/task.h"

namespace conu {

struct MountOptions {
  std::string method;  // empty: the first that works
  ExtractionLimits limits;
  bool may_extract = true;  // where nothing quicker works
};

// Failure(invalid_argument) for a name that no method has.
void check_method(const std::string &name);

struct MountMethod {
  const char *name;
  std::function<Task<std::unique_ptr<Mount>>(const Target &)> mount;
  bool puts_files = false;  // into the folder itself, instead of mounting something on it
};

// "bind" for one layer, "overlay" and "fuse": what the layers allow. `method`: the one that is asked for.
std::vector<MountMethod> layer_methods(std::shared_ptr<const ShownLayers> layers, const std::string &method);

// Tries one after the other, at `mount_point` or a fresh folder. Where all fail the failure tells what each said; one
// that is asked for by its name fails for its own reason. What dead processes have left is removed on the way, unless
// this process has looked for it within the last second.
Task<std::unique_ptr<Mount>> mount_tree(std::string subject, std::string mount_point, std::string method,
                                        std::vector<MountMethod> methods);

}  // namespace conu
