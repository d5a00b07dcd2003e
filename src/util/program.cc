// Where programs are.
#include "util/program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "util/text.h"

namespace conu {

// posix_spawnp is not asked: where PATH has a folder that may not be searched, it calls whatever is missing locked.
static std::optional<std::string> find_in(const char *path, const std::string &name) {
  std::optional<std::string> locked;
  for (std::string_view folder : split(path, ':')) {
    std::string place = concat(folder.empty() ? "." : folder, "/", name);
    struct stat found {};
    if (stat(place.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) continue;
    if (faccessat(AT_FDCWD, place.c_str(), X_OK, AT_EACCESS) == 0) return place;
    if (!locked) locked = place;
  }
  return locked;
}

std::optional<std::string> find_program(const std::string &name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') == name.npos) {
    const char *path = getenv("PATH");
    return find_in(path != nullptr ? path : "/bin:/usr/bin", name);
  }
  bool is_missing = access(name.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
  return is_missing ? std::nullopt : std::optional(name);
}

}  // namespace conu
