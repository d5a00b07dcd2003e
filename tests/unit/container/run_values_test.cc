// Values as the options of `docker run` write them.
#include "container/run_values.h"

#include "check.h"

using namespace conu;

// The refusal of a value; empty if it is taken.
template <class Read>
static std::string refusal(Read read, const std::string &text) {
  try {
    read(text);
  } catch (const BadValue &bad) {
    return bad.why;
  }
  return "";
}

TEST(whole_numbers) {
  CHECK_EQUAL(read_integer("0"), 0);
  CHECK_EQUAL(read_integer("-12"), -12);
  CHECK_EQUAL(read_integer("+12"), 12);
  CHECK_EQUAL(read_integer("0x1F"), 31);
  CHECK_EQUAL(read_integer("0b101"), 5);
  CHECK_EQUAL(read_integer("0o17"), 15);
  CHECK_EQUAL(read_integer("017"), 15);
  CHECK_EQUAL(read_integer("9223372036854775807"), std::numeric_limits<int64_t>::max());
  CHECK_EQUAL(read_integer("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  auto read = [](const std::string &text) { read_integer(text); };
  for (const char *bad : {"", "-", "x", "1x", "1.5", " 1", "--1", "0x", "08", "1 "})
    CHECK_EQUAL(refusal(read, bad), "is no whole number");
  for (const char *bad : {"9223372036854775808", "-9223372036854775809"})
    CHECK_EQUAL(refusal(read, bad), "is too large a number");
  CHECK_EQUAL(refusal([](const std::string &text) { read_integer(text, 0, 9); }, "10"), "is not between 0 and 9");
}

TEST(truth_values) {
  for (const char *yes : {"1", "t", "T", "true", "TRUE", "True"}) CHECK(read_truth(yes));
  for (const char *no : {"0", "f", "F", "false", "FALSE", "False"}) CHECK(!read_truth(no));
  for (const char *bad : {"", "yes", "tRue", "2"}) CHECK_EQUAL(refusal(read_truth, bad), "is neither true nor false");
}

TEST(sizes) {
  CHECK_EQUAL(read_size("0"), 0);
  CHECK_EQUAL(read_size("1024"), 1024);
  CHECK_EQUAL(read_size("7b"), 7);
  CHECK_EQUAL(read_size("1k"), 1024);
  CHECK_EQUAL(read_size("64m"), 64 << 20);
  CHECK_EQUAL(read_size("64MB"), 64 << 20);
  CHECK_EQUAL(read_size("64 MiB"), 64 << 20);
  CHECK_EQUAL(read_size("1.5g"), 3ll << 29);
  CHECK_EQUAL(read_size(".5g"), 1ll << 29);
  CHECK_EQUAL(read_size("1T"), 1ll << 40);
  CHECK_EQUAL(read_size("1p"), 1ll << 50);
  for (const char *bad : {"", "x", "-1", "1x", "1  m", "1mm", "m", ".", "1..2", "1e3", "0x10"})
    CHECK_EQUAL(refusal(read_size, bad), "is no size");
  for (const char *bad : {"9000000p", "99999999999999999999"})
    CHECK_EQUAL(refusal(read_size, bad), "is too large a size");
}

TEST(durations) {
  const int64_t second = 1000000000;
  CHECK_EQUAL(read_duration("0"), 0);
  CHECK_EQUAL(read_duration("30s"), 30 * second);
  CHECK_EQUAL(read_duration("1m30s"), 90 * second);
  CHECK_EQUAL(read_duration("1.5h"), 5400 * second);
  CHECK_EQUAL(read_duration("500ms"), second / 2);
  CHECK_EQUAL(read_duration("7us"), 7000);
  CHECK_EQUAL(read_duration("7\u00b5s7\u03bcs1ns"), 14001);
  CHECK_EQUAL(read_duration("-2s"), -2 * second);
  CHECK_EQUAL(read_duration("+.5s"), second / 2);
  for (const char *bad : {"", "5", "x", "s", "5 s", "5d", "1m30", "-", "1..5s", "5S"})
    CHECK_EQUAL(refusal(read_duration, bad), "is no duration");
  CHECK_EQUAL(refusal(read_duration, "9999999h"), "is too long a duration");
}

TEST(processors) {
  CHECK_EQUAL(read_cpus("2"), 2000000000);
  CHECK_EQUAL(read_cpus("0.5"), 500000000);
  CHECK_EQUAL(read_cpus(".5"), 500000000);
  CHECK_EQUAL(read_cpus("1/2"), 500000000);
  CHECK_EQUAL(read_cpus("1.2500000000000"), 1250000000);
  CHECK_EQUAL(read_cpus("0.000000001"), 1);
  CHECK_EQUAL(read_cpus("-1"), -1000000000);
  for (const char *bad : {"", "x", "1.2.3", "0.0000000001", "1/0", "1/", "/2", "1/3", "9999999999", ".", "1 "})
    CHECK_EQUAL(refusal(read_cpus, bad), "is no number of processors");
}

TEST(addresses_are_normal) {
  CHECK_EQUAL(read_address("10.0.0.1"), "10.0.0.1");
  CHECK_EQUAL(read_address(" FD00:0:0::1 "), "fd00::1");
  CHECK_EQUAL(read_address("[::1]"), "::1");
  CHECK(is_ipv4("10.0.0.1") && !is_ipv4("::1"));
  for (const char *bad : {"", "x", "10.0.0", "10.0.0.256", "::g", "[::1", "fe80::1%eth0"})
    CHECK(refusal(read_address, bad).find("where an IP address should be") != std::string::npos);
}

TEST(fields_stand_between_commas) {
  auto joined = [](const std::string &text) {
    std::string all;
    for (const std::string &field : read_fields(text)) all += "<" + field + ">";
    return all;
  };
  CHECK_EQUAL(joined("a"), "<a>");
  CHECK_EQUAL(joined("a,b=c,"), "<a><b=c><>");
  CHECK_EQUAL(joined(R"("a,b",c)"), "<a,b><c>");
  CHECK_EQUAL(joined(R"("a ""b"" c","")"), R"(<a "b" c><>)");
  for (const char *bad : {"", "\"a", "a\"b", "\"a\"b", "a\nb", "a\r", "\"", "a,\""})
    CHECK_EQUAL(refusal(read_fields, bad), "is no list of comma-separated values");
}

TEST(keys_and_values) {
  CHECK((key_and_value("a=b=c") == std::pair<std::string, std::string>("a", "b=c")));
  CHECK((key_and_value("a") == std::pair<std::string, std::string>("a", "")));
  CHECK(has_value("a=") && !has_value("a"));
}

int main() { return check::run_all("run_values"); }
