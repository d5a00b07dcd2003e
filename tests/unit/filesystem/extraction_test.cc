// Archives put into folders: what they make, and that nothing they hold gets anywhere else.
#include "filesystem/extraction.h"

#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "filesystem/feed_archive.h"
#include "filesystem/tar_bytes.h"
#include "temporary_folder.h"
#include "util/failure.h"
#include "util/file.h"

using namespace conu;
namespace fs = std::filesystem;

static void extract(const std::string &archive, const std::string &folder, const std::string &name = "made",
                    bool is_whole = false) {
  Extraction extraction(folder, name, is_whole);
  feed_archive(extraction, archive);
  extraction.finish();
}

static std::string folder(const std::string &name, unsigned mode = 0755) { return tar_header('5', name, "", 0, mode); }
static std::string content_of(const std::string &path) { return read_file(path).value_or("(nothing)"); }

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
  void check_untouched() const {
    size_t count = 0;
    for (const auto &entry : fs::recursive_directory_iterator(temporary.path)) {
      std::string path = entry.path();
      count += path.compare(0, inside.size(), inside) != 0;
    }
    CHECK_EQUAL(count, 2u);
    CHECK_EQUAL(content_of(temporary.path + "/outside/file"), "mine");
    CHECK_EQUAL(status_of(temporary.path + "/outside/file").st_nlink, 1u);
  }
  TemporaryFolder temporary;
  std::string inside = temporary.path + "/inside";
};

TEST(a_tree_takes_the_name_that_was_asked_for) {
  Place place;
  extract(folder("src/", 02750) + tar_file("src/file", "content", 0604) + folder("src/read-only", 0500) +
              tar_file("src/read-only/inner", "deep") + tar_header('2', "src/link", "/etc/passwd") +
              tar_header('1', "src/hard", "src/file") + tar_header('6', "src/pipe", "", 0, 0622) + tar_end,
          place.inside);
  std::string made = place.inside + "/made";
  CHECK_EQUAL(content_of(made + "/file"), "content");
  CHECK_EQUAL(content_of(made + "/read-only/inner"), "deep");
  CHECK_EQUAL(status_of(made).st_mode, S_IFDIR | 02750u);
  CHECK_EQUAL(status_of(made + "/file").st_mode, S_IFREG | 0604u);
  CHECK_EQUAL(status_of(made + "/read-only").st_mode, S_IFDIR | 0500u);
  CHECK_EQUAL(status_of(made + "/pipe").st_mode, S_IFIFO | 0622u);
  CHECK_EQUAL(status_of(made + "/hard").st_ino, status_of(made + "/file").st_ino);
  CHECK_EQUAL(fs::read_symlink(made + "/link"), "/etc/passwd");
  for (const char *name : {"", "/file", "/read-only", "/link", "/pipe"})
    CHECK_EQUAL(status_of(made + name).st_mtim.tv_sec, 1234567890);
  CHECK_EQUAL(status_of(made + "/file").st_uid, geteuid());
  place.check_untouched();
}

TEST(content_goes_right_into_the_folder_which_stays_as_it_is) {
  Place place;
  chmod(place.inside.c_str(), 0700);
  extract(folder("src/", 0777) + tar_file("src/file", "content") + tar_end, place.inside, "");
  CHECK_EQUAL(content_of(place.inside + "/file"), "content");
  CHECK_EQUAL(status_of(place.inside).st_mode & 07777, 0700u);
}

TEST(an_archive_of_a_root_folder_has_absolute_names) {
  Place place;
  extract(folder("/") + folder("/bin") + tar_file("/bin/sh", "shell") + tar_header('1', "/bin/ash", "bin/sh") + tar_end,
          place.inside, "", true);
  CHECK_EQUAL(content_of(place.inside + "/bin/ash"), "shell");
}

TEST(what_is_there_is_replaced_and_folders_are_merged) {
  Place place;
  place.temporary.write("inside/made/kept", "kept");
  place.temporary.write("inside/made/file", "old");
  fs::create_symlink(place.temporary.path + "/outside/file", place.inside + "/made/link");
  extract(folder("src/") + tar_file("src/file", "new") + tar_file("src/link", "new") + tar_end, place.inside);
  CHECK_EQUAL(content_of(place.inside + "/made/kept"), "kept");
  CHECK_EQUAL(content_of(place.inside + "/made/file"), "new");
  CHECK_EQUAL(content_of(place.inside + "/made/link"), "new");
  place.check_untouched();
}

TEST(a_folder_and_a_file_never_take_the_place_of_each_other) {
  Place place;
  place.temporary.write("inside/made/file", "old");
  fs::create_directory_symlink(place.temporary.path + "/outside", place.inside + "/made/link");
  for (const std::string &entry : {folder("src/file"), folder("src/link"), folder("src/link/")})
    CHECK_FAILS(extract(folder("src") + entry + tar_end, place.inside), Code::conflict, "/made/");
  CHECK_FAILS(extract(tar_file("src", "") + tar_end, place.inside), Code::conflict,
              "the folder " + place.inside + "/made");
  CHECK_EQUAL(content_of(place.inside + "/made/file"), "old");
  place.check_untouched();
}

TEST(names_that_lead_out_are_refused) {
  Place place;
  for (const std::string &name : std::vector<std::string>{
           "src/../../outside/file", "../outside/file", "src/../..", "..", "/etc/conu",
           place.temporary.path + "/outside/file", "src/a/../../../outside/file", "other/file", "src2", ".", ""}) {
    for (char type : {'0', '5', '2', '6'})
      CHECK_FAILS(extract(folder("src") + tar_header(type, name, "target") + tar_end, place.inside), Code::protocol,
                  "of the archive");
    CHECK_FAILS(extract(folder("src") + tar_header('1', "src/hard", name) + tar_end, place.inside), Code::protocol,
                "of the archive");
  }
  place.check_untouched();
}

TEST(links_planted_by_the_archive_lead_nowhere) {
  Place place;
  std::string outside = place.temporary.path + "/outside";
  for (const std::string &target : std::vector<std::string>{outside, "../../outside", "..", ".", "/"}) {
    std::string start = folder("src") + tar_header('2', "src/link", target);
    for (const std::string &rest :
         {tar_file("src/link/file", "evil"), folder("src/link/sub"), tar_header('2', "src/link/sub", "x"),
          tar_header('1', "src/hard", "src/link/file"), tar_header('6', "src/link/pipe")}) {
      CHECK_FAILS(extract(start + rest + tar_end, place.inside), Code::protocol, "no folder");
      fs::remove_all(place.inside + "/made");
    }
    // In the place of the link itself, a file is a file.
    extract(start + tar_file("src/link", "new") + tar_end, place.inside);
    CHECK_EQUAL(content_of(place.inside + "/made/link"), "new");
    fs::remove_all(place.inside + "/made");
    CHECK_FAILS(extract(start + folder("src/link") + tar_end, place.inside), Code::conflict, "/made/link");
    fs::remove_all(place.inside + "/made");
    // And so is what was asked for.
    CHECK_FAILS(extract(tar_header('2', "src", target) + tar_file("src/file", "evil") + tar_end, place.inside),
                Code::protocol, "no folder");
    fs::remove_all(place.inside + "/made");
  }
  place.check_untouched();
}

TEST(a_hard_link_to_a_link_does_not_reach_its_target) {
  Place place;
  std::string outside = place.temporary.path + "/outside/file";
  extract(folder("src") + tar_header('2', "src/link", outside) + tar_header('1', "src/hard", "src/link") +
              tar_file("src/hard", "new") + tar_end,
          place.inside);
  place.check_untouched();
  CHECK_EQUAL(content_of(place.inside + "/made/hard"), "new");
}

TEST(a_hard_link_to_what_is_not_there_is_refused) {
  Place place;
  CHECK_FAILS(extract(folder("src") + tar_header('1', "src/hard", "src/missing") + tar_end, place.inside),
              Code::not_found, "missing");
}

TEST(a_hard_link_to_itself_leaves_one_file) {
  Place place;
  extract(folder("src") + tar_file("src/file", "x") + tar_header('1', "src/file", "src/file") + tar_end, place.inside);
  CHECK_EQUAL(std::distance(fs::directory_iterator(place.inside + "/made"), fs::directory_iterator()), 1);
}

TEST(a_file_that_is_not_whole_does_not_get_its_name) {
  Place place;
  place.temporary.write("inside/made/file", "old");
  std::string archive = folder("src") + tar_file("src/first", "whole") + tar_file("src/file", std::string(5000, 'x'));
  CHECK_FAILS(extract(archive.substr(0, archive.size() - 2000), place.inside), Code::protocol, "cut off");
  CHECK_EQUAL(content_of(place.inside + "/made/file"), "old");
  CHECK_EQUAL(content_of(place.inside + "/made/first"), "whole");
  CHECK_EQUAL(std::distance(fs::directory_iterator(place.inside + "/made"), fs::directory_iterator()), 2);
}

TEST(folders_that_are_missing_are_made) {
  Place place;
  extract(tar_file("src/a/b/file", "deep") + tar_end, place.inside);
  CHECK_EQUAL(content_of(place.inside + "/made/a/b/file"), "deep");
}

TEST(a_folder_to_put_it_in_must_be_there) {
  CHECK_FAILS(extract(tar_end, "/nonexistent/folder"), Code::not_found, "/nonexistent/folder");
}

int main() { return check::run_all("extraction"); }
