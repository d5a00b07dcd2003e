// What the processes of a running container see.
#pragma once

#include <sys/types.h>

#include <string>

#include "util/fd.h"

namespace conu {

// A copy of the mounts below the root of process `pid`, attached nowhere, if the process is certain to be one of the
// container's: an engine's numbers may be those of another machine. Failure(unsupported) where it is not, or has owners
// of its own; Failure(permission) where this user may not.
Fd merged_tree(const std::string &container_id, pid_t pid);

}  // namespace conu
