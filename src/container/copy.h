// Copying between the host and a container, as `docker cp` does it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "container/container.h"

namespace conu {

// A folder that exists is copied into; "folder/." as a source stands for what is in it, "folder/" as a destination for
// a folder that must be there. A link as a source is copied as a link, unless a "/" is behind it; a destination's links
// are followed.
Task<void> copy_to(Api &api, Container &container, std::string source, std::string destination);
Task<void> copy_from(Api &api, Container &container, std::string source, std::string destination);

// Unpacks an archive into a folder of the container.
Task<void> put_archive(Api &api, Container &container, std::string folder, std::shared_ptr<BodySource> archive,
                       std::string subject);
// Of a small file; nothing where it is not there.
Task<std::optional<std::string>> content_of(Api &api, Container &container, std::string path, size_t limit = 1 << 20);

}  // namespace conu
