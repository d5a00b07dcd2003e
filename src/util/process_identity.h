// Which process it is: a number alone may be another's by now.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace conu {

// The id of this boot of the machine.
std::string boot_id();
// When a process started, in clock ticks since the boot; empty where there is none of this number.
std::string start_time(pid_t pid);
// The numbers of processes mean something within such a space only: one process may be seen in several.
std::string process_namespace();

// All that says which process this one is.
struct ProcessIdentity {
  ProcessIdentity();
  std::string text() const;             // "PID.START.SPACE.BOOT"
  std::string pid, start, space, boot;  // space: of process numbers
};
// Looked up once; a forked child is another one.
const ProcessIdentity &own_identity();

// Whether the process of such a text is dead, be it since an earlier boot. In doubt it lives, as that of another
// container does, whose processes cannot be seen from here.
bool is_dead(std::string_view identity);

}  // namespace conu
