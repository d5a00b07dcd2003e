// Layers one above the other by fuse-overlayfs, where the kernel will not have them.
#pragma once

#include <memory>
#include <vector>

#include "filesystem/kernel_mount.h"
#include "loop/task.h"

namespace conu {

// The program goes on by itself, and ends when it is unmounted. Failure(command_missing) where it is not installed,
// Failure(command_failed) with what it said, Failure(unsupported) for layers that it shows otherwise than a container.
Task<std::unique_ptr<Mount>> mount_fuse(const std::vector<Fd> &layers, const Target &target);

}  // namespace conu
