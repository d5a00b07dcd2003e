// Attaching to a container's own process: its output from now on, and its input.
#pragma once

#include <memory>

#include "container/container.h"
#include "container/stream.h"

namespace conu {

struct AttachRequest {
  bool with_stdin = false;
  bool with_stdout = false;
  bool with_stderr = false;
};

// A container that does not run, or whose input is not open where it is asked for, is Failure(state).
Task<std::unique_ptr<StreamSource>> open_attach_stream(Api &api, ContainerPtr container, AttachRequest request);

}  // namespace conu
