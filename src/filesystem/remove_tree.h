// Removing a folder with all that is in it, or that alone.
#pragma once

#include <string>

namespace conu {

// Follows no symbolic link, makes read-only folders writable on its way, and stops with Failure(conflict) at a mount
// point. What is gone already is no failure.
void remove_tree(const std::string &path);
// The same of all that is in it.
void empty_folder(const std::string &path);

}  // namespace conu
