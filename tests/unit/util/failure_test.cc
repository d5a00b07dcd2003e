// What a failure tells.
#include "util/failure.h"

#include <cerrno>

#include "check.h"

using namespace conu;

TEST(a_failure_carries_all_it_was_given) {
  Failure failure(Code::conflict, "the message", "the hint", 409);
  CHECK(failure.code == Code::conflict);
  CHECK_EQUAL(std::string(failure.what()), "the message");
  CHECK_EQUAL(failure.hint, "the hint");
  CHECK_EQUAL(failure.http_status, 409);
  CHECK_EQUAL(failure.details, "");
}

TEST(a_system_failure_names_the_object_and_the_reason) {
  Failure failure = system_failure("cannot open /x", ENOENT);
  CHECK(failure.code == Code::not_found);
  CHECK_EQUAL(failure.message, "cannot open /x: No such file or directory");
}

TEST(errno_has_a_code) {
  CHECK(system_failure("x", EACCES).code == Code::permission);
  CHECK(system_failure("x", EPERM).code == Code::permission);
  CHECK(system_failure("x", EROFS).code == Code::permission);
  CHECK(system_failure("x", ENOMEM).code == Code::no_memory);
  CHECK(system_failure("x", EIO).code == Code::io);
}

int main() { return check::run_all("failure"); }
