// The marks on what this process creates, by which cleaning up finds it, and nothing else.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace conu {

using Labels = std::vector<std::pair<std::string, std::string>>;

// The session's id: a UUID for each process; a forked child has its own.
const std::string &session_id();

// For containers, volumes and networks.
const Labels &session_labels();

// For images that are built, committed or extended. Containers inherit the labels of their image, and a user's own
// container from such an image must never be taken for ours: so the session has another name here, and its usual one is
// blank.
Labels image_labels();

// Random, as a UUID (RFC 4122, version 4).
std::string random_uuid();

}  // namespace conu
