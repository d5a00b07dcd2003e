// What is done to a container during its life.
#pragma once

#include "container/container.h"

namespace conu {

// One that runs already counts as started. A program that the image does not have is Failure(command_missing).
Task<void> start(Api &api, Container &container);
// `grace_ms` is rounded up to seconds; negative: the container's own.
Task<void> stop(Api &api, Container &container, int64_t grace_ms);
Task<void> restart(Api &api, Container &container, int64_t grace_ms);
Task<void> kill(Api &api, Container &container, std::string signal);
Task<void> pause(Api &api, Container &container);
Task<void> unpause(Api &api, Container &container);
Task<void> rename(Api &api, Container &container, std::string name);

// Where a failure to start tells that there is no such program, or that it is none, says so in code and hint.
void blame_program(Failure *failure);

// Failure(invalid_argument) where no container can have this name.
void check_container_name(const std::string &name);

}  // namespace conu
