// Layers one above the other by fuse-overlayfs.
#include "filesystem/fuse_mount.h"

#include <sys/xattr.h>
#include <unistd.h>

#include "loop/process.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

// The kernel, and so a container, shows what is below a root that a layer has made anew; the program does not.
static void check_root(const Fd &layer) {
  char mark = 'n';
  ssize_t size = getxattr(path_of_descriptor(layer.get()).c_str(), "trusted.overlay.opaque", &mark, sizeof mark);
  if (size == 1 && mark == 'y')
    throw_failure(Code::unsupported,
                  "a layer hides the root of those below it, of which fuse-overlayfs thinks otherwise");
}

Task<std::unique_ptr<Mount>> mount_fuse(const std::vector<Fd> &layers, const Target &target) {
  const int64_t most_ms = 60000;
  // It opens them before it goes into the background, and has them by the names that no sign in them can spoil.
  std::string folder = concat("/proc/", decimal(getpid()), "/fd/"), options = "ro,nosuid,nodev,lowerdir=";
  for (const Fd &layer : layers)
    if (&layer != &layers.back()) check_root(layer);
  for (const Fd &layer : layers) options += concat(options.back() == '=' ? "" : ":", folder, decimal(layer.get()));
  std::vector<std::string> command;
  command.push_back("fuse-overlayfs");
  command.push_back("-o");
  command.push_back(options);
  command.push_back(target.path);
  ProcessOptions surroundings;
  surroundings.pipe_in = !target.hold;
  surroundings.in = target.hold.get();
  ProgramResult result;
  try {
    result = co_await run_program(command, "", most_ms, 1 << 20, surroundings);
  } catch (Failure &failure) {
    if (failure.code == Code::command_missing) failure.hint = "install the package fuse-overlayfs";
    throw;
  }
  if (result.exit_code != 0)
    throw_failure(Code::command_failed, {"fuse-overlayfs ended with exit code ", decimal(result.exit_code), ": ",
                                         excerpt(trimmed(result.err))});
  co_return adopt_mount("fuse", target.path);
}

}  // namespace conu
