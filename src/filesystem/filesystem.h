// The files of an image or of a container, by the paths that they have in there.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "filesystem/mount.h"
#include "loop/cancel.h"

namespace conu {

// Any number of threads may call; one after the other gets its turn.
class Filesystem {
 public:
  explicit Filesystem(std::unique_ptr<Mount> mount);
  ~Filesystem();  // unmounts at best effort
  Filesystem(const Filesystem &) = delete;
  Filesystem &operator=(const Filesystem &) = delete;

  const std::string &mount_point() const { return mount_->mount_point(); }
  const char *method() const { return mount_->method(); }

  // Once it has succeeded, again is no failure, and every other call is Failure(state).
  void unmount(Cancel *cancel);

 private:
  using Turn = std::unique_lock<std::timed_mutex>;
  Turn turn(Cancel *cancel);

  std::timed_mutex mutex_;
  std::unique_ptr<Mount> mount_;
  unsigned fork_generation_;
};

}  // namespace conu
