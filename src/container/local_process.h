// Processes of containers that run on this machine, where this process can see them.
#pragma once

#include <sys/types.h>

#include <string>

namespace conu {

// Whether the process is certain to be one of the container's.
bool is_process_of(const std::string &container_id, pid_t pid);

// Ends process `pid` and those of its process group by SIGKILL, if it is certain to be one of the container's: an
// engine's numbers may be those of another machine. False where it is not, or this user may not.
bool kill_process_of(const std::string &container_id, pid_t pid);

}  // namespace conu
