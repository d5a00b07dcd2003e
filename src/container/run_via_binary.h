// Running a container by the docker or podman program, in the background or in the foreground.
#pragma once

#include <memory>
#include <string>

#include "container/container.h"
#include "container/foreground.h"

namespace conu {

// Both: what was created and cannot be started, or was cancelled, is removed again. A program that fails is
// Failure(command_failed), with what it said.
Task<ContainerPtr> run_via_binary(Api &api, Image &image, RunBuilder builder);

struct RunningProgram {
  ContainerPtr container;
  std::unique_ptr<Foreground> program;
};

// Ends when the container has started. An input that is piped is open in the container, too. `name` is what the
// container shall be called; empty: whatever.
Task<RunningProgram> run_in_foreground(Api &api, Image &image, RunBuilder builder, ProcessOptions pipes,
                                       std::string name);

}  // namespace conu
