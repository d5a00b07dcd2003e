// Whole trees put into a folder: what is on disk afterwards, what is remembered, and what is refused.
#include "filesystem/tree_extraction.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <climits>

#include "check.h"
#include "filesystem/extracted_mount.h"
#include "filesystem/feed_archive.h"
#include "filesystem/remove_tree.h"
#include "filesystem/tar_bytes.h"
#include "temporary_folder.h"
#include "util/failure.h"
#include "util/file.h"

using namespace conu;
namespace fs = std::filesystem;

static TreeFacts extract(const std::string &archive, const std::string &folder, ExtractionLimits limits = {}) {
  TreeExtraction extraction(folder, limits);
  feed_archive(extraction, archive);
  return extraction.finish();
}

// Everything that belongs to root, as in an image.
static std::string roots(const std::string &entry) {
  return pax(pax_record("uid", "0") + pax_record("gid", "0")) + entry;
}
static std::string folder(const std::string &name, unsigned mode = 0755) {
  return roots(tar_header('5', name, "", 0, mode));
}
static std::string file(const std::string &name, const std::string &content = "", unsigned mode = 0644) {
  return roots(tar_file(name, content, mode));
}
static std::string soft_link(const std::string &name, const std::string &target) {
  return roots(tar_header('2', name, target));
}
static std::string hard_link(const std::string &name, const std::string &target) {
  return roots(tar_header('1', name, target));
}
static std::string content_of(const std::string &path) { return read_file(path).value_or("(nothing)"); }
static bool exists(const std::string &path) { return fs::exists(fs::symlink_status(path)); }

static struct stat status_of(const std::string &path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) throw system_failure(path, errno);
  return status;
}

// A place to extract to, with a folder beside it that must stay as it is.
struct Place {
  Place() {
    temporary.write("outside/file", "mine");
    fs::create_directory(inside);
  }
  ~Place() {
    // Read-only folders, too.
    if (fs::exists(inside)) empty_folder(inside);
  }
  void check_untouched() const {
    CHECK_EQUAL(content_of(temporary.path + "/outside/file"), "mine");
    CHECK_EQUAL(status_of(temporary.path + "/outside/file").st_nlink, 1u);
    CHECK_EQUAL(std::distance(fs::directory_iterator(temporary.path + "/outside"), fs::directory_iterator()), 1);
    CHECK_EQUAL(std::distance(fs::directory_iterator(temporary.path), fs::directory_iterator()), 2);
  }
  TemporaryFolder temporary;
  std::string inside = temporary.path + "/inside";
};

// As what the tree is seen to be: `ls -l` in short.
static std::string seen(const TreeFacts &facts, const std::string &root, const std::string &path) {
  struct stat status {};
  lstat((root + "/" + path).c_str(), &status);
  FileFacts truth = facts.truth(path, status);
  char text[100];
  snprintf(text, sizeof text, "%o %ld:%ld %ld", truth.mode, static_cast<long>(truth.uid), static_cast<long>(truth.gid),
           static_cast<long>(truth.mtime));
  return text;
}

// --- what is made ----------------------------------------------------------------------------------------------------

TEST(files_folders_and_links_are_made_as_they_are) {
  Place place;
  TreeFacts facts = extract(folder("etc/") + file("etc/passwd", "root") + soft_link("etc/link", "/../../etc/passwd") +
                                hard_link("etc/hard", "etc/passwd") + folder("etc/inner", 0555) +
                                file("etc/inner/file", std::string(100000, 'x'), 0600) + tar_end,
                            place.inside);
  CHECK_EQUAL(content_of(place.inside + "/etc/passwd"), "root");
  CHECK_EQUAL(content_of(place.inside + "/etc/inner/file").size(), 100000u);
  CHECK_EQUAL(fs::read_symlink(place.inside + "/etc/link"), "/../../etc/passwd");
  CHECK_EQUAL(status_of(place.inside + "/etc/hard").st_ino, status_of(place.inside + "/etc/passwd").st_ino);
  for (const char *path : {"etc", "etc/passwd", "etc/link", "etc/inner", "etc/inner/file"})
    CHECK_EQUAL(status_of(place.inside + "/" + path).st_mtim.tv_sec, 1234567890);
  CHECK_EQUAL(seen(facts, place.inside, "etc/inner"), "40555 0:0 1234567890");
  CHECK_EQUAL(seen(facts, place.inside, "etc/inner/file"), "100600 0:0 1234567890");
  CHECK_EQUAL(seen(facts, place.inside, "etc/link"), "120777 0:0 1234567890");
  CHECK(facts.find("etc/inner") == nullptr);  // nothing is to be remembered of it
  place.check_untouched();
}

TEST(special_bits_are_dropped_and_remembered) {
  Place place;
  TreeFacts facts = extract(
      file("su", "x", 04755) + file("wall", "x", 02755) + folder("tmp", 01777) + hard_link("su-too", "su") + tar_end,
      place.inside);
  CHECK_EQUAL(status_of(place.inside + "/su").st_mode, S_IFREG | 0755u);
  CHECK_EQUAL(status_of(place.inside + "/wall").st_mode, S_IFREG | 0755u);
  CHECK_EQUAL(status_of(place.inside + "/tmp").st_mode, S_IFDIR | 0777u);
  CHECK_EQUAL(facts.find("su")->mode, S_IFREG | 04755u);
  CHECK_EQUAL(facts.find("su-too")->mode, S_IFREG | 04755u);
  CHECK_EQUAL(facts.find("wall")->mode, S_IFREG | 02755u);
  CHECK_EQUAL(facts.find("tmp")->mode, S_IFDIR | 01777u);
}

TEST(what_nobody_could_read_can_be_read) {
  Place place;
  TreeFacts facts = extract(folder("closed", 0) + file("closed/file", "secret", 0) + folder("blind", 0300) +
                                file("blind/file", "x", 0200) + tar_end,
                            place.inside);
  CHECK_EQUAL(status_of(place.inside + "/closed").st_mode, S_IFDIR | 0500u);
  CHECK_EQUAL(status_of(place.inside + "/closed/file").st_mode, S_IFREG | 0400u);
  CHECK_EQUAL(status_of(place.inside + "/blind").st_mode, S_IFDIR | 0700u);
  CHECK_EQUAL(seen(facts, place.inside, "closed"), "40000 0:0 1234567890");
  CHECK_EQUAL(seen(facts, place.inside, "closed/file"), "100000 0:0 1234567890");
  CHECK_EQUAL(seen(facts, place.inside, "blind"), "40300 0:0 1234567890");
  CHECK_EQUAL(seen(facts, place.inside, "blind/file"), "100200 0:0 1234567890");
}

TEST(owners_are_set_by_root_and_else_remembered) {
  Place place;
  TreeFacts facts = extract(
      tar_file("file", "x", 0640) + tar_header('2', "link", "file") + tar_header('5', "folder", "", 0, 0750) + tar_end,
      place.inside);
  for (const char *path : {"file", "link", "folder"}) {
    CHECK_EQUAL(seen(facts, place.inside, path).substr(seen(facts, place.inside, path).find(' ')),
                " 1000:1001 1234567890");
    bool is_root = geteuid() == 0;
    CHECK_EQUAL(facts.find(path) == nullptr, is_root);
    if (is_root) CHECK_EQUAL(status_of(place.inside + "/" + path).st_uid, 1000u);
  }
  // Numbers that no system knows.
  for (const char *number : {"4294967295", "99999999999999", "-1"}) {
    Place another;
    facts = extract(pax(pax_record("uid", number)) + tar_file("file", "x") + tar_end, another.inside);
    CHECK_EQUAL(std::to_string(facts.find("file")->uid), number);
  }
}

TEST(devices_and_pipes_are_remembered_and_not_made) {
  Place place;
  TreeFacts facts =
      extract(folder("dev") + roots(tar_header('3', "dev/null", "", 0, 0666)) +
                  roots(tar_header('4', "dev/disk", "", 0, 0660)) + roots(tar_header('6', "dev/pipe", "", 0, 0622)) +
                  hard_link("dev/null-too", "dev/null") + tar_end,
              place.inside);
  CHECK_EQUAL(std::distance(fs::directory_iterator(place.inside + "/dev"), fs::directory_iterator()), 0);
  CHECK((facts.missing_in("dev") == std::vector<std::string>{"disk", "null", "null-too", "pipe"}));
  CHECK_EQUAL(facts.find("dev/null")->mode, S_IFCHR | 0666u);
  CHECK_EQUAL(facts.find("dev/null-too")->mode, S_IFCHR | 0666u);
  CHECK_EQUAL(facts.find("dev/disk")->mode, S_IFBLK | 0660u);
  CHECK_EQUAL(facts.find("dev/pipe")->mode, S_IFIFO | 0622u);
  CHECK_EQUAL(facts.find("dev/disk")->major, 1u);
  CHECK_EQUAL(facts.find("dev/disk")->minor, 3u);
}

TEST(extended_attributes_are_remembered_and_not_set) {
  Place place;
  std::string capability("\1\0\0\2\0\40\0\0", 8);
  std::string records = pax_record("SCHILY.xattr.security.capability", capability) +
                        pax_record("SCHILY.xattr.user.comment", "said") + pax_record("SCHILY.xattr.user.empty", "");
  TreeFacts facts =
      extract(pax(records) + tar_file("ping", "x", 0755) + pax(records) + tar_header('5', "folder", "", 0, 0755) +
                  hard_link("ping-too", "ping") + tar_file("cat", "x", 0755) + tar_end,
              place.inside);
  for (const char *path : {"ping", "folder", "ping-too"}) {
    const auto &attributes = facts.find(path)->attributes;
    CHECK_EQUAL(attributes.size(), 3u);
    CHECK_EQUAL(attributes.at("security.capability"), capability);
    CHECK_EQUAL(attributes.at("user.comment"), "said");
    CHECK_EQUAL(attributes.at("user.empty"), "");
    CHECK_EQUAL(llistxattr((place.inside + "/" + path).c_str(), nullptr, 0), 0);
  }
  const FileFacts *other = facts.find("cat");
  CHECK(other == nullptr || other->attributes.empty());
}

TEST(the_folder_itself_stays_and_what_the_archive_says_of_it_is_remembered) {
  Place place;
  chmod(place.inside.c_str(), 0700);
  TreeFacts facts = extract(folder("./", 01755) + file("./file", "x") + tar_end, place.inside);
  CHECK_EQUAL(status_of(place.inside).st_mode, S_IFDIR | 0700u);
  CHECK_EQUAL(facts.find("")->mode, S_IFDIR | 01755u);
  CHECK_EQUAL(content_of(place.inside + "/file"), "x");
}

TEST(names_are_bytes) {
  Place place;
  std::string longest(255, 'w');
  std::string deep;
  while (deep.size() + 300 < PATH_MAX) deep += std::string(255, 'd') + "/";
  std::string archive;
  for (const std::string &name :
       {std::string("\xff\xfe"), std::string("new\nline"), std::string("-rf"), longest, deep + "file"})
    archive += pax(pax_record("path", name)) + tar_file("short", name);
  extract(archive + tar_end, place.inside);
  CHECK_EQUAL(content_of(place.inside + "/\xff\xfe"), "\xff\xfe");
  CHECK_EQUAL(content_of(place.inside + "/new\nline"), "new\nline");
  CHECK_EQUAL(content_of(place.inside + "/-rf"), "-rf");
  CHECK_EQUAL(content_of(place.inside + "/" + longest), longest);
  fs::current_path(place.inside);
  CHECK_EQUAL(content_of(deep + "file"), deep + "file");
  fs::current_path("/");
}

// --- entries of the same name ----------------------------------------------------------------------------------------

TEST(the_last_entry_of_a_name_counts) {
  Place place;
  std::string outside = place.temporary.path + "/outside";
  TreeFacts facts = extract(
      file("a", "first", 04755) + file("a", "second") + soft_link("b", outside + "/file") + file("b", "new") +
          soft_link("c", outside) + folder("c") + file("c/inner", "x") + folder("d") + file("d", "no folder") +
          file("e", "one") + hard_link("e-too", "e") + file("e", "other") + roots(tar_header('6', "f")) +
          file("f", "no pipe") + file("g", "x") + roots(tar_header('6', "g")) + folder("h", 01777) + folder("h", 0755) +
          folder("i") + soft_link("i", "a") + roots(tar_header('6', "j")) + folder("j") + file("j/file", "x") + tar_end,
      place.inside);
  CHECK_EQUAL(content_of(place.inside + "/a"), "second");
  CHECK(facts.find("a") == nullptr);
  CHECK_EQUAL(content_of(place.inside + "/b"), "new");
  CHECK_EQUAL(content_of(place.inside + "/c/inner"), "x");
  CHECK_EQUAL(content_of(place.inside + "/d"), "no folder");
  CHECK_EQUAL(content_of(place.inside + "/e"), "other");
  CHECK_EQUAL(content_of(place.inside + "/e-too"), "one");
  CHECK_EQUAL(content_of(place.inside + "/f"), "no pipe");
  CHECK(facts.find("f") == nullptr);
  CHECK(!exists(place.inside + "/g"));
  CHECK(!facts.find("g")->is_on_disk);
  CHECK_EQUAL(seen(facts, place.inside, "h"), "40755 0:0 1234567890");
  CHECK_EQUAL(fs::read_symlink(place.inside + "/i"), "a");
  CHECK_EQUAL(content_of(place.inside + "/j/file"), "x");
  place.check_untouched();
}

TEST(a_folder_with_something_in_it_is_not_replaced) {
  for (const std::string &last :
       {file("a"), soft_link("a", "b"), roots(tar_header('6', "a")), hard_link("a", "a/file")}) {
    Place place;
    CHECK_FAILS(extract(folder("a") + file("a/file") + last + tar_end, place.inside), Code::protocol, "not empty");
  }
}

// --- what is refused -------------------------------------------------------------------------------------------------

TEST(names_that_lead_out_are_refused) {
  for (const char *name : {"../outside/file", "a/../../outside/file", "..", "a/..", "/etc/conu-was-here", "/", "//a"}) {
    for (char type : {'0', '5', '2', '6', '3'}) {
      Place place;
      CHECK_FAILS(extract(folder("a") + tar_header(type, name, "target") + tar_end, place.inside), Code::protocol,
                  "of the archive");
      place.check_untouched();
    }
    Place place;
    CHECK_FAILS(extract(folder("a") + hard_link("a/hard", name) + tar_end, place.inside), Code::protocol,
                "of the archive");
    place.check_untouched();
  }
  CHECK(!exists("/etc/conu-was-here"));
}

TEST(links_and_devices_are_no_way_to_anything) {
  for (const char *target : {"../outside", "..", ".", "/", "nowhere", "folder"}) {
    for (const std::string &last : {file("link/file", "evil"), folder("link/sub"), soft_link("link/sub", "x"),
                                    hard_link("hard", "link/file"), roots(tar_header('6', "link/pipe"))}) {
      Place place;
      CHECK_FAILS(extract(folder("folder") + soft_link("link", target) + last + tar_end, place.inside), Code::protocol,
                  "of the archive");
      place.check_untouched();
    }
  }
  for (const char *type : {"3", "4", "6", "0"}) {
    Place place;
    CHECK_FAILS(extract(roots(tar_header(*type, "null")) + file("null/file") + tar_end, place.inside), Code::protocol,
                "no folder");
  }
}

TEST(a_hard_link_to_a_link_does_not_reach_its_target) {
  Place place;
  std::string outside = place.temporary.path + "/outside/file";
  extract(soft_link("link", outside) + hard_link("hard", "link") + tar_end, place.inside);
  CHECK_EQUAL(fs::read_symlink(place.inside + "/hard"), outside);
  place.check_untouched();
  Place another;
  extract(soft_link("link", outside) + hard_link("hard", "link") + file("hard", "new") + tar_end, another.inside);
  CHECK_EQUAL(content_of(another.inside + "/hard"), "new");
  another.check_untouched();
}

TEST(a_hard_link_to_no_file_of_the_archive_is_refused) {
  for (const char *target : {"missing", "not/there", "folder", "hard", "", "."}) {
    Place place;
    CHECK_FAILS(extract(folder("folder") + hard_link("hard", target) + tar_end, place.inside), Code::protocol,
                "\"hard\"");
  }
}

TEST(what_is_no_tree_is_refused) {
  Place place;
  CHECK_FAILS(extract(file("./") + tar_end, place.inside), Code::protocol, "no folder");
  CHECK_FAILS(extract(soft_link("link", "") + tar_end, place.inside), Code::protocol, "link to nothing");
  CHECK_FAILS(extract(file("file", "whole"), place.inside), Code::protocol, "cut off");
  CHECK_FAILS(extract(pax(pax_record("GNU.sparse.major", "1")) + file("sparse"), place.inside), Code::protocol,
              "sparse");
  CHECK_FAILS(extract(tar_header('S', "sparse", "", 1 << 30) + tar_end, place.inside), Code::protocol, "unknown type");
  CHECK_FAILS(extract(pax(pax_record("path", std::string(5000, 'x'))) + file("x"), place.inside), Code::protocol,
              "too long");
}

TEST(a_tree_that_is_larger_than_its_limits_is_refused) {
  Place place;
  std::string archive =
      folder("a") + file("a/b", std::string(1000, 'x')) + file("a/c", std::string(1000, 'x')) + tar_end;
  extract(archive, place.inside, {3, 2000});
  extract(archive, place.inside, {-1, -1});
  CHECK_FAILS(extract(archive, place.inside, {2, 2000}), Code::io, "more than 2 entries");
  CHECK_FAILS(extract(archive, place.inside, {3, 1999}), Code::io, "more than 1999 bytes");
  CHECK_FAILS(extract(archive, place.inside, {0, 0}), Code::io, "more than 0 entries");
  // What it claims counts, before any of it comes.
  std::string huge = pax(pax_record("size", "9000000000000000000")) + tar_header('0', "huge") + std::string(512, 'x');
  CHECK_FAILS(extract(huge + huge, place.inside), Code::io, "bytes of content");
}

// --- the end of it ---------------------------------------------------------------------------------------------------

TEST(a_mount_goes_with_all_that_is_in_it) {
  Place place;
  {
    ExtractedMount mount(place.inside);
    CHECK_EQUAL(mount.method(), std::string("extract"));
    mount.set_facts(
        extract(folder("a", 0555) + folder("a/b", 0) + file("a/b/c", "x", 0) + soft_link("l", "../outside") + tar_end,
                place.inside));
    CHECK_EQUAL(mount.facts()->find("a/b")->mode, S_IFDIR | 0u);
    mount.unmount();
    CHECK_EQUAL(std::distance(fs::directory_iterator(place.inside), fs::directory_iterator()), 0);
    place.temporary.write("inside/new", "of somebody else");
    mount.unmount();
  }
  CHECK_EQUAL(content_of(place.inside + "/new"), "of somebody else");
  CHECK_FAILS(ExtractedMount(place.inside), Code::conflict, "is not empty");
  CHECK_FAILS(ExtractedMount(place.inside + "/none"), Code::not_found, "/none");
  place.check_untouched();
}

int main() { return check::run_all("tree extraction"); }
