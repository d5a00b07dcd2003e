// Putting a whole tree into an empty folder, as somebody who means to look at it and trusts it in nothing.
#include "filesystem/tree_extraction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

using Type = ArchiveEntry::Type;

TreeExtraction::TreeExtraction(std::string folder, ExtractionLimits limits)
    : folders_(std::move(folder)), limits_(limits), is_root_(geteuid() == 0) {
  if (!is_root_) facts_.set_owner(0, 0);  // as nearly all files of nearly all trees
}

Parts TreeExtraction::place_of(const std::string &name) const {
  if (name.starts_with('/')) reject_entry(name, "has an absolute name");
  return parts_of(name);
}

void TreeExtraction::begin(const ArchiveEntry &entry) {
  complete();
  count(entry);
  Parts parts = place_of(entry.name);
  leave_folders(parts);
  bool is_folder = entry.type == Type::folder;
  if (parts.empty() && !is_folder) reject_entry(entry.name, "is no folder");
  // The folder that is there already, and stays as it is.
  if (parts.empty()) return remember(parts, entry);
  enter(parts);
  if (!is_folder) facts_.forget(joined(parts, parts.size()));
  switch (entry.type) {
    case Type::file:
      return make_file(parts, entry);
    case Type::folder:
      return make_folder(parts, entry);
    case Type::symlink:
      return make_symlink(parts, entry);
    case Type::hard_link:
      return make_link(parts, entry);
    default:
      clear(parts);
      remember(parts, entry, false);
  }
}

// --- limits ----------------------------------------------------------------------------------------------------------

[[noreturn]] static void too_large(const std::string &what) {
  throw_failure(Code::io, {"the tree has more than ", what, ", which is the limit for putting it on disk"},
                "conu_mount_options_set_limits sets another one");
}

void TreeExtraction::count(const ArchiveEntry &entry) {
  entries_++;
  if (limits_.entries >= 0 && entries_ > limits_.entries) too_large(concat(decimal(limits_.entries), " entries"));
  if (limits_.bytes >= 0 && entry.size > limits_.bytes - bytes_)
    too_large(concat(decimal(limits_.bytes), " bytes of content"));
  bytes_ += limits_.bytes >= 0 ? entry.size : 0;
}

// --- what is remembered ----------------------------------------------------------------------------------------------

void TreeExtraction::remember(const Parts &parts, const ArchiveEntry &entry, bool is_on_disk) {
  FileFacts facts = facts_of(entry);
  facts.is_on_disk = is_on_disk;
  remember(joined(parts, parts.size()), std::move(facts));
}

void TreeExtraction::remember(const std::string &path, FileFacts facts) {
  const size_t most = 256 << 20;
  remembered_ += sizeof facts + 2 * path.size();
  for (const auto &[name, value] : facts.attributes) remembered_ += 100 + name.size() + value.size();
  if (remembered_ > most)
    throw_failure(Code::io, "the tree has more attributes, devices and special bits than can be kept in memory");
  missing_ += facts.is_on_disk ? 0 : 1;
  facts_.set(path, std::move(facts));
}

// What who extracts can read again: special bits are gone, as they are nobody's to have who made the image.
static mode_t mode_on_disk(const ArchiveEntry &entry) {
  return (entry.mode & 0777) | (entry.type == Type::folder ? 0500 : 0400);
}

// False: the file belongs to somebody else than the archive says. `name` is in the folder `file`, or empty: that
// itself.
bool TreeExtraction::set_owner(int file, const char *name, const ArchiveEntry &entry) const {
  if (!is_root_) return entry.uid == 0 && entry.gid == 0;  // by the owner of the tree
  bool is_possible = entry.uid >= 0 && entry.uid < UINT32_MAX && entry.gid >= 0 && entry.gid < UINT32_MAX;
  int flags = *name == '\0' ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  return is_possible && fchownat(file, name, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid), flags) == 0;
}

// Gives a file or a folder what it can have of what the archive says, and remembers the rest.
void TreeExtraction::dress(int file, const Parts &parts, const ArchiveEntry &entry) {
  bool is_told = set_owner(file, "", entry) && mode_on_disk(entry) == entry.mode && entry.attributes.empty();
  if (fchmod(file, mode_on_disk(entry)) != 0) folders_.fail("cannot set the mode of", parts, errno);
  const timespec time{entry.mtime, entry.mtime_ns};
  const timespec times[] = {time, time};
  if (futimens(file, times) != 0) folders_.fail("cannot set the time of", parts, errno);
  if (!is_told) remember(parts, entry);
}

// --- folders ---------------------------------------------------------------------------------------------------------

void TreeExtraction::enter(const Parts &parts) {
  for (size_t count = 1; missing_ > 0 && count < parts.size(); count++) {
    const FileFacts *facts = facts_.find(joined(parts, count));
    if (facts != nullptr && !facts->is_on_disk)
      reject_entry(joined(parts, parts.size()), "leads through what is no folder");
  }
  folders_.enter(parts);
}

void TreeExtraction::make_folder(const Parts &parts, const ArchiveEntry &entry) {
  const char *name = parts.back().c_str();
  struct stat status {};
  bool exists = mkdirat(folders_.parent(), name, 0700) != 0;
  if (exists && errno != EEXIST) folders_.fail("cannot make the folder", parts, errno);
  bool is_folder =
      exists && fstatat(folders_.parent(), name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
  if (exists && !is_folder) {
    clear(parts);
    if (mkdirat(folders_.parent(), name, 0700) != 0) folders_.fail("cannot make the folder", parts, errno);
  }
  if (!is_folder) facts_.forget(joined(parts, parts.size()));
  if (is_folder) remember(parts, entry);  // something else may have been before
  if (!open_.empty() && open_.back().parts == parts) open_.pop_back();
  open_.push_back({parts, entry});
}

// Folders get mode and time when nothing more comes into them: archives go through a tree in order.
void TreeExtraction::leave_folders(const Parts &next) {
  while (!open_.empty()) {
    const Folder &last = open_.back();
    bool stays = next.size() >= last.parts.size() && std::equal(last.parts.begin(), last.parts.end(), next.begin());
    if (stays) return;
    Fd folder = folders_.open(last.parts, last.parts.size(), O_RDONLY);
    dress(folder.get(), last.parts, last.entry);
    open_.pop_back();
  }
}

// --- everything else -------------------------------------------------------------------------------------------------

// Makes room where an earlier entry had the same name.
void TreeExtraction::clear(const Parts &parts) {
  const char *name = parts.back().c_str();
  if (unlinkat(folders_.parent(), name, 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR) folders_.fail("cannot replace", parts, errno);
  if (unlinkat(folders_.parent(), name, AT_REMOVEDIR) != 0) {
    if (errno == ENOTEMPTY) reject_entry(joined(parts, parts.size()), "takes the place of a folder that is not empty");
    folders_.fail("cannot replace", parts, errno);
  }
  if (!open_.empty() && open_.back().parts == parts) open_.pop_back();
}

void TreeExtraction::make_file(const Parts &parts, const ArchiveEntry &entry) {
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  file_.reset(openat(folders_.parent(), parts.back().c_str(), flags, 0600));
  if (!file_ && errno == EEXIST) {
    clear(parts);
    file_.reset(openat(folders_.parent(), parts.back().c_str(), flags, 0600));
  }
  if (!file_) folders_.fail("cannot make", parts, errno);
  parts_ = parts;
  entry_ = entry;
}

void TreeExtraction::make_symlink(const Parts &parts, const ArchiveEntry &entry) {
  const char *name = parts.back().c_str();
  if (entry.target.empty()) reject_entry(entry.name, "is a link to nothing");
  int result = symlinkat(entry.target.c_str(), folders_.parent(), name);
  if (result != 0 && errno == EEXIST) {
    clear(parts);
    result = symlinkat(entry.target.c_str(), folders_.parent(), name);
  }
  if (result != 0) folders_.fail("cannot make the link", parts, errno);
  bool is_told = set_owner(folders_.parent(), name, entry) && entry.attributes.empty();
  const timespec time{entry.mtime, entry.mtime_ns};
  const timespec times[] = {time, time};
  if (utimensat(folders_.parent(), name, times, AT_SYMLINK_NOFOLLOW) != 0)
    folders_.fail("cannot set the time of", parts, errno);
  if (!is_told) remember(parts, entry);
}

// To what the archive had before, by a name in it; of what is remembered, this name has the same.
void TreeExtraction::make_link(const Parts &parts, const ArchiveEntry &entry) {
  Parts target = place_of(entry.target);
  if (target.empty() || target == parts) reject_entry(entry.name, "is a link to itself or its folder");
  clear(parts);
  std::optional<FileFacts> facts;
  if (const FileFacts *known = facts_.find(joined(target, target.size()))) facts = *known;
  bool is_on_disk = !facts || facts->is_on_disk;
  if (is_on_disk && !link_to(target, parts)) reject_entry(entry.name, "is a link to what is no file of the archive");
  if (facts) remember(joined(parts, parts.size()), *facts);
}

// False: there is no such file.
bool TreeExtraction::link_to(const Parts &target, const Parts &parts) {
  Fd folder;
  try {
    folder = folders_.open(target, target.size() - 1, O_PATH);
  } catch (const Failure &failure) {
    if (failure.code == Code::not_found) return false;
    throw;
  }
  const char *name = target.back().c_str();
  struct stat status {};
  if (fstatat(folder.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(status.st_mode)) return false;
  if (linkat(folder.get(), name, folders_.parent(), parts.back().c_str(), 0) != 0)
    folders_.fail(concat("cannot make ", folders_.path_of(parts), " a link to"), target, errno);
  return true;
}

void TreeExtraction::data(std::string_view bytes) {
  pieces_.add(bytes);
  if (pieces_.are_many()) flush();
}

void TreeExtraction::flush() {
  int error_number = pieces_.write_to(file_.get());
  if (error_number != 0) folders_.fail("cannot write", parts_, error_number);
}

void TreeExtraction::complete() {
  if (!file_) return;
  flush();
  dress(file_.get(), parts_, entry_);
  file_.reset();
}

TreeFacts TreeExtraction::finish() {
  complete();
  leave_folders({});
  return std::move(facts_);
}

}  // namespace conu
