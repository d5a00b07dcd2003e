// Removing a folder with all that is in it.
#pragma once

#include <string>

namespace conu {

// Follows no symbolic link, makes read-only folders writable on its way, and stops with Failure(conflict) at a mount
// point. What is gone already is no failure.
void remove_tree(const std::string &path);

}  // namespace conu
