// Tar archives made piece by piece.
#include "filesystem/archive_writer.h"

#include "check.h"
#include "filesystem/tar_entries.h"

using namespace conu;

static struct stat status_of(mode_t mode, int64_t size = 0, int64_t time = 1234567890) {
  struct stat status {};
  status.st_mode = mode;
  status.st_size = size;
  status.st_mtim.tv_sec = time;
  status.st_uid = 1000;
  status.st_gid = 1000;
  status.st_nlink = 3;
  return status;
}

static void add_file(ArchiveWriter &writer, const std::string &name, const std::string &content) {
  writer.begin(name, status_of(S_IFREG | 0644, static_cast<int64_t>(content.size())), "");
  writer.data(content);
}

static std::string finished(ArchiveWriter &writer) {
  writer.finish();
  return writer.take();
}

TEST(an_empty_archive_is_an_archive) {
  ArchiveWriter writer;
  std::string bytes = finished(writer);
  CHECK(bytes.size() >= 1024);
  CHECK_EQUAL(bytes.find_first_not_of('\0'), bytes.npos);
  CHECK(entries_of(bytes).empty());
}

TEST(files_folders_and_links_come_back_and_belong_to_root) {
  ArchiveWriter writer;
  writer.begin("folder", status_of(S_IFDIR | 0750, 4096), "");
  add_file(writer, "folder/file", "content");
  writer.begin("program", status_of(S_IFREG | 04755, 0, 1), "");
  writer.begin("link", status_of(S_IFLNK | 0777, 11), "/etc/passwd");
  auto entries = entries_of(finished(writer));
  CHECK_EQUAL(entries.size(), 4u);
  for (const TarEntry &entry : entries) {
    CHECK_EQUAL(entry.uid, 0);
    CHECK_EQUAL(entry.gid, 0);
  }
  CHECK(entries[0].name == "folder/" && entries[0].type == S_IFDIR && entries[0].mode == 0750);
  CHECK(entries[1].name == "folder/file" && entries[1].type == S_IFREG && entries[1].mode == 0644);
  CHECK_EQUAL(entries[1].content, "content");
  CHECK_EQUAL(entries[1].time, 1234567890);
  CHECK(entries[2].mode == 04755 && entries[2].size == 0 && entries[2].time == 1);
  CHECK(entries[3].type == S_IFLNK && entries[3].target == "/etc/passwd");
}

TEST(files_of_every_size_come_back_however_they_were_given) {
  for (size_t size : {0, 1, 511, 512, 513, 10239, 10240, 10241, 300000}) {
    std::string content;
    for (size_t i = 0; i < size; i++) content += static_cast<char>(i % 251);
    ArchiveWriter writer;
    std::string bytes;
    writer.begin("file", status_of(S_IFREG | 0600, static_cast<int64_t>(size)), "");
    for (size_t at = 0; at < size; at += 777) {
      writer.data(std::string_view(content).substr(at, 777));
      CHECK(writer.size() <= 4096 || at < 8192);  // what was taken is gone
      bytes += writer.take();
      CHECK_EQUAL(writer.size(), 0u);
    }
    add_file(writer, "next", "next");
    bytes += finished(writer);
    auto entries = entries_of(bytes);
    CHECK_EQUAL(entries.size(), 2u);
    CHECK(entries[0].content == content);
    CHECK_EQUAL(entries[1].content, "next");
    CHECK_EQUAL(bytes.size() % 512, 0u);
  }
}

TEST(names_may_be_long_or_in_any_language_or_in_none) {
  std::string deep;
  for (int i = 0; i < 60; i++) deep += "folder" + std::to_string(i) + "/";
  const std::string names[] = {deep + "file", std::string(255, 'n'), "gr\xc3\xbc\xc3\x9f", "\xe6\x97\xa5\xe6\x9c\xac",
                               "a b\tc",      "latin\xfc",           "new\nline"};
  ArchiveWriter writer;
  for (const std::string &name : names) add_file(writer, name, name);
  writer.begin("link", status_of(S_IFLNK | 0777), deep);
  auto entries = entries_of(finished(writer));
  CHECK_EQUAL(entries.size(), 8u);
  for (size_t i = 0; i < 7; i++) {
    CHECK_EQUAL(entries[i].name, names[i]);
    CHECK_EQUAL(entries[i].content, names[i]);
  }
  CHECK_EQUAL(entries[7].target, deep);
}

TEST(sizes_and_times_beyond_the_old_format_are_kept) {
  ArchiveWriter writer;
  writer.begin("large", status_of(S_IFREG | 0644, int64_t{9} << 30, int64_t{1} << 34), "");
  auto entries = entries_of(writer.take(), false);
  CHECK_EQUAL(entries[0].size, int64_t{9} << 30);
  CHECK_EQUAL(entries[0].time, int64_t{1} << 34);
  ArchiveWriter old;
  old.begin("old", status_of(S_IFREG | 0644, 0, -86400), "");
  CHECK_EQUAL(entries_of(finished(old))[0].time, -86400);
}

TEST(an_archive_may_be_given_up_in_the_middle) {
  ArchiveWriter writer;
  writer.begin("large", status_of(S_IFREG | 0644, int64_t{100} << 30), "");  // to complete it would take minutes
  writer.data("begun");
}

TEST(the_same_input_gives_the_same_bytes) {
  auto make = [] {
    ArchiveWriter writer;
    add_file(writer, "file", "content");
    add_file(writer, std::string(200, 'x'), "long");
    return finished(writer);
  };
  CHECK(make() == make());
}

int main() { return check::run_all("archive_writer"); }
