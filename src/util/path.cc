// Paths as text, without looking at any file.
#include "util/path.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <vector>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

std::string clean_path(std::string_view path) {
  bool is_absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    bool goes_up = part == "..";
    if (goes_up && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (!goes_up || !is_absolute)
      parts.push_back(part);
  }
  std::string clean;
  for (std::string_view part : parts) clean.append(is_absolute || !clean.empty() ? "/" : "").append(part);
  if (clean.empty()) return is_absolute ? "/" : ".";
  return clean;
}

std::string last_component(const std::string &path) {
  if (path == "/") return path;
  return path.substr(path.rfind('/') + 1);
}

bool leads_out(std::string_view path) { return path.starts_with('/') || path.starts_with("../") || path == ".."; }

std::string parent_path(const std::string &path) {
  auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string absolute_path(const std::string &path) {
  if (path.starts_with('/')) return clean_path(path);
  std::unique_ptr<char, void (*)(void *)> current(getcwd(nullptr, 0), free);
  if (!current) throw_system_failure({"cannot find the working folder for ", path}, errno);
  return clean_path(concat(current.get(), "/", path));
}

bool asserts_content(std::string_view path) { return path == "." || path.ends_with("/."); }
bool asserts_folder(std::string_view path) { return path.ends_with('/') || asserts_content(path); }

std::string path_of_descriptor(int fd) { return concat("/proc/self/fd/", decimal(fd)); }

}  // namespace conu
