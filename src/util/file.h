// Small files and the environment.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace conu {

// The whole of a small file; nothing if it is not there. Throws if it cannot be read or is larger than `limit`.
std::optional<std::string> read_file(const std::string &path, size_t limit = 16 << 20);

// Writes a file that is not there yet.
void write_new_file(const std::string &path, std::string_view content, mode_t mode);

// An environment variable; one that is empty counts as not set.
std::optional<std::string> environment(const char *name);

// The user's home folder, from HOME or the password database; empty if there is none.
std::string home_folder();

}  // namespace conu
