// Removing what libconu has created: a container, and all that this session has made.
#pragma once

#include <string>

#include "engine/api.h"

namespace conu {

// One that is being removed already counts as removed; with `force` one that is gone, too.
Task<void> remove_container(Api &api, std::string id, std::string subject, bool force, bool volumes);

// Each removes what carries this session's label, and nothing else, and tries all of it, some of it again, before it
// throws the first failure, with the number of what is left.
Task<void> cleanup_containers(Api &api);  // by force, with their anonymous volumes
Task<void> cleanup_images(Api &api);      // with this session's containers of them; not what others' containers use
Task<void> cleanup_volumes(Api &api);     // not what a container uses

}  // namespace conu
