// Tar archives read as they arrive, split anywhere, whole and broken.
#include "filesystem/archive_reader.h"

#include "check.h"
#include "filesystem/archive_writer.h"
#include "filesystem/tar_bytes.h"

using namespace conu;
using Type = ArchiveEntry::Type;

struct Read {
  ArchiveEntry entry;
  std::string content;
};

static std::vector<Read> read(const std::string &bytes, size_t piece_size = SIZE_MAX) {
  ArchiveReader reader;
  std::vector<Read> entries;
  for (size_t at = 0; at < bytes.size(); at += std::min(piece_size, bytes.size() - at)) {
    reader.feed(std::string_view(bytes).substr(at, piece_size));
    for (auto event = reader.next(); event != ArchiveReader::Event::hungry; event = reader.next()) {
      if (event == ArchiveReader::Event::entry)
        entries.push_back({reader.entry(), ""});
      else
        entries.back().content += reader.data();
    }
  }
  reader.finish();
  return entries;
}

static const std::string long_name = std::string(150, 'n') + "/" + std::string(150, 'm');

TEST(all_kinds_of_entries_are_read_split_anywhere) {
  std::string bytes =
      tar_header('5', "folder/", "", 0, 02755) + tar_file("folder/file", "content") +
      tar_header('2', "link", "folder/file", 99) + tar_header('1', "hard", "folder/file") + tar_header('3', "device") +
      tar_header('6', "pipe") + tar_header('4', "disk") +
      pax(pax_record("path", long_name) + pax_record("mtime", "1000000000.123456789") + pax_record("uid", "3000000")) +
      tar_file("short", std::string(1000, 'x')) + tar_file("empty", "") + tar_end;
  for (size_t size : {SIZE_MAX, size_t(1), size_t(7), size_t(511), size_t(512), size_t(513), size_t(1000)}) {
    auto entries = read(bytes, size);
    CHECK_EQUAL(entries.size(), 9u);
    CHECK(entries[0].entry.type == Type::folder && entries[0].entry.mode == 02755);
    CHECK_EQUAL(entries[1].entry.name, "folder/file");
    CHECK_EQUAL(entries[1].content, "content");
    CHECK(entries[1].entry.uid == 1000 && entries[1].entry.gid == 1001 && entries[1].entry.mtime == 1234567890);
    CHECK(entries[2].entry.type == Type::symlink && entries[2].entry.target == "folder/file");
    CHECK(entries[3].entry.type == Type::hard_link && entries[3].entry.target == "folder/file");
    CHECK(entries[4].entry.type == Type::character_device && entries[4].entry.major == 1 &&
          entries[4].entry.minor == 3);
    CHECK(entries[5].entry.type == Type::fifo && entries[6].entry.type == Type::block_device);
    CHECK_EQUAL(entries[7].entry.name, long_name);
    CHECK(entries[7].entry.uid == 3000000 && entries[7].entry.mtime_ns == 123456789);
    CHECK_EQUAL(entries[7].content, std::string(1000, 'x'));
    CHECK_EQUAL(entries[8].entry.name, "empty");  // what an extension says is for one entry
    CHECK_EQUAL(entries[8].entry.mtime_ns, 0);
  }
}

TEST(what_the_writer_makes_is_read) {
  ArchiveWriter writer(true);
  struct stat status {};
  status.st_mode = S_IFREG | 0640;
  status.st_size = 5;
  status.st_uid = 4000000000u;
  status.st_mtim.tv_sec = 9999999999;
  writer.begin(long_name + long_name, status, "");
  writer.data("hello");
  writer.link("second", status, long_name + long_name);
  writer.begin(
      "not\xff"
      "utf8",
      status, "");
  writer.data("world");
  writer.finish();
  auto entries = read(writer.take());
  CHECK_EQUAL(entries.size(), 3u);
  CHECK_EQUAL(entries[0].entry.name, long_name + long_name);
  CHECK(entries[0].content == "hello" && entries[0].entry.uid == 4000000000 && entries[0].entry.mtime == 9999999999);
  CHECK(entries[1].entry.type == Type::hard_link && entries[1].entry.target == long_name + long_name);
  CHECK_EQUAL(entries[2].entry.name,
              "not\xff"
              "utf8");
}

TEST(older_ways_to_have_long_names_and_big_numbers_are_known) {
  std::string name = long_name + '\0';
  std::string header = tar_header('0', "big", "", 3);
  std::string size("\x80\0\0\0\0\0\0\0\0\0\0\3", 12);
  unsigned sum = 8 * ' ';
  header.replace(124, 12, size).replace(148, 8, 8, ' ');
  sum = 0;
  for (unsigned char c : header) sum += c;
  char text[8];
  snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, text, 7);
  std::string bytes = tar_header('L', "././@LongLink", "", name.size()) + tar_padded(name) +
                      tar_header('K', "././@LongLink", "", name.size()) + tar_padded(name) +
                      tar_header('2', "cut", "cut") + tar_header('0', "tail", "", 0, 0644, "head") + header +
                      tar_padded("abc") + tar_end;
  auto entries = read(bytes);
  CHECK_EQUAL(entries.size(), 3u);
  CHECK(entries[0].entry.name == long_name && entries[0].entry.target == long_name);
  CHECK_EQUAL(entries[1].entry.name, "head/tail");
  CHECK_EQUAL(entries[2].content, "abc");
}

TEST(times_before_1970_are_read) {
  auto entries = read(pax(pax_record("mtime", "-1.25")) + tar_file("file", "") + tar_end);
  CHECK_EQUAL(entries[0].entry.mtime, -2);
  CHECK_EQUAL(entries[0].entry.mtime_ns, 750000000);
}

TEST(what_follows_the_end_is_ignored) {
  CHECK_EQUAL(read(tar_file("file", "x") + tar_end + "garbage that is no header").size(), 1u);
  CHECK(read(tar_end).empty());
}

TEST(an_archive_that_is_cut_off_anywhere_is_told) {
  std::string bytes = pax(pax_record("path", long_name)) + tar_file("file", "content") + tar_end;
  for (size_t size = 0; size + 512 < bytes.size(); size += 13)
    CHECK_FAILS(read(bytes.substr(0, size)), Code::protocol, "cut off");
}

TEST(what_is_no_archive_is_told) {
  CHECK_FAILS(read(std::string(512, 'x')), Code::protocol, "number");
  std::string changed = tar_file("file", "");
  changed[0] = 'g';
  CHECK_FAILS(read(changed), Code::protocol, "checksum");
  CHECK_FAILS(read("<html>" + std::string(600, ' ')), Code::protocol, "checksum");
  CHECK_FAILS(read(tar_header('S', "sparse") + tar_end), Code::protocol, "sparse");
  CHECK_FAILS(read(tar_header('0', "f", "", 1ull << 32) + "x"), Code::protocol, "cut off");
  for (const char *records : {"nonsense", "5 a=b\n", "99 path=x\n", "6 path\n", "-6 a=b\n", "07 a=b", " 6 a=b\n"})
    CHECK_FAILS(read(pax(records) + tar_file("file", "")), Code::protocol, "malformed");
  for (const char *size : {"-1", "9223372036854775807", "1x", "99999999999999999999"})
    CHECK_FAILS(read(pax(pax_record("size", size)) + tar_file("file", "")), Code::protocol, "size");
  CHECK_FAILS(read(pax(pax_record("path", std::string("a\0b", 3))) + tar_file("f", "")), Code::protocol, "NUL");
  CHECK_FAILS(read(pax(pax_record("GNU.sparse.major", "1")) + tar_file("f", "")), Code::protocol, "sparse");
  CHECK_FAILS(read(tar_header('x', "pax", "", 2 << 20)), Code::protocol, "too long");
}

int main() { return check::run_all("archive_reader"); }
