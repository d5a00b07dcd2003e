// Putting what an archive holds into a folder, and nothing outside of it.
#include "filesystem/extraction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "util/failure.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

using Type = ArchiveEntry::Type;

[[noreturn]] static void reject(const std::string &name, const char *reason) {
  throw Failure(Code::protocol, "the entry " + in_quotes(name) + " of the archive " + reason);
}

// Of what was found by O_PATH, which no link can turn into something else.
static bool set_mode(int found, unsigned mode) {
  return chmod(("/proc/self/fd/" + std::to_string(found)).c_str(), mode) == 0;
}
static bool set_time(int found, const timespec &time) {
  const timespec times[] = {time, time};
  return utimensat(AT_FDCWD, ("/proc/self/fd/" + std::to_string(found)).c_str(), times, 0) == 0;
}

Extraction::Extraction(std::string folder, std::string name, bool is_whole)
    : folder_(std::move(folder)),
      name_(std::move(name)),
      is_whole_(is_whole),
      root_(open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
      temporary_prefix_(".conu-" + random_string(12) + "-") {
  if (!root_) throw system_failure("cannot open the folder " + folder_, errno);
}

Extraction::~Extraction() { give_up(); }

void Extraction::give_up() noexcept {
  if (std::exchange(is_under_way_, false)) unlinkat(parent_.get(), temporary_.c_str(), 0);
}

void Extraction::fail(const std::string &what, const Parts &parts, int error_number) const {
  throw system_failure(what + " " + path_of(parts), error_number);
}

// --- names -----------------------------------------------------------------------------------------------------------

Extraction::Parts Extraction::parts_of(const std::string &name) {
  // No engine can read it by such a name, and no user could reach what it would make here.
  if (name.size() > PATH_MAX) reject(name.substr(0, 100) + "…", "has too long a name");
  if (name.starts_with('/') && !is_whole_) reject(name, "has an absolute name");
  Parts parts;
  for (std::string_view part : split(name, '/')) {
    if (part == "..") reject(name, "leads out of its folder");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  if (!is_whole_) {
    if (parts.empty()) reject(name, "has no name");
    if (base_.empty()) base_ = parts[0];
    if (parts[0] != base_) reject(name, "is no part of what was asked for");
    parts.erase(parts.begin());
  }
  if (!name_.empty()) parts.insert(parts.begin(), name_);
  return parts;
}

std::string Extraction::path_of(const Parts &parts) const {
  std::string path = folder_;
  for (const std::string &part : parts) path += (path.ends_with('/') ? "" : "/") + part;
  return path;
}

// --- folders ---------------------------------------------------------------------------------------------------------

// Opens what the first `count` parts name, one by one.
Fd Extraction::walk(const Parts &parts, size_t count, bool creates) const {
  Fd folder(openat(root_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) fail("cannot open the folder", {}, errno);
  for (size_t i = 0; i < count; i++) {
    const char *name = parts[i].c_str();
    Fd next(openat(folder.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next && errno == ENOENT && creates && mkdirat(folder.get(), name, 0777) == 0)
      next.reset(openat(folder.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next && (errno == ENOTDIR || errno == ELOOP)) reject(path_of(parts), "leads through what is no folder");
    if (!next) fail("cannot open a folder on the way to", parts, errno);
    folder = std::move(next);
  }
  return folder;
}

// Opens the folder that the entry is in.
void Extraction::enter(const Parts &parts) {
  Parts parent(parts.begin(), parts.end() - 1);
  if (parent_ && parent == parent_parts_) return;
  parent_ = walk(parts, parent.size(), true);
  parent_parts_ = std::move(parent);
}

// Folders get their mode and their time when nothing more comes into them: archives go through a tree in order.
void Extraction::leave_folders(const Parts &next) {
  while (!open_.empty()) {
    const Folder &last = open_.back();
    bool stays = next.size() >= last.parts.size() && std::equal(last.parts.begin(), last.parts.end(), next.begin());
    if (stays) return;
    Fd folder = walk(last.parts, last.parts.size(), false);
    if (!set_mode(folder.get(), last.mode)) fail("cannot set the mode of", last.parts, errno);
    if (!set_time(folder.get(), last.time)) fail("cannot set the time of", last.parts, errno);
    open_.pop_back();
  }
}

void Extraction::make_folder(const Parts &parts, const ArchiveEntry &entry) {
  if (mkdirat(parent_.get(), parts.back().c_str(), 0700) != 0) {
    if (errno != EEXIST) fail("cannot make the folder", parts, errno);
    struct stat status {};
    if (fstatat(parent_.get(), parts.back().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      fail("cannot look at", parts, errno);
    if (!S_ISDIR(status.st_mode))
      throw Failure(Code::conflict, "cannot put a folder in the place of " + path_of(parts) + ", which is none");
  }
  if (!open_.empty() && open_.back().parts == parts) open_.pop_back();
  open_.push_back({parts, entry.mode, {entry.mtime, entry.mtime_ns}});
}

// --- everything else -------------------------------------------------------------------------------------------------

void Extraction::begin(const ArchiveEntry &entry) {
  complete();
  Parts parts = parts_of(entry.name);
  leave_folders(parts);
  bool is_folder = entry.type == Type::folder;
  if (parts.empty() && !is_folder) reject(entry.name, "is no folder");
  if (parts.empty()) return;  // the folder that is there already, and stays as it is
  enter(parts);
  if (is_folder)
    make_folder(parts, entry);
  else
    begin_other(parts, entry);
}

void Extraction::begin_other(const Parts &parts, const ArchiveEntry &entry) {
  struct stat status {};
  bool exists = fstatat(parent_.get(), parts.back().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && S_ISDIR(status.st_mode))
    throw Failure(Code::conflict, "cannot put a file in the place of the folder " + path_of(parts));
  parts_ = parts;
  temporary_ = temporary_prefix_ + std::to_string(made_++);
  mode_ = entry.mode;
  time_ = {entry.mtime, entry.mtime_ns};
  type_ = entry.type;
  int result = 0;
  switch (entry.type) {
    case Type::file:
      file_.reset(
          openat(parent_.get(), temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!file_) result = -1;
      break;
    case Type::symlink:
      result = symlinkat(entry.target.c_str(), parent_.get(), temporary_.c_str());
      break;
    case Type::hard_link:
      make_link(entry);
      break;
    case Type::fifo:
      result = mknodat(parent_.get(), temporary_.c_str(), S_IFIFO | 0600, 0);
      break;
    default: {
      mode_t type = entry.type == Type::block_device ? S_IFBLK : S_IFCHR;
      result = mknodat(parent_.get(), temporary_.c_str(), type | 0600, makedev(entry.major, entry.minor));
    }
  }
  if (result != 0) fail("cannot make", parts, errno);
  is_under_way_ = true;
}

// To what the archive had before, by a name in it.
void Extraction::make_link(const ArchiveEntry &entry) {
  Parts target = parts_of(entry.target);
  if (target.empty()) reject(entry.name, "is a link to its folder");
  Fd folder = walk(target, target.size() - 1, false);
  if (linkat(folder.get(), target.back().c_str(), parent_.get(), temporary_.c_str(), 0) != 0)
    fail("cannot make " + path_of(parts_) + " a link to", target, errno);
}

void Extraction::data(std::string_view bytes) {
  pieces_.push_back({const_cast<char *>(bytes.data()), bytes.size()});
  const size_t many = 64;
  if (pieces_.size() >= many) flush();
}

void Extraction::flush() {
  for (size_t next = 0; next < pieces_.size();) {
    ssize_t n = writev(file_.get(), pieces_.data() + next, static_cast<int>(pieces_.size() - next));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", parts_, errno);
    auto left = static_cast<size_t>(n);
    while (next < pieces_.size() && left >= pieces_[next].iov_len) left -= pieces_[next++].iov_len;
    if (left == 0) continue;
    pieces_[next].iov_base = static_cast<char *>(pieces_[next].iov_base) + left;
    pieces_[next].iov_len -= left;
  }
  pieces_.clear();
}

// What is whole gets its mode, its time and its name. A hard link has those of its target.
void Extraction::complete() {
  if (!is_under_way_) return;
  flush();
  file_.reset();
  if (type_ == Type::symlink) {
    const timespec times[] = {time_, time_};
    if (utimensat(parent_.get(), temporary_.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
      fail("cannot set the time of", parts_, errno);
  } else if (type_ != Type::hard_link) {
    Fd found(openat(parent_.get(), temporary_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!found || !set_mode(found.get(), mode_) || !set_time(found.get(), time_))
      fail("cannot set mode and time of", parts_, errno);
  }
  if (renameat(parent_.get(), temporary_.c_str(), parent_.get(), parts_.back().c_str()) != 0)
    fail("cannot put in its place", parts_, errno);
  if (type_ == Type::hard_link) give_up();  // of two names of one file, renaming leaves both
  is_under_way_ = false;
}

void Extraction::finish() {
  complete();
  leave_folders({});
}

}  // namespace conu
