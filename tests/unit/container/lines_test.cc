// Lines out of pieces, cut at every place.
#include "container/lines.h"

#include "check.h"

using namespace conu;

// All lines as "CHANNEL:LINE|".
static void read(Lines &lines, Piece piece, std::string *all) {
  lines.feed(piece);
  while (auto line = lines.next()) *all += std::to_string(line->channel) + ":" + std::string(line->bytes) + "|";
}

static void end(Lines &lines, std::string *all) {
  while (auto line = lines.last()) *all += std::to_string(line->channel) + ":" + std::string(line->bytes) + "|";
}

TEST(lines_come_whole_wherever_they_are_cut) {
  const std::string text = "one\ntwo\r\n\n\r\nlast";
  for (size_t first = 0; first <= text.size(); first++)
    for (size_t second = first; second <= text.size(); second++) {
      Lines lines;
      std::string all;
      read(lines, {1, std::string_view(text).substr(0, first)}, &all);
      read(lines, {1, std::string_view(text).substr(first, second - first)}, &all);
      read(lines, {1, std::string_view(text).substr(second)}, &all);
      end(lines, &all);
      CHECK_EQUAL(all, "1:one|1:two|1:|1:|1:last|");
    }
}

TEST(channels_that_take_turns_within_a_line_are_kept_apart) {
  Lines lines;
  std::string all;
  read(lines, {1, "he"}, &all);
  read(lines, {2, "err\nmo"}, &all);
  read(lines, {1, "llo\nend"}, &all);
  read(lines, {2, "re\n"}, &all);
  end(lines, &all);
  CHECK_EQUAL(all, "2:err|1:hello|2:more|1:end|");
}

TEST(an_empty_line_is_a_line) {
  Lines lines;
  lines.feed({1, "\n"});
  auto line = lines.next();
  CHECK(line.has_value());
  CHECK(line->bytes.empty());
  CHECK(!lines.next());
  CHECK(!lines.last());
}

TEST(a_line_beyond_the_limit_comes_in_parts) {
  for (size_t size : {Lines::limit - 1, Lines::limit, Lines::limit + 1, 3 * Lines::limit + 5})
    for (size_t step : {size_t{4096}, Lines::limit, 4 * Lines::limit}) {
      const std::string text = std::string(size, 'x') + "\nafter\n";
      Lines lines;
      size_t total = 0, parts = 0;
      std::string last;
      for (size_t at = 0; at < text.size(); at += step) {
        lines.feed({1, std::string_view(text).substr(at, step)});
        while (auto line = lines.next()) {
          CHECK(line->bytes.size() <= Lines::limit);
          last = line->bytes;
          if (last == "after") continue;
          total += line->bytes.size();
          parts++;
        }
      }
      CHECK_EQUAL(total, size);
      CHECK_EQUAL(parts, (size + Lines::limit - 1) / Lines::limit);
      CHECK_EQUAL(last, "after");
    }
}

TEST(what_is_no_line_yet_is_given_to_one_who_wants_pieces) {
  Lines lines;
  std::string all;
  read(lines, {1, "begun"}, &all);
  lines.feed({2, "x\ny"});
  auto rest = lines.rest();
  CHECK(rest.has_value());
  CHECK_EQUAL(std::string(rest->bytes), "begun");
  rest = lines.rest();
  CHECK(rest.has_value());
  CHECK_EQUAL(std::string(rest->bytes), "x\ny");
  CHECK(!lines.rest());
  CHECK_EQUAL(all, "");
}

int main() { return check::run_all("lines"); }
