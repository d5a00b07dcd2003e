// Files and folders of the host with all that is in them, as the tar archive that an engine is sent.
#include "filesystem/tree_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/failure.h"
#include "util/folder.h"
#include "util/log.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

TreeArchive::TreeArchive(std::string path, std::string name, TreeChoice choice)
    : TreeArchive(std::vector<TreeRoot>{{std::move(path), std::move(name)}}, std::move(choice)) {}

TreeArchive::TreeArchive(std::vector<TreeRoot> roots, TreeChoice choice)
    : roots_(roots.begin(), roots.end()), choice_(std::move(choice)), archive_(choice_.keeps_owners) {
  begin_root();
  if (roots_.size() > 1 || !file_) return;
  // Of a file that is alone all is known: header, data in full blocks, and the two blocks at the end.
  size_t header = ready_.empty() ? archive_.size() : ready_.size();
  int64_t data = range_.size > 0 ? range_.size : left_;
  size_ = static_cast<int64_t>(header) + (data + 511) / 512 * 512 + 1024;
}

void TreeArchive::begin_root() {
  if (root().name.empty())
    add_children("");
  else
    add_entry(root().name);
}

std::string_view TreeArchive::next() {
  const size_t enough = 64 << 10;
  while (ready_.empty() && !finished_ && archive_.size() < enough) advance();
  given_ = ready_.empty() ? archive_.take() : std::exchange(ready_, {});
  return given_;
}

std::string TreeArchive::path_of(const std::string &name) const {
  if (root().name.empty()) return name.empty() ? root().path : concat(root().path, "/", name);
  return concat(root().path, name.substr(root().name.size()));
}

// Adds the next entry, or a piece of a file.
void TreeArchive::advance() {
  if (file_) {
    add_data();
  } else if (pending_.empty() && roots_.size() > 1) {
    roots_.pop_front();
    begin_root();
  } else if (pending_.empty()) {
    archive_.finish();
    finished_ = true;
  } else {
    std::string name = std::move(pending_.back());
    pending_.pop_back();
    add_entry(name);
  }
}

// In the order of their names, so that the same folder gives the same archive.
void TreeArchive::add_children(const std::string &folder) {
  std::string path = path_of(folder);
  auto names = names_in(AT_FDCWD, path.c_str());
  if (!names) throw_system_failure({"cannot read the folder ", path}, errno);
  std::sort(names->rbegin(), names->rend());
  for (const std::string &name : *names) pending_.push_back(folder.empty() ? name : concat(folder, "/", name));
}

static std::string link_target(const std::string &path) {
  std::string target(4096, '\0');
  ssize_t n = readlink(path.c_str(), target.data(), target.size());
  if (n < 0) throw_system_failure({"cannot read the link ", path}, errno);
  target.resize(static_cast<size_t>(n));
  return target;
}

void TreeArchive::add_entry(const std::string &name) {
  std::string path = path_of(name);
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && name != root().name) return;  // it went while the folder was read
    throw_system_failure({"cannot read ", path}, errno);
  }
  if (choice_.follows && S_ISLNK(status.st_mode) && choice_.follows(path)) follow(name, &status);
  dress(name, &status);
  bool is_taken = !choice_.takes || choice_.takes(name, status.st_mode);
  if (S_ISDIR(status.st_mode)) {
    if (is_taken) archive_.begin(name, status, "");
    if (is_taken || (choice_.enters && choice_.enters(name))) add_children(name);
    return;
  }
  if (!is_taken) return;
  if (S_ISSOCK(status.st_mode)) {
    if (name == root().name) throw_failure(Code::invalid_argument, {"cannot copy ", path, ": it is a socket"});
    log(LogLevel::info, concat(path, " is a socket and is left out"));
    return;
  }
  if (status.st_nlink > 1 && !choice_.follows) {
    auto [first, is_new] = names_.try_emplace({status.st_dev, status.st_ino}, name);
    if (!is_new) {
      archive_.link(name, status, first->second);
      return;
    }
  }
  if (S_ISREG(status.st_mode))
    add_file(name);
  else
    archive_.begin(name, status, S_ISLNK(status.st_mode) ? link_target(path) : "");
}

void TreeArchive::dress(const std::string &name, struct stat *status) const {
  status->st_mtim.tv_nsec = 0;  // more would take a header of its own
  if (choice_.dress) choice_.dress(name, *status);
}

// What leads nowhere is left as it is.
void TreeArchive::follow(const std::string &name, struct stat *status) const {
  struct stat target {};
  std::string path = path_of(name);
  if (stat(path.c_str(), &target) != 0) return;
  *status = target;
  if (!S_ISDIR(target.st_mode)) return;
  while (path.size() > root().path.size()) {
    path = parent_path(path);
    struct stat above {};
    if (stat(path.c_str(), &above) == 0 && above.st_dev == target.st_dev && above.st_ino == target.st_ino)
      throw_failure(Code::invalid_argument, {"the link ", path_of(name), " leads to a folder that it is in itself"});
  }
}

void TreeArchive::add_file(const std::string &name) {
  file_path_ = path_of(name);
  struct stat status {};
  file_.reset(open(file_path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (choice_.follows ? 0 : O_NOFOLLOW)));
  if (!file_ || fstat(file_.get(), &status) != 0) throw_system_failure({"cannot read ", file_path_}, errno);
  // Files of the kernel, such as those of /proc, have content without a size: an archive would have them empty.
  char byte;
  bool has_more = status.st_size == 0 && pread(file_.get(), &byte, 1, 0) == 1;
  if (has_more && fstat(file_.get(), &status) == 0 && status.st_size == 0)
    throw_failure(Code::invalid_argument, {"cannot copy ", file_path_, ": it has content, but no size"},
                  "it is no file of a disk: write what is in it to one, and copy that");
  dress(name, &status);
  archive_.begin(name, status, "");
  left_ = status.st_size;
  const int64_t worth_a_call_of_its_own = 64 << 10;
  if (left_ < worth_a_call_of_its_own) return;
  ready_ = archive_.take();
  range_ = {file_.get(), 0, std::exchange(left_, 0), file_path_};
  archive_.leave_out_data(range_.size);
}

void TreeArchive::add_data() {
  if (left_ == 0) {
    file_.reset();
    return;
  }
  buffer_.resize(64 << 10);
  ssize_t n = read(file_.get(), buffer_.data(), std::min<size_t>(buffer_.size(), static_cast<size_t>(left_)));
  if (n < 0 && errno == EINTR) return;
  if (n < 0) throw_system_failure({"cannot read ", file_path_}, errno);
  if (n == 0) throw_failure(Code::io, {file_path_, " became shorter while it was sent"});
  left_ -= n;
  archive_.data({buffer_.data(), static_cast<size_t>(n)});
}

}  // namespace conu
