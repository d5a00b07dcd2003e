// Where a tree is shown on this host, and the record of it.
//
// A fresh mount point is a folder "PID.START.NAMESPACE.BOOT.MOMENT". For one that was chosen there is a folder of that
// name with ".chosen" behind, in which are notes: "place", whether it was made, device and inode of the folder, its
// path; and "mount", the number of what is mounted there, or "files", which says that files were put into it. Who is
// about to mount there holds a lock on that folder, which a program that mounts for us keeps when we are killed.
#include "filesystem/mount_point.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <vector>

#include "filesystem/remove_tree.h"
#include "util/clock.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/folder.h"
#include "util/log.h"
#include "util/path.h"
#include "util/process_identity.h"
#include "util/text.h"

namespace conu {

static Fd open_without_links(const std::string &path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_NO_SYMLINKS;
  return Fd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

// A folder and where it is without links: the kernel's table of mounts has it by this path. Most paths have none.
static Target opened(const std::string &path) {
  const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  Fd folder = open_without_links(path, flags);
  if (folder) return {path, std::move(folder)};
  folder = Fd(open(path.c_str(), flags));
  if (!folder) throw_system_failure({"cannot open the folder ", path}, errno);
  std::string link = path_of_descriptor(folder.get());
  char real[PATH_MAX];
  ssize_t size = readlink(link.c_str(), real, sizeof real);
  if (size < 0) throw_system_failure({"cannot read ", link}, errno);
  return {std::string(real, static_cast<size_t>(size)), std::move(folder)};
}

// The folder of records; none where there is none. Others may put something of its name there, too.
static Target open_records() {
  const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const uid_t user = geteuid();
  Target records{concat(absolute_path(environment("TMPDIR").value_or("/tmp")), "/conu-", decimal(user))};
  records.folder = open_without_links(records.path, flags);
  if (!records.folder && errno == ENOENT) return records;
  if (!records.folder) {
    records.path = concat(opened(parent_path(records.path)).path, "/", last_component(records.path));
    records.folder = Fd(open(records.path.c_str(), flags));
    if (!records.folder && errno != ENOTDIR && errno != ELOOP) return records;
  }
  struct stat status {};
  bool is_ours = records.folder && fstat(records.folder.get(), &status) == 0 && status.st_uid == user &&
                 (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (!is_ours)
    throw_failure(Code::permission, {"cannot keep mounts in ", records.path, ": somebody else has taken the name"},
                  "remove it, or set TMPDIR to a folder of your own");
  return records;
}

// The folder of records stays, empty: to make it anew each time would cost as much as the mount.
static std::string new_record(const std::string &ending) {
  Target records = open_records();
  if (!records.folder && (mkdir(records.path.c_str(), 0700) == 0 || errno == EEXIST)) records = open_records();
  std::string record;
  int made = records.folder ? EEXIST : errno;
  while (made == EEXIST) {  // another thread may come in the same moment
    record = concat(records.path, "/", own_identity().text(), ".", decimal(monotonic_ns()), ending);
    made = mkdir(record.c_str(), 0700) == 0 ? 0 : errno;
  }
  if (made == 0) return record;
  Failure failure = system_failure(concat("cannot make a folder in ", records.path), made);
  if (failure.hint.empty()) failure.hint = "set TMPDIR to a folder that is there and that you may write to";
  throw failure;
}

// Nothing where somebody else holds it.
static Fd locked(const std::string &record) {
  Fd folder(open(record.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder || flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return Fd();
  return folder;
}

// What cannot be read is left as it is.
static std::vector<std::string> names_in(const Fd &folder) {
  return names_in(folder.get(), ".").value_or(std::vector<std::string>());
}

// --- making and removing ---------------------------------------------------------------------------------------------

static void check_free(const Target &target) {
  struct statx status {};
  if (statx(target.folder.get(), "", AT_EMPTY_PATH, STATX_TYPE, &status) != 0)
    throw_system_failure({"cannot look at ", target.path}, errno);
  if (status.stx_attributes & STATX_ATTR_MOUNT_ROOT)
    throw_failure(Code::conflict, {"cannot mount at ", target.path, ": something is mounted there already"});
  if (!names_in(target.folder).empty())
    throw_failure(Code::conflict, {"cannot mount at ", target.path, ": the folder is not empty"},
                  "name an empty folder, one that does not exist, or none");
}

void MountPoint::write_note(const char *name, const std::string &text) const {
  write_new_file(concat(record_, "/", name), text, 0600);
}

static bool exists(const std::string &path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

Task<std::unique_ptr<MountPoint>> MountPoint::make(std::string chosen) {
  std::unique_ptr<MountPoint> point(new MountPoint);
  point->record_ = new_record(chosen.empty() ? "" : ".chosen");
  Target &target = point->target_;
  if (chosen.empty()) {
    target.path = point->record_;
    co_return point;
  }
  bool is_made = !exists(chosen);
  DirectoryOptions options;
  options.path = absolute_path(chosen);
  point->chosen_ = co_await Directory::make(options);
  target = opened(options.path);
  check_free(target);
  target.hold = locked(point->record_);
  struct stat status {};
  if (fstat(target.folder.get(), &status) != 0) throw_system_failure({"cannot look at ", target.path}, errno);
  point->write_note("place", concat(is_made ? "made" : "given", " ", decimal(status.st_dev), " ",
                                    decimal(status.st_ino), " ", target.path));
  co_return point;
}

void MountPoint::note_files() {
  target_.hold.reset();  // nothing will be mounted
  if (chosen_) write_note("files", "");
}

void MountPoint::note_mount() {
  target_.folder.reset();
  target_.hold.reset();
  if (chosen_) write_note("mount", decimal(mount_number(target_.path)));
}

static void remove_file(const std::string &path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) throw_system_failure({"cannot remove ", path}, errno);
}

static void remove_folder(const std::string &path) {
  if (rmdir(path.c_str()) != 0 && errno != ENOENT) throw_system_failure({"cannot remove ", path}, errno);
}

// The folder itself last: as long as it is there, a sweep finds the rest.
static void remove_notes(const std::string &record) {
  for (const char *note : {"/place", "/mount", "/files"}) remove_file(concat(record, note));
  remove_folder(record);
}

void MountPoint::remove() {
  if (record_.empty()) return;
  if (chosen_) chosen_->remove();
  if (chosen_)
    remove_notes(record_);
  else
    remove_folder(record_);
  record_.clear();
}

MountPoint::~MountPoint() {
  try {
    remove();
  } catch (const Failure &failure) {
    log(LogLevel::warning, failure.message);
  }
}

// --- what the dead have left -----------------------------------------------------------------------------------------

static bool is_of_dead(const std::string &record) {
  auto parts = split(record, '.');
  bool is_record = parts.size() == 5 || (parts.size() == 6 && parts[5] == "chosen");
  return is_record &&
         is_dead(std::string_view(record).substr(0, static_cast<size_t>(parts[4].data() - record.data() - 1)));
}

// What a process has mounted that was killed before it noted so: at this path there was nothing when it came, and what
// is there now is like our mounts, and no other record's.
static bool is_unnoted_mount(const std::string &path) {
  struct statx status {};
  struct statvfs flags {};
  bool is_mount = statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &status) == 0 &&
                  (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && statvfs(path.c_str(), &flags) == 0;
  const unsigned long ours = ST_RDONLY | ST_NOSUID | ST_NODEV;
  if (!is_mount || (flags.f_flag & ours) != ours) return false;
  const std::string number = decimal(static_cast<int64_t>(status.stx_mnt_id));
  Target records = open_records();
  for (const std::string &name : names_in(records.folder))
    if (read_file(concat(records.path, "/", name, "/mount")) == number) return false;
  return true;
}

static bool take_off(const std::string &path) { return umount2(path.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0; }

// A folder that a dead process was told to mount on: only what it mounted goes, and only that very folder is touched.
static void sweep_chosen(const std::string &record, const std::string &note) {
  auto parts = split(note, ' ');
  if (parts.size() < 4) return;
  bool is_made = parts[0] == "made";
  size_t path_at = parts[0].size() + parts[1].size() + parts[2].size() + 3;
  std::string path = note.substr(path_at), number = read_file(concat(record, "/mount")).value_or("");
  // It was empty before they came.
  bool has_files = exists(concat(record, "/files"));
  bool is_mounted = number.empty() ? !has_files && is_unnoted_mount(path) : decimal(mount_number(path)) == number;
  if (is_mounted) take_off(path);
  Fd folder(open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  bool is_same = folder && fstat(folder.get(), &status) == 0 && decimal(status.st_dev) == parts[1] &&
                 decimal(status.st_ino) == parts[2];
  if (!is_same) return;
  std::string itself = concat(path_of_descriptor(folder.get()), "/");
  for (const std::string &name : has_files ? names_in(folder) : std::vector<std::string>())
    if (unlinkat(folder.get(), name.c_str(), 0) != 0) remove_tree(concat(itself, name));
  if (is_made) remove_folder(path);
}

// A program that mounts for a dead process may do so until the folder is gone.
static void sweep_fresh(const std::string &record) {
  for (;;) {
    while (take_off(record)) {
    }
    try {
      return remove_tree(record);
    } catch (const Failure &) {
      if (!take_off(record)) throw;
    }
  }
}

static void sweep_record(const std::string &record) {
  if (record.ends_with(".chosen")) {
    Fd hold = locked(record);
    if (!hold) return;  // something of theirs is about to mount there
    if (auto note = read_file(concat(record, "/place"))) sweep_chosen(record, *note);
    remove_notes(record);
  } else {
    sweep_fresh(record);
  }
}

void sweep_mounts() {
  Target records = open_records();
  if (!records.folder) return;
  std::exception_ptr first;
  for (const std::string &name : names_in(records.folder)) {
    try {
      if (is_of_dead(name)) sweep_record(concat(records.path, "/", name));
    } catch (const Failure &) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace conu
