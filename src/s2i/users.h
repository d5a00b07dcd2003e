// Who assembles: whether that user may, and whose the files are that it gets.
#pragma once

#include "container/container.h"
#include "s2i/builder.h"
#include "s2i/options.h"
#include "s2i/upload.h"

namespace conu {

// The option, else what the image says; empty: the image's own user.
std::string assemble_user(const S2iOptions &options, const Builder &builder);

// Throws Failure(permission) where --allowed-uids leaves the user out.
void check_users(const S2iOptions &options, const Builder &builder, const std::string &subject);

// The numbers of a container's user, "name", "1001" or "1001:0", by the container's own tables.
Task<void> find_owner(Api &api, Container &container, const std::string &user, Owner *owner);

}  // namespace conu
