// A tree that was put into a folder, and goes with this.
#include "filesystem/extracted_mount.h"

#include <fcntl.h>

#include <cerrno>

#include "filesystem/remove_tree.h"
#include "util/failure.h"
#include "util/folder.h"
#include "util/fork.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

static void need_empty(const std::string &folder) {
  auto names = names_in(AT_FDCWD, folder.c_str());
  if (!names) throw_system_failure({"cannot open the mount point ", folder}, errno);
  if (!names->empty())
    throw_failure(Code::conflict, {"cannot put a tree into ", folder, ": the folder is not empty"},
                  "name one that is empty, or none");
}

ExtractedMount::ExtractedMount(std::string folder) : Mount(std::move(folder)), fork_generation_(fork_generation()) {
  need_empty(mount_point());
}

ExtractedMount::~ExtractedMount() {
  try {
    unmount();
  } catch (const Failure &failure) {
    log(LogLevel::warning, failure.message);
  }
}

void ExtractedMount::unmount() {
  bool is_ours = fork_generation_ == fork_generation();  // or it is the parent's to remove
  if (!is_there_ || !is_ours) return;
  empty_folder(mount_point());
  is_there_ = false;
}

}  // namespace conu
