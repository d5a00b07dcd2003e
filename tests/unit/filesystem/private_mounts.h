// A test program whose mounts nobody else sees, and which may make them. It has temporary files of its own, in memory:
// to make hundreds of folders on a disk takes seconds.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>

inline void enter_private_mounts() {
  auto expect = [](bool succeeded, const char *what) {
    if (!succeeded) throw std::system_error(errno, std::generic_category(), what);
  };
  uid_t user = geteuid();
  expect(unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) == 0, "unshare");
  if (user != 0) std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  expect(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "making all mounts private");
  expect(mount("conu", "/tmp", "tmpfs", 0, nullptr) == 0, "mounting /tmp");
  unsetenv("TMPDIR");
}
