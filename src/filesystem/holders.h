// Who uses what is mounted.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace conu {

// The numbers of the mounts that are mounted inside of the one at `path`.
std::set<uint64_t> mounts_below(const std::string &path);

// The processes that have a file open in one of these mounts, or run or stand in it, each in words: "process 12
// (less), which has /tmp/x/etc/passwd". Those of other users can be seen by root alone.
std::vector<std::string> holders_of(const std::set<uint64_t> &mounts);

}  // namespace conu
