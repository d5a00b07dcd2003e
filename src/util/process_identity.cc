// Which process it is: a number alone may be another's by now.
#include "util/process_identity.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "util/failure.h"
#include "util/file.h"
#include "util/fork.h"
#include "util/text.h"

namespace conu {

std::string boot_id() { return std::string(trimmed(read_file("/proc/sys/kernel/random/boot_id").value_or(""))); }

// Field 22 of /proc/PID/stat (proc(5)); the name before it may have anything in it.
std::string start_time(pid_t pid) {
  std::string stat;
  try {
    stat = read_file(concat("/proc/", decimal(pid), "/stat")).value_or("");
  } catch (const Failure &) {
    return "";  // it has just ended
  }
  auto after_name = stat.rfind(')');
  if (after_name == stat.npos) return "";
  auto fields = split(std::string_view(stat).substr(after_name + 2), ' ');
  return fields.size() > 19 ? std::string(fields[19]) : "";
}

std::string process_namespace() {
  struct stat status {};
  return stat("/proc/self/ns/pid", &status) == 0 ? decimal(status.st_ino) : "0";
}

ProcessIdentity::ProcessIdentity()
    : pid(decimal(getpid())), start(start_time(getpid())), space(process_namespace()), boot(boot_id()) {}

std::string ProcessIdentity::text() const { return concat(pid, ".", start, ".", space, ".", boot); }

const ProcessIdentity &own_identity() { return once_in_process<ProcessIdentity>(); }

bool is_dead(std::string_view identity) {
  const ProcessIdentity &own = own_identity();
  auto parts = split(identity, '.');
  if (parts.size() != 4) return false;
  if (parts[3] != own.boot) return true;
  if (parts[2] != own.space) return false;
  if (parts[0] == own.pid) return parts[1] != own.start;
  auto number = number_in(parts[0]);
  if (!number || *number == 0 || *number > std::numeric_limits<pid_t>::max()) return false;
  auto pid = static_cast<pid_t>(*number);
  // The processes of other users may be hidden.
  std::string start = start_time(pid);
  return start.empty() ? kill(pid, 0) != 0 && errno == ESRCH : start != parts[1];
}

}  // namespace conu
