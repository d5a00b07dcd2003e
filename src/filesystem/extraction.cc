// Putting what an archive holds into a folder that may hold something already, and nothing outside of it.
#include "filesystem/extraction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/failure.h"
#include "util/path.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

using Type = ArchiveEntry::Type;

// Of what was found by O_PATH, which no link can turn into something else.
static bool set_mode(int found, unsigned mode) { return chmod(path_of_descriptor(found).c_str(), mode) == 0; }
static bool set_time(int found, const timespec &time) {
  const timespec times[] = {time, time};
  return utimensat(AT_FDCWD, path_of_descriptor(found).c_str(), times, 0) == 0;
}

Extraction::Extraction(std::string folder, std::string name, bool is_whole)
    : folders_(std::move(folder)),
      name_(std::move(name)),
      is_whole_(is_whole),
      temporary_prefix_(concat(".conu-", random_string(12), "-")) {}

Extraction::~Extraction() { give_up(); }

void Extraction::give_up() noexcept {
  if (std::exchange(is_under_way_, false)) unlinkat(folders_.parent(), temporary_.c_str(), 0);
}

Parts Extraction::place_of(const std::string &name) {
  Parts parts = parts_of(name);
  if (name.starts_with('/') && !is_whole_) reject_entry(name, "has an absolute name");
  if (!is_whole_) {
    if (parts.empty()) reject_entry(name, "has no name");
    if (base_.empty()) base_ = parts[0];
    if (parts[0] != base_) reject_entry(name, "is no part of what was asked for");
    parts.erase(parts.begin());
  }
  if (!name_.empty()) parts.insert(parts.begin(), name_);
  return parts;
}

// --- folders ---------------------------------------------------------------------------------------------------------

// Folders get their mode and their time when nothing more comes into them: archives go through a tree in order.
void Extraction::leave_folders(const Parts &next) {
  while (!open_.empty()) {
    const Folder &last = open_.back();
    bool stays = next.size() >= last.parts.size() && std::equal(last.parts.begin(), last.parts.end(), next.begin());
    if (stays) return;
    Fd folder = folders_.open(last.parts, last.parts.size(), O_PATH);
    if (!set_mode(folder.get(), last.mode)) folders_.fail("cannot set the mode of", last.parts, errno);
    if (!set_time(folder.get(), last.time)) folders_.fail("cannot set the time of", last.parts, errno);
    open_.pop_back();
  }
}

void Extraction::make_folder(const Parts &parts, const ArchiveEntry &entry) {
  if (mkdirat(folders_.parent(), parts.back().c_str(), 0700) != 0) {
    if (errno != EEXIST) folders_.fail("cannot make the folder", parts, errno);
    struct stat status {};
    if (fstatat(folders_.parent(), parts.back().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      folders_.fail("cannot look at", parts, errno);
    if (!S_ISDIR(status.st_mode))
      throw_failure(Code::conflict,
                    {"cannot put a folder in the place of ", folders_.path_of(parts), ", which is none"});
  }
  if (!open_.empty() && open_.back().parts == parts) open_.pop_back();
  open_.push_back({parts, entry.mode, {entry.mtime, entry.mtime_ns}});
}

// --- everything else -------------------------------------------------------------------------------------------------

void Extraction::begin(const ArchiveEntry &entry) {
  complete();
  Parts parts = place_of(entry.name);
  leave_folders(parts);
  bool is_folder = entry.type == Type::folder;
  if (parts.empty() && !is_folder) reject_entry(entry.name, "is no folder");
  if (parts.empty()) return;  // the folder that is there already, and stays as it is
  folders_.enter(parts);
  if (is_folder)
    make_folder(parts, entry);
  else
    begin_other(parts, entry);
}

void Extraction::begin_other(const Parts &parts, const ArchiveEntry &entry) {
  struct stat status {};
  bool exists = fstatat(folders_.parent(), parts.back().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && S_ISDIR(status.st_mode))
    throw_failure(Code::conflict, {"cannot put a file in the place of the folder ", folders_.path_of(parts)});
  parts_ = parts;
  temporary_ = concat(temporary_prefix_, decimal(made_++));
  mode_ = entry.mode;
  time_ = {entry.mtime, entry.mtime_ns};
  type_ = entry.type;
  int result = 0;
  switch (entry.type) {
    case Type::file:
      file_.reset(
          openat(folders_.parent(), temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!file_) result = -1;
      break;
    case Type::symlink:
      result = symlinkat(entry.target.c_str(), folders_.parent(), temporary_.c_str());
      break;
    case Type::hard_link:
      make_link(entry);
      break;
    case Type::fifo:
      result = mknodat(folders_.parent(), temporary_.c_str(), S_IFIFO | 0600, 0);
      break;
    default: {
      mode_t type = entry.type == Type::block_device ? S_IFBLK : S_IFCHR;
      result = mknodat(folders_.parent(), temporary_.c_str(), type | 0600, makedev(entry.major, entry.minor));
    }
  }
  if (result != 0) folders_.fail("cannot make", parts, errno);
  is_under_way_ = true;
}

// To what the archive had before, by a name in it.
void Extraction::make_link(const ArchiveEntry &entry) {
  Parts target = place_of(entry.target);
  if (target.empty()) reject_entry(entry.name, "is a link to its folder");
  Fd folder = folders_.open(target, target.size() - 1, O_PATH);
  if (linkat(folder.get(), target.back().c_str(), folders_.parent(), temporary_.c_str(), 0) != 0)
    folders_.fail(concat("cannot make ", folders_.path_of(parts_), " a link to"), target, errno);
}

void Extraction::data(std::string_view bytes) {
  pieces_.add(bytes);
  if (pieces_.are_many()) flush();
}

void Extraction::flush() {
  int error_number = pieces_.write_to(file_.get());
  if (error_number != 0) folders_.fail("cannot write", parts_, error_number);
}

// What is whole gets its mode, its time and its name. A hard link has those of its target.
void Extraction::complete() {
  if (!is_under_way_) return;
  flush();
  file_.reset();
  if (type_ == Type::symlink) {
    const timespec times[] = {time_, time_};
    if (utimensat(folders_.parent(), temporary_.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
      folders_.fail("cannot set the time of", parts_, errno);
  } else if (type_ != Type::hard_link) {
    Fd found(openat(folders_.parent(), temporary_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!found || !set_mode(found.get(), mode_) || !set_time(found.get(), time_))
      folders_.fail("cannot set mode and time of", parts_, errno);
  }
  if (renameat(folders_.parent(), temporary_.c_str(), folders_.parent(), parts_.back().c_str()) != 0)
    folders_.fail("cannot put in its place", parts_, errno);
  if (type_ == Type::hard_link) give_up();  // of two names of one file, renaming leaves both
  is_under_way_ = false;
}

void Extraction::finish() {
  complete();
  leave_folders({});
}

}  // namespace conu
