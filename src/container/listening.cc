// Whether somebody listens at a port.
#include "container/listening.h"

#include <algorithm>
#include <cstdio>

#include "util/text.h"

namespace conu {

static const char listen_state[] = "0A";

// Addresses are printed as words in the machine's order: 127.0.0.1 is 0100007F, ::1 ends in 01000000.
static bool is_loopback(std::string_view address) {
  if (address.size() == 8) return address.ends_with("7F");
  bool is_mapped_v4 = address.starts_with("0000000000000000FFFF0000");
  return is_mapped_v4 ? address.ends_with("7F") : address == "00000000000000000000000001000000";
}

Listening listening_in(std::string_view table, int port) {
  char wanted[8];
  snprintf(wanted, sizeof wanted, ":%04X", static_cast<unsigned>(port));
  Listening found = Listening::no;
  for (std::string_view line : split(table, '\n')) {
    // "  0: 00000000:1F90 00000000:0000 0A …": the number, the local address, the remote one, the state.
    size_t colon = line.find(": ");
    if (colon == line.npos) continue;
    std::string_view local = line.substr(colon + 2, line.find(' ', colon + 2) - colon - 2);
    std::string_view rest = line.substr(std::min(line.size(), colon + 2 + local.size() + 1));
    size_t space = rest.find(' ');
    bool listens = space != rest.npos && rest.substr(space + 1, 2) == listen_state;
    if (!listens || !local.ends_with(wanted)) continue;
    if (!is_loopback(local.substr(0, local.size() - 5))) return Listening::yes;
    found = Listening::on_loopback_only;
  }
  return found;
}

}  // namespace conu
