// Who listens in a container's network.
#include "container/listeners.h"

#include <algorithm>

#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

// Nothing also where it may not be read, or has just gone.
static std::optional<std::string> read_if_possible(const std::string &path) {
  try {
    return read_file(path);
  } catch (const Failure &) {
    return std::nullopt;
  }
}

bool runs_here(int pid, const std::string &container_id) {
  if (pid <= 0) return false;
  auto groups = read_if_possible(concat("/proc/", decimal(pid), "/cgroup"));
  return groups && groups->find(container_id) != groups->npos;
}

Listeners::Listeners(int pid, std::string container_id) : pid_(pid), container_id_(std::move(container_id)) {
  if (runs_here(pid_, container_id_)) table_ = SocketTable::of(pid_);
}

Listening Listeners::at(int port) {
  if (!runs_here(pid_, container_id_)) return Listening::unknown;
  Listening found = table_ ? table_->look(port) : Listening::unknown;
  if (found != Listening::unknown) return found;
  for (const char *name : {"/net/tcp", "/net/tcp6"})
    if (auto table = read_if_possible(concat("/proc/", decimal(pid_), name)))
      found = std::max(found, listening_in(*table, port));
  return found;
}

}  // namespace conu
