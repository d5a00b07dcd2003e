// What both ways to run a container share: its marks, its volumes, and removing what cannot be used.
#pragma once

#include <string>
#include <vector>

#include "container/run_builder.h"
#include "engine/engine.h"
#include "session/labels.h"

namespace conu {

// What is known of a creation, also if its end was not seen.
struct Creation {
  Creation();
  Labels labels() const;  // of the session, and the one that tells this very container from all others

  std::string token;                 // the value of that label
  std::string name;                  // of our own making, which is known without asking for it, unless set
  std::string id;                    // empty: no answer came
  bool was_asked = false;            // for the container
  std::vector<std::string> volumes;  // that were not there before

  // Whether there may be a container though its creation has failed so: the answer may have been lost.
  bool may_exist(const Failure &failure) const { return was_asked && (!id.empty() || failure.http_status == 0); }
};

// Those that are missing, with our marks, which the engine would not give them.
Task<void> create_volumes(Api &api, std::vector<NamedVolume> volumes, Creation *creation);

// What the engine tells of containers with this label, "KEY" or "KEY=VALUE".
Task<Json> containers_with(Api &api, std::string label);
// The container that has been created under this token; empty: none.
Task<std::string> id_by_label(Api &api, std::string token);

// Removes what has been created, as far as that works. It is shielded from a cancel.
Task<void> undo(Api &api, Creation creation, bool may_have_container);

}  // namespace conu
