// The kernel's table of sockets.
#include "container/listening.h"

#include <unistd.h>

#include "check.h"

using namespace conu;

static const std::string head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

static std::string entry(const std::string &local, const std::string &state) {
  return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000     0        0 1 1\n";
}

TEST(a_listener_on_any_address_is_seen) {
  CHECK(listening_in(head + entry("00000000:1F90", "0A"), 8080) == Listening::yes);
  CHECK(listening_in(head + entry("020011AC:0050", "0A"), 80) == Listening::yes);
  CHECK(listening_in(head + entry("00000000000000000000000000000000:0050", "0A"), 80) == Listening::yes);
}

TEST(a_listener_on_localhost_is_told_apart) {
  CHECK(listening_in(head + entry("0100007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("0B00007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("00000000000000000000000001000000:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(head + entry("0000000000000000FFFF00000100007F:1F90", "0A"), 8080) == Listening::on_loopback_only);
  CHECK(listening_in(entry("0100007F:1F90", "0A") + entry("00000000:1F90", "0A"), 8080) == Listening::yes);
}

TEST(other_ports_and_states_do_not_count) {
  CHECK(listening_in(head, 80) == Listening::no);
  CHECK(listening_in("", 80) == Listening::no);
  CHECK(listening_in(head + entry("00000000:1F90", "01"), 8080) == Listening::no);
  CHECK(listening_in(head + entry("00000000:1F90", "0A"), 80) == Listening::no);
  CHECK(listening_in("   0: 00000000:1F90", 8080) == Listening::no);
  CHECK(listening_in("   0: 00000000:1F90 ", 8080) == Listening::no);
  CHECK(listening_in(": ", 8080) == Listening::no);
}

TEST(the_process_of_another_container_is_not_looked_at) {
  CHECK(listening(0, "0123456789ab", 80) == Listening::unknown);
  CHECK(listening(getpid(), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 80) ==
        Listening::unknown);
}

int main() { return check::run_all("listening"); }
