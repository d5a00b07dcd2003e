// The users of a container that has its own.
#include "container/user_map.h"

#include "check.h"

using namespace conu;

static UserMap map_of(const char *json) { return UserMap(Json::parse(json, "a test")); }

TEST(numbers_on_the_host_become_those_inside) {
  UserMap map = map_of(R"(["0:231072:1000", "5000:1000:1"])");
  CHECK(!map.empty());
  CHECK_EQUAL(map.inside(231072), 0);
  CHECK_EQUAL(map.inside(231084), 12);
  CHECK_EQUAL(map.inside(232071), 999);
  CHECK_EQUAL(map.inside(1000), 5000);
}

TEST(who_is_not_inside_is_nobody) {
  UserMap map = map_of(R"(["0:231072:1000"])");
  for (int64_t id : {0L, 231071L, 232072L, -1L, 0x7fffffffffffffffL}) CHECK_EQUAL(map.inside(id), 65534);
}

TEST(without_ranges_it_is_empty) {
  CHECK(map_of("[]").empty());
  CHECK(map_of("null").empty());
}

TEST(what_is_no_range_is_told) {
  for (const char *ranges : {R"([""])", R"(["1:2"])", R"(["a:b:c"])", R"(["1:2:"])"})
    CHECK_FAILS(map_of(ranges), Code::protocol, "no range of users");
  CHECK_FAILS(map_of("[1]"), Code::protocol, "a test: $[0]");
}

int main() { return check::run_all("user_map"); }
