// Which process it is.
#include "util/process_identity.h"

#include <unistd.h>

#include "check.h"

using namespace conu;

TEST(a_process_keeps_its_start_time) {
  CHECK(!start_time(getpid()).empty());
  CHECK_EQUAL(start_time(getpid()), start_time(getpid()));
  CHECK(start_time(getpid()) != start_time(1));
}

TEST(a_number_without_a_process_has_no_start_time) {
  CHECK_EQUAL(start_time(0x7ffffffe), "");
  CHECK_EQUAL(start_time(-1), "");
}

TEST(the_boot_has_an_id) {
  CHECK_EQUAL(boot_id().size(), 36u);
  CHECK_EQUAL(boot_id(), boot_id());
}

TEST(the_process_namespace_has_a_number) { CHECK(process_namespace().size() > 1); }

TEST(the_own_identity_is_what_is_looked_up) {
  const ProcessIdentity &own = own_identity();
  CHECK_EQUAL(own.pid, std::to_string(getpid()));
  CHECK_EQUAL(own.start, start_time(getpid()));
  CHECK_EQUAL(own.space, process_namespace());
  CHECK_EQUAL(own.boot, boot_id());
  CHECK(&own == &own_identity());
}

int main() { return check::run_all("process_identity"); }
