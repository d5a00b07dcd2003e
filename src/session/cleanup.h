// Removing what libconu has created: one thing at a time, and all that this session has made.
#pragma once

#include <string>

#include "engine/api.h"

namespace conu {

// One that is being removed already counts as removed; with `force` one that is gone, too.
Task<void> remove_container(Api &api, std::string id, std::string subject, bool force, bool volumes);

}  // namespace conu
