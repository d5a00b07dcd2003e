// Processes of containers that run on this machine.
#include "container/local_process.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/failure.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

bool is_process_of(const std::string &container_id, pid_t pid) {
  if (pid <= 1) return false;
  try {
    auto groups = read_file(concat("/proc/", decimal(pid), "/cgroup"));
    return groups && groups->find(container_id) != std::string::npos;
  } catch (const Failure &) {
    return false;  // it has just ended
  }
}

bool kill_process_of(const std::string &container_id, pid_t pid) {
  if (pid <= 1) return false;
  // The number stays this very process's for as long as it can be signalled through the descriptor.
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return false;
  if (!is_process_of(container_id, pid)) return false;
  if (syscall(SYS_pidfd_send_signal, process.get(), 0, nullptr, 0) != 0) return false;
  if (getpgid(pid) == pid) return ::kill(-pid, SIGKILL) == 0;
  return syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0;
}

}  // namespace conu
