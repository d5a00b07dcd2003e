// What the processes of a running container see.
#include "container/merged_tree.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "container/local_process.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

static Fd opened(const std::string &path, int flags) {
  Fd fd(open(path.c_str(), flags | O_CLOEXEC));
  if (!fd) throw_system_failure({"cannot open ", path}, errno);
  return fd;
}

static ino_t number_of(const std::string &path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) throw_system_failure({"cannot look at ", path}, errno);
  return status.st_ino;
}

// Mounts can only be copied where they are mounted. A thread of its own goes there without taking others along.
static Fd copied(const Fd &mounts, const Fd &root) {
  int copy = -1, error_number = EAGAIN;
  auto visit = [&] {
    bool is_there = unshare(CLONE_FS) == 0 && setns(mounts.get(), CLONE_NEWNS) == 0;
    if (is_there) copy = open_tree(root.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
    error_number = errno;
  };
  try {
    std::thread(visit).join();
  } catch (const std::system_error &) {
    // There is no room for a thread.
  }
  if (copy < 0) throw_system_failure("cannot copy the mounts of the container", error_number);
  return Fd(copy);
}

Fd merged_tree(const std::string &container_id, pid_t pid) {
  std::string process = concat("/proc/", decimal(pid));
  if (!is_process_of(container_id, pid))
    throw_failure(Code::unsupported,
                  {"the process ", decimal(pid), " that the engine names is not one of the container's here"});
  if (number_of(concat(process, "/ns/user")) != number_of("/proc/self/ns/user"))
    throw_failure(Code::unsupported, "it has users of its own, who are others on this host");
  Fd mounts = opened(concat(process, "/ns/mnt"), O_RDONLY);
  Fd root = opened(concat(process, "/root"), O_PATH | O_DIRECTORY);
  Fd tree = copied(mounts, root);
  if (!is_process_of(container_id, pid))
    throw_failure(Code::state, "the container has ended while its files were looked for");
  return tree;
}

}  // namespace conu
