// A folder that paths are resolved in as if it were the root.
#include "filesystem/root.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <climits>
#include <utility>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// While things on this host are renamed or mounted nobody can be sure of a "..", so it is tried again.
static const int most_attempts = 50;
// And a path that the kernel itself begins anew for that reason has its links counted twice.
static const int most_loops = 5;

static int open_in_root(int root, const char *path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof how));
}

Root::Root(const std::string &folder, Way way)
    : root_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), way_(way) {
  if (!root_) throw_system_failure({"cannot open the folder ", folder}, errno);
}

Fd Root::open(const std::string &path, Last last) const {
  const int flags = O_PATH | O_CLOEXEC | (last == Last::stay ? O_NOFOLLOW : 0);
  int loops = 0;
  for (int attempts = 0; way_ == Way::kernel && attempts < most_attempts; attempts++) {
    Fd found(open_in_root(root_.get(), path.c_str(), flags));
    if (!found && (errno == ENOSYS || errno == EPERM)) break;  // an old kernel; a filter of system calls
    bool is_uncertain = !found && (errno == EAGAIN || errno == EINTR || (errno == ELOOP && ++loops < most_loops));
    if (!is_uncertain) return found;
  }
  Place place = find(path, last);
  errno = place.error;
  return std::move(place.fd);
}

Fd Root::open_to_read(const std::string &path) const {
  return way_ == Way::kernel ? Fd(open_in_root(root_.get(), path.c_str(), read_flags)) : Fd();
}

// --- component by component ------------------------------------------------------------------------------------------

// Every descriptor is O_PATH and was opened by one name in a folder without following a link. The way up is "..", which
// must lead to the folder that was left on the way down: one that was moved out meanwhile has another one above it.
class Root::Walk {
 public:
  Walk(int root, std::string_view path, Last last) : root_(root), rest_(path), last_(last) {}

  Place run() {
    place_.error = rest_.empty() ? ENOENT : 0;
    while (place_.error == 0 && next_component()) place_.error = step();
    if (place_.error == 0 && !place_.fd) {
      place_.fd = take_here();
      if (!place_.fd) place_.error = errno;
    }
    return std::move(place_);
  }

 private:
  struct Above {
    dev_t device;
    ino_t inode;
    size_t path_size;
  };

  int here() const { return here_ ? here_.get() : root_; }

  bool next_component() {
    at_ = rest_.find_first_not_of('/', at_);
    if (place_.fd || at_ == rest_.npos) return false;
    size_t end = std::min(rest_.find('/', at_), rest_.size());
    name_ = rest_.substr(at_, end - at_);
    at_ = end;
    return true;
  }
  bool is_last() const { return at_ == rest_.size(); }
  bool is_last_but_for_slashes() const { return rest_.find_first_not_of('/', at_) == rest_.npos; }

  // 0, or the error that the walk ends with.
  int step() {
    if (name_ == ".") return 0;
    if (name_ == "..") return go_up();
    Fd next(openat(here(), name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next) {
      int error = errno;
      if (error == ENOENT && is_last_but_for_slashes()) place_.folder = take_here();
      if (place_.folder) place_.path = path_below();
      return error;
    }
    struct stat status {};
    if (fstat(next.get(), &status) != 0) return errno;
    if (S_ISLNK(status.st_mode) && !(is_last() && last_ == Last::stay)) return follow(next.get());
    if (S_ISDIR(status.st_mode)) return enter(std::move(next));
    if (!is_last()) return ENOTDIR;
    place_.path = path_below();
    place_.fd = std::move(next);
    return 0;
  }

  std::string path_below() const { return place_.path.empty() ? name_ : concat(place_.path, "/", name_); }
  Fd take_here() { return here_ ? std::move(here_) : Fd(fcntl(root_, F_DUPFD_CLOEXEC, 0)); }

  int enter(Fd folder) {
    struct stat status {};
    if (fstat(here(), &status) != 0) return errno;
    above_.push_back({status.st_dev, status.st_ino, place_.path.size()});
    place_.path = path_below();
    here_ = std::move(folder);
    return 0;
  }

  int go_up() {
    if (above_.empty()) return 0;
    Fd parent(openat(here(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (!parent || fstat(parent.get(), &status) != 0) return errno;
    if (status.st_dev != above_.back().device || status.st_ino != above_.back().inode) return EAGAIN;
    place_.path.resize(above_.back().path_size);
    above_.pop_back();
    here_ = std::move(parent);
    return 0;
  }

  int follow(int link) {
    const int most_links = 40;  // as the kernel has it
    if (++links_ > most_links) return ELOOP;
    char target[PATH_MAX];
    ssize_t size = readlinkat(link, "", target, sizeof target);
    if (size < 0) return errno;
    if (size == 0) return ENOENT;
    rest_ = concat(std::string(target, static_cast<size_t>(size)), rest_.substr(at_));
    at_ = 0;
    if (target[0] != '/') return 0;
    above_.clear();
    place_.path.clear();
    here_.reset();
    return 0;
  }

  const int root_;
  std::string rest_;  // what is still to go begins at at_
  size_t at_ = 0;
  const Last last_;
  std::string name_;  // of the component
  int links_ = 0;
  Fd here_;  // the folder that the next component is in; none: the root
  std::vector<Above> above_;
  Place place_;
};

Place Root::find(std::string_view path, Last last) const {
  if (path.size() >= PATH_MAX) return Place::nothing(ENAMETOOLONG);
  for (int attempts = 1;; attempts++) {
    Place place = Walk(root_.get(), path, last).run();
    if (place.error != EAGAIN || attempts >= most_attempts) return place;
  }
}

}  // namespace conu
