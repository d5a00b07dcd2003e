// What the files of an extracted tree do not tell on disk.
#include "filesystem/tree_facts.h"

#include <sys/sysmacros.h>

#include "util/text.h"

namespace conu {

using Type = ArchiveEntry::Type;

static mode_t type_of(const ArchiveEntry &entry) {
  switch (entry.type) {
    case Type::folder:
      return S_IFDIR;
    case Type::symlink:
      return S_IFLNK;
    case Type::fifo:
      return S_IFIFO;
    case Type::character_device:
      return S_IFCHR;
    case Type::block_device:
      return S_IFBLK;
    default:
      return S_IFREG;
  }
}

FileFacts facts_of(const ArchiveEntry &entry) {
  FileFacts facts;
  facts.mode = type_of(entry) | (entry.type == Type::symlink ? 0777 : entry.mode & 07777);
  facts.uid = entry.uid;
  facts.gid = entry.gid;
  facts.mtime = entry.mtime;
  facts.mtime_ns = entry.mtime_ns;
  facts.major = entry.major;
  facts.minor = entry.minor;
  facts.attributes = entry.attributes;
  return facts;
}

void TreeFacts::set(const std::string &path, FileFacts facts) { facts_[path] = std::move(facts); }

void TreeFacts::forget(const std::string &path) {
  facts_.erase(path);
  std::string below = concat(path, "/");
  auto first = facts_.lower_bound(below), last = first;
  while (last != facts_.end() && last->first.starts_with(below)) ++last;
  facts_.erase(first, last);
}

const FileFacts *TreeFacts::find(std::string_view path) const {
  auto found = facts_.find(path);
  return found != facts_.end() ? &found->second : nullptr;
}

FileFacts TreeFacts::truth(std::string_view path, const struct stat &status) const {
  if (const FileFacts *set = find(path)) return *set;
  FileFacts facts;
  facts.mode = status.st_mode;
  facts.uid = owner_ ? owner_->first : status.st_uid;
  facts.gid = owner_ ? owner_->second : status.st_gid;
  facts.mtime = status.st_mtim.tv_sec;
  facts.mtime_ns = status.st_mtim.tv_nsec;
  facts.major = major(status.st_rdev);
  facts.minor = minor(status.st_rdev);
  return facts;
}

std::vector<std::string> TreeFacts::missing_in(std::string_view folder) const {
  std::string below = folder.empty() ? "" : concat(folder, "/");
  std::vector<std::string> names;
  for (auto it = facts_.lower_bound(below); it != facts_.end() && it->first.starts_with(below); ++it) {
    std::string name = it->first.substr(below.size());
    bool is_child = !name.empty() && name.find('/') == std::string::npos;
    if (is_child && !it->second.is_on_disk) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace conu
