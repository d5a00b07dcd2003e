// The folders of a tree that an archive's entries are put into.
#include "filesystem/entry_folders.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

void reject_entry(const std::string &name, const char *reason) {
  throw_failure(Code::protocol, {"the entry ", in_quotes(name), " of the archive ", reason});
}

Parts parts_of(const std::string &name) {
  // No engine can read it by such a name, and no user could reach what it would make here.
  if (name.size() > PATH_MAX) reject_entry(concat(name.substr(0, 100), "…"), "has too long a name");
  Parts parts;
  for (std::string_view part : split(name, '/')) {
    if (part == "..") reject_entry(name, "leads out of its folder");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

std::string joined(const Parts &parts, size_t count) {
  std::string path;
  for (size_t i = 0; i < count; i++) path.append(i == 0 ? "" : "/").append(parts[i]);
  return path;
}

EntryFolders::EntryFolders(std::string root)
    : path_(std::move(root)), root_(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!root_) throw_system_failure({"cannot open the folder ", path_}, errno);
}

std::string EntryFolders::path_of(const Parts &parts) const {
  return concat(path_, path_.ends_with('/') || parts.empty() ? "" : "/", joined(parts, parts.size()));
}

void EntryFolders::fail(Text what, const Parts &parts, int error_number) const {
  Failure failure = system_failure(concat(what, " ", path_of(parts)), error_number);
  if (error_number == ENOSPC || error_number == EDQUOT)
    failure.hint = "make room there, or have it put on another file system";
  throw failure;
}

// The whole way at once, where the kernel can be told to follow no link.
static Fd open_below(int root, const std::string &path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const char *way = path.empty() ? "." : path.c_str();
  return Fd(static_cast<int>(syscall(SYS_openat2, root, way, &how, sizeof how)));
}

Fd EntryFolders::open(const Parts &parts, size_t count, int flags, bool creates) const {
  flags |= O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd folder = open_below(root_.get(), joined(parts, count), flags);
  if (folder) return folder;
  // One by one: to make what is missing, to tell what is wrong, and for kernels that know no other way.
  folder.reset(openat(root_.get(), ".", count == 0 ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) fail("cannot open the folder", {}, errno);
  for (size_t i = 0; i < count; i++) {
    const char *name = parts[i].c_str();
    int wanted = i + 1 == count ? flags : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd next(openat(folder.get(), name, wanted));
    if (!next && errno == ENOENT && creates && mkdirat(folder.get(), name, 0777) == 0)
      next.reset(openat(folder.get(), name, wanted));
    if (!next && (errno == ENOTDIR || errno == ELOOP)) reject_entry(path_of(parts), "leads through what is no folder");
    if (!next) fail("cannot open a folder on the way to", parts, errno);
    folder = std::move(next);
  }
  return folder;
}

void EntryFolders::enter(const Parts &parts) {
  size_t count = parts.size() - 1;
  bool is_same =
      parent_ && parent_parts_.size() == count && std::equal(parts.begin(), parts.end() - 1, parent_parts_.begin());
  if (is_same) return;
  parent_ = open(parts, count, O_PATH, true);
  parent_parts_.assign(parts.begin(), parts.end() - 1);
}

}  // namespace conu
