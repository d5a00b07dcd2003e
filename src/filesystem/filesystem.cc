// The files of an image or of a container, by the paths that they have in there.
#include "filesystem/filesystem.h"

#include <chrono>
#include <utility>

#include "util/failure.h"
#include "util/fork.h"

namespace conu {

Filesystem::Filesystem(std::unique_ptr<Mount> mount) : mount_(std::move(mount)), fork_generation_(fork_generation()) {}

Filesystem::~Filesystem() {
  bool is_parents = fork_generation_ != fork_generation();
  if (is_parents) static_cast<void>(mount_.release());  // which goes on using it
}

Filesystem::Turn Filesystem::turn(Cancel *cancel) {
  if (fork_generation_ != fork_generation())
    throw Failure(Code::state,
                  "the files at " + mount_point() + " are those of the process that this one was forked from",
                  "mount them again in this process");
  Turn turn(mutex_, std::defer_lock);
  const auto moment = std::chrono::milliseconds(20);
  do {
    auto reason = cancel != nullptr ? cancel->verdict() : nullptr;
    if (reason) throw *reason;
  } while (!turn.try_lock_for(moment));
  return turn;
}

void Filesystem::unmount(Cancel *cancel) {
  Turn turn = this->turn(cancel);
  mount_->unmount();
}

}  // namespace conu
