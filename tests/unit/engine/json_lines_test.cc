// Streams of JSON objects in each way that engines join them, cut at every place.
#include "engine/json_lines.h"

#include "check.h"

using namespace conu;

static void read(JsonLines &lines, std::string_view bytes, std::vector<std::string> *documents) {
  lines.feed(bytes);
  while (auto document = lines.next()) documents->push_back(*document);
}

static const std::vector<std::string> objects = {
    "{}",
    R"({"status":"Pulling","id":"1"})",
    R"({"a":[1,{"b":"}]{\"\\"},[]],"c":{}})",
    "{\n  \"pretty\": true\n}",
    "{\"text\":\"\xc3\xa4 \\u007d\"}",
};

static std::string joined(const std::string &before, const std::string &after) {
  std::string stream;
  for (const std::string &object : objects) stream += before + object + after;
  return stream;
}

TEST(objects_are_found_however_they_are_joined_and_split) {
  const std::string streams[] = {joined("", "\n"), joined("", "\r\n"), joined("", ""), joined("\x1e", "\n"),
                                 joined("", "\n\n \t")};
  for (const std::string &stream : streams)
    for (size_t first = 0; first <= stream.size(); first++)
      for (size_t second = first; second <= stream.size(); second++) {
        JsonLines lines;
        std::vector<std::string> documents;
        read(lines, std::string_view(stream).substr(0, first), &documents);
        read(lines, std::string_view(stream).substr(first, second - first), &documents);
        read(lines, std::string_view(stream).substr(second), &documents);
        lines.finish();
        CHECK(documents == objects);
      }
}

TEST(objects_are_found_byte_by_byte) {
  JsonLines lines;
  std::vector<std::string> documents;
  for (char c : joined("", "\n")) read(lines, std::string(1, c), &documents);
  lines.finish();
  CHECK(documents == objects);
}

TEST(an_object_is_given_as_soon_as_it_is_whole) {
  JsonLines lines;
  std::vector<std::string> documents;
  read(lines, "{\"a\":1", &documents);
  CHECK_EQUAL(documents.size(), 0u);
  read(lines, "}", &documents);
  CHECK_EQUAL(documents.size(), 1u);
}

TEST(an_empty_stream_is_no_object_and_no_error) {
  JsonLines lines;
  CHECK(!lines.next());
  lines.feed(" \r\n\x1e\n");
  CHECK(!lines.next());
  lines.finish();
}

TEST(a_stream_that_ends_inside_an_object_is_truncated) {
  const std::string object = objects[2];
  for (size_t length = 1; length < object.size(); length++) {
    JsonLines lines("the answer to POST /build");
    std::vector<std::string> documents;
    read(lines, "{}\n" + object.substr(0, length), &documents);
    CHECK_EQUAL(documents.size(), 1u);
    CHECK_FAILS(lines.finish(), Code::protocol, "the answer to POST /build ended in the middle of a JSON object: {");
  }
}

TEST(what_is_no_object_is_refused_after_the_objects_before_it) {
  for (const char *garbage : {"<html>502 Bad Gateway</html>", "[1]", "\"text\"", "null", "}", "]", "1", "\x01"}) {
    JsonLines lines("the answer");
    std::vector<std::string> documents;
    CHECK_FAILS(read(lines, "{}\n" + std::string(garbage), &documents), Code::protocol,
                "the answer should be JSON objects");
    CHECK_EQUAL(documents.size(), 1u);
    CHECK_FAILS(lines.next(), Code::protocol, "the answer should be JSON objects");
  }
}

TEST(an_object_has_a_largest_size) {
  const size_t limit = JsonLines::document_limit;
  std::vector<std::string> documents;
  JsonLines exact;
  read(exact, "{\"a\":\"" + std::string(limit - 8, 'x') + "\"}", &documents);
  CHECK_EQUAL(documents.size(), 1u);
  CHECK_EQUAL(documents[0].size(), limit);

  JsonLines whole;
  CHECK_FAILS(read(whole, "{\"a\":\"" + std::string(limit - 7, 'x') + "\"}", &documents), Code::protocol, "16 MiB");

  JsonLines pieces;
  read(pieces, "{\"a\":\"", &documents);
  auto feed_for_ever = [&] {
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 17; i++) read(pieces, piece, &documents);
  };
  CHECK_FAILS(feed_for_ever(), Code::protocol, "16 MiB");
}

int main() { return check::run_all("json_lines"); }
