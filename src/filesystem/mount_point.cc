// Where a tree is shown on this host, and the record of it.
//
// A record is a folder "PID.START.NAMESPACE.BOOT.RANDOM". In it are either "tree", the mount point, or "chosen", a note
// of a mount point elsewhere: whether it was made, device and inode of the folder, its path. With that note goes
// "mount", the number of what is mounted there, or "files", which says that files were put into it.
#include "filesystem/mount_point.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <vector>

#include "filesystem/remove_tree.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/log.h"
#include "util/path.h"
#include "util/process_identity.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

static std::string records_folder() {
  return absolute_path(environment("TMPDIR").value_or("/tmp")) + "/conu-" + std::to_string(geteuid());
}

// Others may put something of this name there, too.
static Fd open_records(const std::string &path) {
  Fd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder && errno != ENOTDIR && errno != ELOOP) return folder;
  struct stat status {};
  bool is_ours = folder && fstat(folder.get(), &status) == 0 && status.st_uid == geteuid() &&
                 (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (!is_ours)
    throw Failure(Code::permission, "cannot keep mounts in " + path + ": somebody else has taken the name",
                  "remove it, or set TMPDIR to a folder of your own");
  return folder;
}

static std::string new_record() {
  static const std::string common = "." + process_namespace() + "." + boot_id() + ".";
  const std::string folder = records_folder();
  std::string record =
      folder + "/" + std::to_string(getpid()) + "." + start_time(getpid()) + common + random_string(12);
  // Whoever removes the last record takes the folder with it.
  for (int attempts = 0; attempts < 100; attempts++) {
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) break;
    if (!open_records(folder)) continue;
    if (mkdir(record.c_str(), 0700) == 0) return record;
    if (errno != ENOENT) break;
  }
  throw system_failure("cannot make the folder " + record, errno);
}

static std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  Fd copy(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::unique_ptr<DIR, int (*)(DIR *)> stream(fdopendir(copy.get()), closedir);
  if (!stream) return names;
  copy.release();
  while (const dirent *entry = readdir(stream.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

// --- making and removing ---------------------------------------------------------------------------------------------

static void check_free(const Target &target) {
  struct statx status {};
  if (statx(target.folder.get(), "", AT_EMPTY_PATH, STATX_TYPE, &status) != 0)
    throw system_failure("cannot look at " + target.path, errno);
  if (status.stx_attributes & STATX_ATTR_MOUNT_ROOT)
    throw Failure(Code::conflict, "cannot mount at " + target.path + ": something is mounted there already");
  if (!names_in(target.folder.get()).empty())
    throw Failure(Code::conflict, "cannot mount at " + target.path + ": the folder is not empty",
                  "name an empty folder, one that does not exist, or none");
}

void MountPoint::write_note(const char *name, const std::string &text) const {
  std::string path = record_ + "/" + name;
  Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw system_failure("cannot write " + path, errno);
}

// Where it is without links: the kernel's table of mounts has it by this path.
static std::string real_path(const Fd &folder) {
  std::string link = "/proc/self/fd/" + std::to_string(folder.get());
  char path[PATH_MAX];
  ssize_t size = readlink(link.c_str(), path, sizeof path);
  if (size < 0) throw system_failure("cannot read " + link, errno);
  return {path, static_cast<size_t>(size)};
}

static bool exists(const std::string &path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

Task<std::unique_ptr<MountPoint>> MountPoint::make(std::string chosen) {
  std::unique_ptr<MountPoint> point(new MountPoint);
  point->record_ = new_record();
  bool is_made = chosen.empty() || !exists(chosen);
  if (chosen.empty()) {
    point->target_.path = point->record_ + "/tree";
    if (mkdir(point->target_.path.c_str(), 0700) != 0)
      throw system_failure("cannot make the folder " + point->target_.path, errno);
  } else {
    DirectoryOptions options;
    options.path = absolute_path(chosen);
    point->chosen_ = co_await Directory::make(options);
    point->target_.path = point->chosen_->path();
  }
  Target &target = point->target_;
  target.folder = Fd(open(target.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!target.folder) throw system_failure("cannot open the folder " + target.path, errno);
  target.path = real_path(target.folder);
  check_free(target);
  struct stat status {};
  if (fstat(target.folder.get(), &status) != 0) throw system_failure("cannot look at " + target.path, errno);
  if (!chosen.empty())
    point->write_note("chosen", std::string(is_made ? "made" : "given") + " " + std::to_string(status.st_dev) + " " +
                                    std::to_string(status.st_ino) + " " + target.path);
  co_return point;
}

void MountPoint::note_files() {
  if (chosen_) write_note("files", "");
}

void MountPoint::note_mount() {
  target_.folder.reset();
  if (chosen_) write_note("mount", std::to_string(mount_number(target_.path)));
}

static void remove_file(const std::string &path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) throw system_failure("cannot remove " + path, errno);
}

static void remove_folder(const std::string &path) {
  if (rmdir(path.c_str()) != 0 && errno != ENOENT) throw system_failure("cannot remove " + path, errno);
}

// The record itself last: as long as it is there, a sweep finds the rest.
static void remove_record(const std::string &record) {
  remove_folder(record + "/tree");
  remove_file(record + "/chosen");
  remove_file(record + "/mount");
  remove_file(record + "/files");
  remove_folder(record);
  rmdir(parent_path(record).c_str());  // where it was the last
}

void MountPoint::remove() {
  if (record_.empty()) return;
  if (chosen_) chosen_->remove();
  remove_record(record_);
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

// In doubt it lives, as that of another container does, whose processes cannot be seen from here.
static bool is_of_dead(const std::string &record) {
  auto parts = split(record, '.');
  if (parts.size() != 5) return false;
  if (parts[3] != boot_id()) return true;
  if (parts[2] != process_namespace()) return false;
  pid_t pid = 0;
  auto [end, error] = std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), pid);
  if (error != std::errc() || end != parts[0].data() + parts[0].size() || pid <= 0) return false;
  return start_time(pid) != parts[1];
}

static void detach(const std::string &path) {
  while (umount2(path.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0) {
  }
}

// A folder that a dead process was told to mount on: only what it mounted goes, and only that very folder is touched.
static void sweep_chosen(const std::string &record, const std::string &note) {
  auto parts = split(note, ' ');
  if (parts.size() < 4) return;
  bool is_made = parts[0] == "made";
  size_t path_at = parts[0].size() + parts[1].size() + parts[2].size() + 3;
  std::string path = note.substr(path_at), number = read_file(record + "/mount").value_or("");
  if (!number.empty() && std::to_string(mount_number(path)) == number)
    umount2(path.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH);
  Fd folder(open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  bool is_same = folder && fstat(folder.get(), &status) == 0 && std::to_string(status.st_dev) == parts[1] &&
                 std::to_string(status.st_ino) == parts[2];
  if (!is_same) return;
  std::string itself = "/proc/self/fd/" + std::to_string(folder.get()) + "/";
  // It was empty before they came.
  bool has_files = exists(record + "/files");
  for (const std::string &name : has_files ? names_in(folder.get()) : std::vector<std::string>())
    if (unlinkat(folder.get(), name.c_str(), 0) != 0) remove_tree(itself + name);
  if (is_made) remove_folder(path);
}

static void sweep_record(const std::string &record) {
  std::string tree = record + "/tree";
  detach(tree);
  remove_tree(tree);
  if (auto note = read_file(record + "/chosen")) sweep_chosen(record, *note);
  remove_record(record);
}

void sweep_mounts() {
  const std::string path = records_folder();
  Fd folder = open_records(path);
  if (!folder) return;
  std::exception_ptr first;
  for (const std::string &name : names_in(folder.get())) {
    try {
      if (is_of_dead(name)) sweep_record(path + "/" + name);
    } catch (const Failure &) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace conu
