// A folder of the host with the mode, owner, access rules and label that a test wants.
#include "filesystem/directory.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <limits>

#include "filesystem/remove_tree.h"
#include "loop/process.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/fork.h"
#include "util/log.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

// --- owners ----------------------------------------------------------------------------------------------------------

static std::optional<unsigned> id_in(const std::string &text) {
  auto number = number_in(text);
  if (!number || *number > std::numeric_limits<unsigned>::max()) return std::nullopt;
  return static_cast<unsigned>(*number);
}

static uid_t user_named(const std::string &name) {
  if (auto number = id_in(name)) return *number;
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd *found = nullptr;
  int result = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr && result != 0) throw_system_failure({"cannot look up the user ", name}, result);
  if (found == nullptr) throw_failure(Code::not_found, {"there is no user ", name, " on this host"});
  return found->pw_uid;
}

static gid_t group_named(const std::string &name) {
  if (auto number = id_in(name)) return *number;
  std::vector<char> buffer(65536);
  group entry{};
  group *found = nullptr;
  int result = getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr && result != 0) throw_system_failure({"cannot look up the group ", name}, result);
  if (found == nullptr) throw_failure(Code::not_found, {"there is no group ", name, " on this host"});
  return found->gr_gid;
}

void Directory::set_owner(const DirectoryOptions &options, int fd) const {
  if (options.user.empty() && options.group.empty()) return;
  uid_t user = options.user.empty() ? static_cast<uid_t>(-1) : user_named(options.user);
  gid_t group = options.group.empty() ? static_cast<gid_t>(-1) : group_named(options.group);
  if (fchown(fd, user, group) != 0) throw_system_failure({"cannot change the owner of ", path_}, errno);
}

// --- access rules and label ------------------------------------------------------------------------------------------

static Task<void> set_acl(std::string path, std::vector<std::string> rules) {
  if (rules.empty()) co_return;
  std::string joined;
  for (const std::string &rule : rules) joined += concat(joined.empty() ? "" : ",", rule);
  std::vector<std::string> command;
  command.push_back("setfacl");
  command.push_back("-m");
  command.push_back(joined);
  command.push_back(path);
  ProgramResult result;
  try {
    result = co_await run_program(command, "", -1);
  } catch (Failure &failure) {
    if (failure.code == Code::command_missing)
      failure.hint = "install the package acl, which has the program setfacl that access rules are set with";
    throw;
  }
  if (result.exit_code != 0)
    throw_failure(Code::command_failed, {"setfacl cannot set ", in_quotes(joined), " on ", path, " (exit code ",
                                         decimal(result.exit_code), "): ", excerpt(result.err)});
}

static void set_selinux_context(const std::string &path, int fd, const std::string &context) {
  if (context.empty()) return;
  if (fsetxattr(fd, "security.selinux", context.c_str(), context.size() + 1, 0) == 0) return;
  std::string what = concat("cannot give ", path, " the SELinux context ", in_quotes(context));
  if (errno == ENOTSUP) throw_failure(Code::unsupported, {what, ": the file system keeps no labels"});
  if (errno == EINVAL) throw_failure(Code::invalid_argument, {what, ": the policy of this host has no such context"});
  throw_system_failure(what, errno);
}

// --- the folder ------------------------------------------------------------------------------------------------------

static std::string absolute(const std::string &path) {
  if (path.starts_with('/')) return path;
  std::unique_ptr<char, void (*)(void *)> current(getcwd(nullptr, 0), free);
  if (!current) throw_system_failure({"cannot find the working folder for ", path}, errno);
  return concat(current.get(), "/", path);
}

static std::string without_slashes_behind(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Directory::Directory(std::string path) : path_(std::move(path)), fork_generation_(fork_generation()) {}

void Directory::create(const std::string &path, unsigned mode) {
  if (mkdir(path.c_str(), mode) != 0) {
    if (errno == EEXIST) return;  // what it is, is seen when it is opened
    if (errno != ENOENT) throw_system_failure({"cannot make the folder ", path}, errno);
    auto slash = without_slashes_behind(path.substr(0, path.rfind('/') + 1));
    create(slash, 0777);
    if (mkdir(path.c_str(), mode) != 0) throw_system_failure({"cannot make the folder ", path}, errno);
  }
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) throw_system_failure({"cannot find the folder ", path, " again"}, errno);
  made_.push_back({path, status.st_dev, status.st_ino});
}

Task<std::unique_ptr<Directory>> Directory::make(DirectoryOptions options) {
  if (options.mode && (*options.mode & ~07777u) != 0)
    throw_failure(Code::invalid_argument,
                  {"the mode of a folder has more than its twelve bits: ", decimal(*options.mode)});
  bool is_fresh = options.path.empty();
  if (is_fresh) options.path = concat(environment("TMPDIR").value_or("/tmp"), "/conu-", random_string(12));
  std::unique_ptr<Directory> directory(new Directory(without_slashes_behind(absolute(options.path))));
  const std::string &path = directory->path_;
  directory->create(path, is_fresh ? 0700 : 0777);
  Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == ENOTDIR)
    throw_failure(Code::conflict, {"cannot use ", path, " as a folder: it is something else"});
  if (!fd) throw_system_failure({"cannot open the folder ", path}, errno);
  directory->set_owner(options, fd.get());
  // After the owner, whose change takes special bits away; before the rules, whose mask it would change.
  if (options.mode && fchmod(fd.get(), *options.mode) != 0)
    throw_system_failure({"cannot change the mode of ", path}, errno);
  co_await set_acl(path, options.acl_rules);
  set_selinux_context(path, fd.get(), options.selinux_context);
  co_return directory;
}

Directory::~Directory() {
  try {
    remove();
  } catch (const Failure &failure) {
    log(LogLevel::warning, failure.message);
  }
}

void Directory::remove() {
  if (fork_generation_ != fork_generation()) return;  // it is the parent's to remove
  while (!made_.empty()) {
    const Made &made = made_.back();
    bool is_own = made.path == path_;
    struct stat status {};
    bool exists = lstat(made.path.c_str(), &status) == 0;
    bool is_replaced = exists && (status.st_dev != made.device || status.st_ino != made.inode);
    if (is_replaced && is_own)
      throw_failure(Code::state,
                    {"cannot remove ", path_, ": another folder has taken the place of the one that was made"});
    if (exists && is_own) remove_tree(path_);
    if (exists && !is_own && !is_replaced && rmdir(made.path.c_str()) != 0 && errno != ENOTEMPTY && errno != ENOENT)
      throw_system_failure({"cannot remove the folder ", made.path}, errno);
    made_.pop_back();
  }
}

// --- SELinux ---------------------------------------------------------------------------------------------------------

std::string selinux_status(const std::string &folder) {
  auto enforce = read_file(concat(folder, "/enforce"));
  if (!enforce) return "disabled";
  return trimmed(*enforce) == "1" ? "enforcing" : "permissive";
}

}  // namespace conu
