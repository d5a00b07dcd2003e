// What Docker adds to a container when it is created, told apart from what its image has.
#include "container/init_layer.h"

#include <algorithm>
#include <cstdlib>

namespace conu {

using Type = ArchiveEntry::Type;

static std::string path_of(const ArchiveEntry &entry) {
  std::string path = entry.name;
  if (path.starts_with("./")) path.erase(0, 2);
  while (path.ends_with('/')) path.pop_back();
  return path;
}

template <size_t n>
static bool is_one_of(const std::string &path, const char *const (&paths)[n]) {
  return std::find(std::begin(paths), std::end(paths), path) != std::end(paths);
}

bool InitLayer::is_made_by_docker(const ArchiveEntry &entry, const std::string &path) {
  static const char *const files[] = {".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"};
  static const char *const folders[] = {"dev/pts", "dev/shm", "proc", "sys"};
  bool is_root_owned = entry.uid == 0 && entry.gid == 0;
  if (path == "etc/mtab") return entry.type == Type::symlink && entry.target == "/proc/mounts";
  if (is_one_of(path, files)) return entry.type == Type::file && entry.size == 0 && entry.mode == 0755 && is_root_owned;
  // Archives have whole seconds, and the second may have changed in between.
  bool is_new = made_ && std::abs(entry.mtime - *made_) <= 1;
  return is_one_of(path, folders) && entry.type == Type::folder && entry.mode == 0755 && is_root_owned && is_new;
}

void InitLayer::take(const ArchiveEntry &entry, const Emit &emit) {
  std::string path = path_of(entry);
  if (is_made_by_docker(entry, path)) {
    if (path == ".dockerenv") made_ = entry.mtime;  // it comes before the others, as archives are in order
    if (path == "proc" || path == "sys") left_out_++;
    return;
  }
  auto held = held_.find(path.substr(0, path.find('/')));
  if (held != held_.end()) {
    emit(held->second);
    held_.erase(held);
  }
  bool may_be_dockers = (path == "dev" || path == "etc") && entry.type == Type::folder && entry.mode == 0755;
  if (may_be_dockers && made_)
    held_[path] = entry;
  else
    emit(entry);
}

void InitLayer::finish(const Emit &emit) {
  if (left_out_ == 2) return;
  for (const auto &[path, entry] : held_) emit(entry);
}

}  // namespace conu
