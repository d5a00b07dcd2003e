// What is in a folder.
#pragma once

#include <dirent.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace conu {

// Calls `act` with each entry of a folder, `path` below `folder` (AT_FDCWD: of the working folder), in no order, but
// for "." and "..". False, and errno, where it cannot be read.
bool for_each_entry(int folder, const char *path, const std::function<void(const dirent &entry)> &act);

// Their names; nothing, and errno, where it cannot be read.
std::optional<std::vector<std::string>> names_in(int folder, const char *path);

}  // namespace conu
