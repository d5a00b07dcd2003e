// What is in a folder.
#include "util/folder.h"

#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "util/fd.h"

namespace conu {

bool for_each_entry(int folder, const char *path, const std::function<void(const dirent &entry)> &act) {
  Fd opened(openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return false;
  std::unique_ptr<DIR, int (*)(DIR *)> stream(fdopendir(opened.get()), closedir);
  if (!stream) return false;
  opened.release();
  for (;;) {
    errno = 0;
    const dirent *entry = readdir(stream.get());
    if (entry == nullptr) return errno == 0;
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") act(*entry);
  }
}

std::optional<std::vector<std::string>> names_in(int folder, const char *path) {
  std::vector<std::string> names;
  if (!for_each_entry(folder, path, [&](const dirent &entry) { names.emplace_back(entry.d_name); }))
    return std::nullopt;
  return names;
}

}  // namespace conu
