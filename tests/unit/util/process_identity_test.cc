// Which process it is.
#include "util/process_identity.h"

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "util/text.h"

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

TEST(a_process_is_dead_that_has_ended_or_has_another_start) {
  const ProcessIdentity &own = own_identity();
  std::string elsewhere = concat(own.space, ".", own.boot);
  CHECK(!is_dead(own.text()));
  CHECK(is_dead(concat(own.pid, ".1.", elsewhere)));
  CHECK(is_dead(concat("2147483646.1.", elsewhere)));
  CHECK(is_dead(concat("1.0.", elsewhere)));
  CHECK(!is_dead(concat("1.", start_time(1), ".", elsewhere)));
  pid_t child = fork();
  if (child == 0) _exit(0);
  std::string start = start_time(child);
  CHECK_EQUAL(waitpid(child, nullptr, 0), child);
  CHECK(is_dead(concat(std::to_string(child), ".", start, ".", elsewhere)));
}

TEST(in_doubt_a_process_lives) {
  const ProcessIdentity &own = own_identity();
  CHECK(!is_dead(concat("2147483646.1.1.", own.boot)));
  for (std::string pid : {"", "0", "-5", "1x", "99999999999999999999"})
    CHECK(!is_dead(concat(pid, ".1.", own.space, ".", own.boot)));
  for (std::string text : {"", ".", "1.2.3", "1.2.3.4.5"}) CHECK(!is_dead(text));
  CHECK(is_dead("1.1.1.an-earlier-boot"));
}

int main() { return check::run_all("process_identity"); }
