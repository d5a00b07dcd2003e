// The file that Podman's monitor writes a log to.
#include "container/log_file.h"

#include <unistd.h>

#include "check.h"
#include "temporary_folder.h"

using namespace conu;

static std::optional<LogFile> opened(const std::string &path, bool removes_itself = true) {
  Json document = Json::object();
  Json host = Json::object();
  host.set("AutoRemove", Json::boolean(removes_itself));
  document.set("HostConfig", host).set("LogPath", path);
  return LogFile::of("0123abcd", document);
}

static std::string read_all(LogFile &file) {
  std::string all;
  while (auto message = file.next())
    all += std::to_string(message->channel) + "[" + message->stamp + message->text + "]";
  return all;
}

#define CHECK_READS(content, expected)                               \
  do {                                                               \
    TemporaryFolder folder;                                          \
    auto file = opened(folder.write("0123abcd/ctr.log", (content))); \
    CHECK(file.has_value());                                         \
    CHECK_EQUAL(read_all(*file), expected);                          \
  } while (false)

TEST(its_lines_become_what_the_engine_sends) {
  CHECK_READS(
      "2026-11-23T10:29:25.123456789+01:00 stdout F a line\n"
      "2026-11-23T10:29:26.000000001+00:00 stderr F \n"
      "2026-11-23T10:29:27.5-04:30 stdout P begun, \n"
      "2026-11-23T10:29:27Z stdout F and ended\r\n",
      "1[2026-11-23T10:29:25+01:00 a line\n]2[2026-11-23T10:29:26Z \n]"
      "1[2026-11-23T10:29:27-04:30 begun, ]1[2026-11-23T10:29:27Z and ended\r\n]");
}

TEST(lines_longer_than_one_reading_are_whole) {
  std::string content, expected;
  for (size_t size : {65000, 70000, 200000}) {
    content += "2026-11-23T10:29:25.1+00:00 stdout F " + std::string(size, 'x') + "\n";
    expected += "1[2026-11-23T10:29:25Z " + std::string(size, 'x') + "\n]";
  }
  CHECK_READS(content, expected);
}

TEST(what_is_no_such_line_ends_it) {
  for (std::string bad : {"", " ", "x", "2026-11-23T10:29:25.1+00:00", "2026-11-23T10:29:25.1+00:00 ",
                          "2026-11-23T10:29:25.1+00:00 stdout", "2026-11-23T10:29:25.1+00:00 stdnil F x",
                          "2026-11-23 stdout F x", "{\"log\":\"a\",\"stream\":\"stdout\"}"})
    CHECK_READS("2026-11-23T10:29:25.1+00:00 stdout F a\n" + bad + "\n2026-11-23T10:29:25.1+00:00 stdout F b\n",
                "1[2026-11-23T10:29:25Z a\n]");
  CHECK_READS(std::string(3 << 20, 'x'), "");
  CHECK_READS("2026-11-23T10:29:25.1+00:00 stdout F not ended", "");
}

TEST(only_a_file_of_the_very_container_is_opened) {
  TemporaryFolder folder;
  std::string path = folder.write("0123abcd/ctr.log", "");
  CHECK(!opened(path, false));
  CHECK(!opened(folder.write("4567/ctr.log", "")));
  CHECK(!opened(folder.path + "/0123abcd/not-there"));
  CHECK(!opened(folder.path + "/0123abcd"));
  std::string link = folder.path + "/0123abcd/link";
  CHECK(symlink(path.c_str(), link.c_str()) == 0);
  CHECK(!opened(link));
  CHECK(!LogFile::of("0123abcd", Json::object()));
}

TEST(it_outlives_its_name) {
  TemporaryFolder folder;
  std::string path = folder.write("0123abcd/ctr.log", "2026-11-23T10:29:25.1+00:00 stdout F a\n");
  auto file = opened(path);
  unlink(path.c_str());
  CHECK_EQUAL(read_all(*file), "1[2026-11-23T10:29:25Z a\n]");
}

int main() { return check::run_all("log_file"); }
