// Copying files out of a tree to this host.
//
// Names are opened one by one in folders that are open already. Going up is "..", so that a tree of any depth takes two
// descriptors; it must lead to the folder that was left on the way down.
#include "filesystem/tree_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "filesystem/remove_tree.h"
#include "util/failure.h"
#include "util/log.h"
#include "util/path.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

static std::string below(const std::string &folder, const std::string &name) {
  return folder.empty() || folder.ends_with('/') ? concat(folder, name) : concat(folder, "/", name);
}

static struct stat status_of(int fd, const std::string &path) {
  struct stat status {};
  if (fstat(fd, &status) != 0) throw_system_failure({"cannot look at ", path}, errno);
  return status;
}

// Mode last: it may take away the right to do the rest.
static void set_properties(int fd, const FileStatus &status, const std::string &path) {
  const FileFacts &facts = status.facts;
  for (const auto &[name, value] : facts.attributes)
    if (name.starts_with("user."))
      fsetxattr(fd, name.c_str(), value.data(), value.size(), 0);  // if the disk keeps such
  const timespec time = {facts.mtime, facts.mtime_ns}, times[] = {time, time};
  if (futimens(fd, times) != 0 || fchmod(fd, facts.mode & 01777) != 0)
    throw_system_failure({"cannot set mode and time of the copy of ", path}, errno);
}

// --- content ---------------------------------------------------------------------------------------------------------

void TreeCopy::copy_range(int from, int to, off_t begin, off_t end, const std::string &path) {
  const off_t piece = 1 << 20;
  bool in_kernel = true;
  while (begin < end) {
    point_.check();
    auto size = static_cast<size_t>(std::min(piece, end - begin));
    loff_t at_source = begin, at_dest = begin;
    ssize_t n = in_kernel ? copy_file_range(from, &at_source, to, &at_dest, size, 0) : 0;
    if (n <= 0) {  // between these two file systems it does not work, or not with a file of this kind
      in_kernel = false;
      buffer_.resize(static_cast<size_t>(piece));
      n = pread(from, buffer_.data(), size, begin);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_system_failure({"cannot read ", path}, errno);
      if (n == 0) return;
      n = pwrite(to, buffer_.data(), static_cast<size_t>(n), begin);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_system_failure({"cannot write the copy of ", path}, errno);
    }
    begin += n;
  }
}

// `source` is O_PATH.
void TreeCopy::copy_content(int source, const FileStatus &status, int dest, const std::string &path) {
  // Some files of /proc would wait for what is to come.
  Fd file(open(path_of_descriptor(source).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) throw_system_failure({"cannot read ", path}, errno);
  // Those of the kernel have content without a size.
  if (status.size == 0) copy_range(file.get(), dest, 0, off_t{1} << 30, path);
  for (off_t begin = 0; begin < status.size;) {
    off_t data = lseek(file.get(), begin, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // nothing but a hole is left
    if (data < 0) data = begin;             // a file system that knows no holes
    off_t hole = lseek(file.get(), data, SEEK_HOLE);
    if (hole < 0) hole = status.size;
    copy_range(file.get(), dest, data, std::min<off_t>(hole, status.size), path);
    begin = hole;
  }
  if (status.size > 0 && ftruncate(dest, status.size) != 0)
    throw_system_failure({"cannot write the copy of ", path}, errno);
  set_properties(dest, status, path);
}

// --- one file --------------------------------------------------------------------------------------------------------

// The path that the copy takes: a link is followed, and what would not be replaced is refused.
static std::string target_of(const std::string &dest, const std::string &name, bool may_enter = true) {
  struct stat status {};
  if (stat(dest.c_str(), &status) != 0) {
    if (errno != ENOENT) throw_system_failure({"cannot copy to ", dest}, errno);
    if (lstat(dest.c_str(), &status) == 0)
      throw_failure(Code::conflict, {"cannot copy to ", dest, ": it is a link that leads nowhere"});
    if (asserts_folder(dest)) throw_failure(Code::not_found, {"cannot copy to ", dest, ": there is no such folder"});
    return dest;
  }
  if (S_ISDIR(status.st_mode) && may_enter) return target_of(below(dest, name), name, false);
  if (!S_ISREG(status.st_mode))
    throw_failure(Code::conflict,
                  {"cannot copy a file in the place of ", dest, ", which is ", type_in_words(status.st_mode)});
  std::unique_ptr<char, void (*)(void *)> real(realpath(dest.c_str(), nullptr), free);
  if (!real) throw_system_failure({"cannot copy to ", dest}, errno);
  return real.get();
}

// It gets its name once it is whole.
void TreeCopy::copy_file(int source, const std::string &path, const std::string &dest, const std::string &name) {
  std::string target = target_of(dest, name);
  Fd folder(open(parent_path(target).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) throw_system_failure({"cannot copy to ", target}, errno);
  std::string temporary = concat(".conu-", random_string(12));
  Fd made(openat(folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made) throw_system_failure({"cannot write to ", target}, errno);
  try {
    copy_content(source, file_status(source, facts_, path), made.get(), concat("/", path));
    if (renameat(folder.get(), temporary.c_str(), folder.get(), last_component(target).c_str()) != 0)
      throw_system_failure({"cannot put the copy at ", target}, errno);
  } catch (...) {
    unlinkat(folder.get(), temporary.c_str(), 0);
    throw;
  }
}

// --- trees -----------------------------------------------------------------------------------------------------------

// Makes the folder, and those above it where they are missing: which ones.
static std::vector<std::string> make_folders(const std::string &path) {
  std::vector<std::string> made;
  try {
    for (size_t end = 0; end != path.npos;) {
      end = path.find('/', end + 1);
      std::string folder = path.substr(0, end);
      bool is_last = end == path.npos;
      if (mkdir(folder.c_str(), is_last ? 0700 : 0777) == 0)
        made.push_back(folder);
      else if (is_last && errno == EEXIST)
        throw_failure(Code::conflict, {"cannot copy a folder to ", path, ": something is there already"},
                      "say how the copy is to be called, or remove what is there");
      else if (errno != EEXIST)
        throw_system_failure({"cannot make the folder ", folder}, errno);
    }
  } catch (...) {
    while (!made.empty()) {
      rmdir(made.back().c_str());
      made.pop_back();
    }
    throw;
  }
  return made;
}

void TreeCopy::copy_folder(Fd source, const std::string &path, const std::string &dest) {
  std::string target = dest;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  std::vector<std::string> made = make_folders(target);
  try {
    top_.reset(open(target.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    Fd copy(openat(top_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!copy) throw_system_failure({"cannot open ", target}, errno);
    path_ = path;
    enter(std::move(source), std::move(copy));
    while (!levels_.empty()) {
      point_.check();
      if (levels_.back().names.empty()) {
        leave();
        continue;
      }
      std::string name = std::move(levels_.back().names.back());
      levels_.back().names.pop_back();
      copy_entry(name);
    }
  } catch (...) {
    remove_tree(target);
    for (made.pop_back(); !made.empty(); made.pop_back()) rmdir(made.back().c_str());
    throw;
  }
}

void TreeCopy::enter(Fd source, Fd dest) {
  struct stat from = status_of(source.get(), concat("/", path_)), to = status_of(dest.get(), made_);
  struct stat top = status_of(top_.get(), made_);
  if (from.st_dev == top.st_dev && from.st_ino == top.st_ino)
    throw_failure(Code::invalid_argument, {"cannot copy a folder into itself: /", path_, " is where the copy is made"});
  Level level;
  level.names = files_in(source.get(), concat("/", path_));
  level.status = file_status(source.get(), facts_, path_);
  level.source = {from.st_dev, from.st_ino};
  level.dest = {to.st_dev, to.st_ino};
  levels_.push_back(std::move(level));
  source_ = std::move(source);
  dest_ = std::move(dest);
}

static Fd folder_above(int folder, std::pair<dev_t, ino_t> expected, const std::string &path) {
  Fd above(openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above) throw_system_failure({"cannot go up from ", path}, errno);
  struct stat status = status_of(above.get(), path);
  if (expected != std::pair(status.st_dev, status.st_ino))
    throw_failure(Code::io, {path, " was moved while it was copied"});
  return above;
}

void TreeCopy::leave() {
  Level level = std::move(levels_.back());
  levels_.pop_back();
  Fd source, dest;
  if (!levels_.empty()) {
    source = folder_above(source_.get(), levels_.back().source, concat("/", path_));
    dest = folder_above(dest_.get(), levels_.back().dest, concat("the copy of /", path_));
  }
  set_properties(dest_.get(), level.status, concat("/", path_));
  source_ = std::move(source);
  dest_ = std::move(dest);
  path_.resize(level.path_size);
  made_.resize(level.made_size);
}

// A further name of a file that has been copied.
bool TreeCopy::is_linked(const struct stat &status, const std::string &name) {
  if (status.st_nlink < 2) return false;
  auto [first, is_new] = first_names_.try_emplace({status.st_dev, status.st_ino}, below(made_, name));
  return !is_new && linkat(top_.get(), first->second.c_str(), dest_.get(), name.c_str(), 0) == 0;
}

void TreeCopy::copy_entry(const std::string &name) {
  std::string path = below(path_, name);
  auto check = [&](bool worked) {
    if (!worked) throw_system_failure({"cannot copy /", path}, errno);
  };
  Fd source(openat(source_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!source && errno == ENOENT) return;  // it went while the folder was read
  check(static_cast<bool>(source));
  struct stat status = status_of(source.get(), concat("/", path));
  bool is_copied = S_ISREG(status.st_mode) || S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode);
  if (!is_copied) log(LogLevel::info, concat("/", path, " is ", type_in_words(status.st_mode), " and is left out"));
  if (!is_copied || (!S_ISDIR(status.st_mode) && is_linked(status, name))) return;
  if (S_ISDIR(status.st_mode)) {
    check(mkdirat(dest_.get(), name.c_str(), 0700) == 0);
    Fd dest(openat(dest_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    check(static_cast<bool>(dest));
    size_t path_size = path_.size(), made_size = made_.size();
    made_ = below(made_, name);
    path_ = std::move(path);
    enter(std::move(source), std::move(dest));
    levels_.back().path_size = path_size;
    levels_.back().made_size = made_size;
    return;
  }
  FileStatus known = file_status(source.get(), facts_, path);
  if (S_ISLNK(status.st_mode)) {
    const timespec time = {known.facts.mtime, known.facts.mtime_ns}, times[] = {time, time};
    check(symlinkat(known.target.c_str(), dest_.get(), name.c_str()) == 0);
    check(utimensat(dest_.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    return;
  }
  Fd dest(openat(dest_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  check(static_cast<bool>(dest));
  copy_content(source.get(), known, dest.get(), concat("/", path));
}

}  // namespace conu
