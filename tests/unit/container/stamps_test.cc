// The times before the messages of a log: taken off, and used to find where a second reading goes on.
#include "container/stamps.h"

#include "check.h"

using namespace conu;

static const char first_time[] = "2026-11-23T10:29:25.000000001Z";
static const char second_time[] = "2026-11-23T10:29:25.000000002Z";

static std::string taken(Stamps &stamps, int channel, const std::string &frame, size_t cut = 0) {
  std::string text;
  stamps.take({channel, std::string_view(frame).substr(0, cut)}, true, &text);
  stamps.take({channel, std::string_view(frame).substr(cut)}, cut == 0, &text);
  return text;
}

TEST(a_time_is_taken_off_wherever_its_frame_is_cut) {
  const std::string frame = std::string(first_time) + " a line, with blanks\n";
  for (size_t cut = 1; cut < frame.size(); cut++) {
    Stamps without(false), with(true);
    CHECK_EQUAL(taken(without, 1, frame, cut), "a line, with blanks\n");
    CHECK_EQUAL(taken(with, 1, frame, cut), frame);
  }
}

TEST(a_second_reading_gives_what_the_first_has_not) {
  Stamps stamps(false);
  const std::string early = std::string(first_time) + " same\n", late = std::string(second_time) + " same\n";
  CHECK_EQUAL(taken(stamps, 1, early), "same\n");
  CHECK_EQUAL(taken(stamps, 1, late), "same\n");
  CHECK_EQUAL(taken(stamps, 1, late), "same\n");
  stamps.read_again();
  CHECK_EQUAL(taken(stamps, 1, early), "");
  CHECK_EQUAL(taken(stamps, 1, late), "");
  CHECK_EQUAL(taken(stamps, 1, late), "");
  CHECK_EQUAL(taken(stamps, 1, late), "same\n");   // a third of the same time
  CHECK_EQUAL(taken(stamps, 2, early), "same\n");  // of a channel that had not come at all
}

TEST(a_second_reading_begins_before_the_last_message) {
  Stamps stamps(false);
  CHECK(!stamps.since_ms());
  taken(stamps, 1, "1970-01-01T00:01:40.500000000Z x\n");
  CHECK(stamps.since_ms().has_value());
  CHECK_EQUAL(*stamps.since_ms(), 98000);
}

TEST(the_zone_of_a_time_counts) {
  for (const char *stamp :
       {"1970-01-01T01:01:40Z", "1970-01-01T03:01:40+02:00", "1969-12-31T20:31:40.250000000-04:30"}) {
    Stamps stamps(false);
    taken(stamps, 1, std::string(stamp) + " x\n");
    CHECK(stamps.since_ms().has_value());
    CHECK_EQUAL(*stamps.since_ms(), 3698000);
  }
}

TEST(what_has_no_time_gives_no_moment) {
  Stamps stamps(false);
  CHECK_EQUAL(taken(stamps, 1, "no time here\n"), "time here\n");
  CHECK(!stamps.since_ms());
}

int main() { return check::run_all("stamps"); }
