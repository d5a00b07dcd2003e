// Removing a folder with all that is in it, or that alone.
//
// Folders inside are moved up before they are emptied, so that a tree of any depth takes three descriptors and no
// stack.
#include "filesystem/remove_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <functional>

#include "util/failure.h"
#include "util/fd.h"
#include "util/folder.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

namespace {

class Removal {
 public:
  explicit Removal(std::string path) : path_(std::move(path)) {}

  void empty() {
    top_ = open_folder(AT_FDCWD, path_.c_str());
    if (!top_) return;
    while (for_each(top_.get(), [this](const char *name) { empty_and_remove(name); })) {
    }
  }

  void remove() {
    empty();
    if (rmdir(path_.c_str()) != 0 && errno != ENOENT) fail(path_, errno);
  }

 private:
  [[noreturn]] void fail(Text name, int error_number) const {
    Failure failure =
        system_failure(concat("cannot remove ", name == path_ ? path_ : concat(name, " in ", path_)), error_number);
    if (failure.code == Code::permission) failure.hint = "it belongs to another user, such as that of a container";
    throw failure;
  }

  // Calls `act` with each name in the folder; false where there was none.
  bool for_each(int folder, const std::function<void(const char *)> &act) const {
    bool any = false;
    auto take = [&](const dirent &entry) {
      any = true;
      act(entry.d_name);
    };
    if (!for_each_entry(folder, ".", take)) fail("a folder", errno);
    return any;
  }

  // A folder that may be read and changed; none where it is gone.
  Fd open_folder(int parent, const char *name) const {
    Fd found(openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!found && errno == ENOENT) return Fd();
    if (!found) fail(name, errno);
    struct statx status {};
    if (statx(found.get(), "", AT_EMPTY_PATH, STATX_MODE, &status) != 0) fail(name, errno);
    if (status.stx_attributes & STATX_ATTR_MOUNT_ROOT)
      throw_failure(Code::conflict, {"cannot remove ", name, " in ", path_, ": something is mounted there"},
                    "unmount it first");
    if ((status.stx_mode & 0700) != 0700 && chmod(path_of_descriptor(found.get()).c_str(), 0700) != 0)
      fail(name, errno);
    Fd folder(openat(found.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) fail(name, errno);
    return folder;
  }

  static bool unlinked(int folder, const char *name) { return unlinkat(folder, name, 0) == 0 || errno == ENOENT; }

  void empty_and_remove(const char *name) {
    if (unlinked(top_.get(), name)) return;
    if (errno != EISDIR) fail(name, errno);
    Fd folder = open_folder(top_.get(), name);
    if (!folder) return;
    for_each(folder.get(), [&](const char *inner) {
      if (unlinked(folder.get(), inner)) return;
      if (errno != EISDIR) fail(inner, errno);
      if (!open_folder(folder.get(), inner)) return;
      move_up(folder.get(), inner);
    });
    if (unlinkat(top_.get(), name, AT_REMOVEDIR) != 0 && errno != ENOENT) fail(name, errno);
  }

  void move_up(int folder, const char *name) {
    for (;;) {
      std::string above = concat(".removed-", decimal(moved_++));
      if (renameat2(folder, name, top_.get(), above.c_str(), RENAME_NOREPLACE) == 0) return;
      if (errno != EEXIST) fail(name, errno);
    }
  }

  std::string path_;
  Fd top_;
  size_t moved_ = 0;
};

}  // namespace

void remove_tree(const std::string &path) { Removal(path).remove(); }

void empty_folder(const std::string &path) { Removal(path).empty(); }

}  // namespace conu
