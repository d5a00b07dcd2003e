// Waiting for a container to be ready, while watching that it lives.
#pragma once

#include "container/condition.h"
#include "container/container.h"

namespace conu {

// Ends when the condition holds. A container that ends before is Failure(state), one that is removed
// Failure(not_found), the time (negative: no limit) Failure(timeout), each with the whole story in its details.
Task<void> wait_for(Api &api, Container &container, Condition condition, int64_t timeout_ms);

}  // namespace conu
