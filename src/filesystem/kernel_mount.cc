// Mounts that the kernel makes.
//
// Few layers with plain names are named by them, in one system call. All others are named by their descriptors,
// /proc/self/fd/7: no sign in their names means anything to the kernel, and hundreds of them fit into the one page of
// options that mount(2) takes.
#include "filesystem/kernel_mount.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "filesystem/holders.h"
#include "util/failure.h"
#include "util/log.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

static const size_t most_layers = 500;
// Files of layers may point to where their data is, by marks that only engines can make.
static const char *const marks[][2] = {{"metacopy", "on"}, {"redirect_dir", "on"}};

std::string Target::place() const { return folder ? path_of_descriptor(folder.get()) : path; }

uint64_t mount_number(const std::string &path) {
  struct statx status {};
  bool is_known = statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
                        STATX_MNT_ID, &status) == 0;
  return is_known && (status.stx_mask & STATX_MNT_ID) ? status.stx_mnt_id : 0;
}

// --- the mount -------------------------------------------------------------------------------------------------------

namespace {

class KernelMount : public Mount {
 public:
  KernelMount(const char *method, const std::string &path)
      : Mount(path), method_(method), number_(mount_number(path)) {}
  ~KernelMount() override {
    if (is_there()) umount2(mount_point().c_str(), UMOUNT_NOFOLLOW | MNT_DETACH);
  }

  const char *method() const override { return method_; }

  void unmount() override {
    if (!is_there()) return;
    int error = umount2(mount_point().c_str(), UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
    if (error == EBUSY) error = unmount_tree();
    bool was_none = error == EINVAL || error == ENOENT;
    if (error != 0 && !was_none) throw_system_failure({"cannot unmount ", mount_point()}, error);
    is_gone_ = true;
  }

 private:
  // It may have been unmounted by others, who may have mounted something else there. What gives no number, such as a
  // mount of fuse-overlayfs that was killed, may well be there.
  bool is_there() {
    uint64_t now = is_gone_ ? 0 : mount_number(mount_point());
    if (now != 0 && now != number_) is_gone_ = true;
    return !is_gone_;
  }

  // What has mounts below it can only be taken off as a whole, which the kernel does whether it is in use or not.
  int unmount_tree() const {
    auto mounts = mounts_below(mount_point());
    bool is_tree = !mounts.empty();
    mounts.insert(number_);
    std::vector<std::string> holders = holders_of(mounts);
    if (!is_tree || !holders.empty()) reject_use(holders);
    return umount2(mount_point().c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0 ? 0 : errno;
  }

  [[noreturn]] void reject_use(const std::vector<std::string> &holders) const {
    std::string message = concat("cannot unmount ", mount_point(), ": it is in use");
    for (const std::string &holder : holders) message += concat(&holder == holders.data() ? " by " : ", by ", holder);
    throw_failure(Code::conflict, message,
                  holders.empty() ? "end what uses its files, such as a process of another user"
                                  : "close what is open there; to free the filesystem takes it away in any case");
  }

  const char *method_;
  uint64_t number_;
  bool is_gone_ = false;
};

}  // namespace

std::unique_ptr<Mount> adopt_mount(const char *method, const std::string &path) {
  return std::make_unique<KernelMount>(method, path);
}

// --- one folder, or a tree of mounts ---------------------------------------------------------------------------------

static void attach(int mounted, const Target &target) {
  const unsigned how = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS;
  if (move_mount(mounted, "", AT_FDCWD, target.place().c_str(), how) != 0)
    throw_system_failure({"cannot mount at ", target.path}, errno);
}

std::unique_ptr<Mount> mount_clone(const Fd &tree, const char *method, const Target &target) {
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  wanted.propagation = MS_PRIVATE;  // to unmount it here must not unmount anything elsewhere
  if (mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted) != 0)
    throw_system_failure("cannot make a tree of mounts read-only", errno);
  attach(tree.get(), target);
  return adopt_mount(method, target.path);
}

std::unique_ptr<Mount> mount_bind(const Fd &folder, const Target &target) {
  Fd tree(open_tree(folder.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
  if (!tree) throw_system_failure("the kernel refuses a bind mount", errno);
  return mount_clone(tree, "bind", target);
}

// --- layers one above the other --------------------------------------------------------------------------------------

// What the kernel says of a mount that it is asked for: lines such as "e overlay: …".
static std::string complaints(const Fd &context) {
  std::string said;
  char line[1024];
  for (ssize_t n; (n = read(context.get(), line, sizeof line)) > 0;)
    said += concat(said.empty() ? "" : "; ", excerpt(trimmed({line, static_cast<size_t>(n)})));
  return said;
}

[[noreturn]] static void fail_overlay(const Fd &context, int error_number) {
  Failure failure = system_failure("the kernel refuses an overlay mount", error_number);
  std::string said = context ? complaints(context) : "";
  if (!said.empty()) failure.message += concat(" (", said, ")");
  throw failure;
}

static int set(const Fd &context, const char *key, const std::string &value) {
  return fsconfig(context.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0);
}

static const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

static std::string with_marks(std::string options) {
  for (auto [key, value] : marks) options.append(",").append(key).append("=").append(value);
  return options;
}

bool attach_overlay_by_paths(const std::vector<std::string> &layers, const Target &target) {
  const size_t page = 4096;
  std::string options = "lowerdir=";
  for (const std::string &layer : layers) {
    if (layer.find_first_of(":,\\") != layer.npos) return false;  // signs that mean something to the kernel
    options.append(&layer == &layers[0] ? "" : ":").append(layer);
  }
  options = with_marks(options);
  std::string place = target.place();
  return options.size() < page && mount("conu", place.c_str(), "overlay", flags, options.c_str()) == 0;
}

void attach_overlay_by_layers(const std::vector<Fd> &layers, const Target &target) {
  Fd context(fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context) fail_overlay(context, errno);
  if (set(context, "source", "conu") != 0) fail_overlay(context, errno);
  for (const Fd &layer : layers)
    if (set(context, "lowerdir+", path_of_descriptor(layer.get())) != 0) fail_overlay(context, errno);
  for (auto [key, value] : marks)
    if (set(context, key, value) != 0) fail_overlay(context, errno);
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) fail_overlay(context, errno);
  Fd mounted(fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  if (!mounted) fail_overlay(context, errno);
  attach(mounted.get(), target);
}

// Runs `act` on a thread whose working folder is its own.
template <class Act>
static int in_folder(const char *folder, Act act) {
  int result = EAGAIN;
  auto run = [&] { result = unshare(CLONE_FS) != 0 || chdir(folder) != 0 ? errno : act(); };
  try {
    std::thread(run).join();
  } catch (const std::system_error &) {
    // There is no room for a thread.
  }
  return result;
}

void attach_overlay_by_options(const std::vector<Fd> &layers, const Target &target) {
  std::string options = "lowerdir=";
  for (const Fd &layer : layers) options += concat(options.back() == '=' ? "" : ":", decimal(layer.get()));
  std::string marked = with_marks(options), place = target.place();
  int result = in_folder("/proc/self/fd", [&] {
    if (mount("conu", place.c_str(), "overlay", flags, marked.c_str()) == 0) return 0;
    return mount("conu", place.c_str(), "overlay", flags, options.c_str()) == 0 ? 0 : errno;
  });
  if (result != 0) fail_overlay(Fd(), result);
}

std::unique_ptr<Mount> mount_overlay(const std::vector<Fd> &layers, const Target &target) {
  if (layers.size() > most_layers)
    throw_failure(Code::unsupported,
                  {"the kernel takes ", decimal(most_layers), " layers, not ", decimal(layers.size())});
  try {
    attach_overlay_by_layers(layers, target);
  } catch (const Failure &failure) {
    log(LogLevel::debug, failure.message);
    attach_overlay_by_options(layers, target);
  }
  return adopt_mount("overlay", target.path);
}

}  // namespace conu
