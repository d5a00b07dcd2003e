// Where a tree is shown, and what dead processes have left.
#include "filesystem/mount_point.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "check.h"
#include "filesystem/private_mounts.h"
#include "loop/support.h"
#include "temporary_folder.h"
#include "util/file.h"
#include "util/process_identity.h"

using namespace conu;

namespace {

struct Room : TemporaryFolder {
  Room() {
    setenv("TMPDIR", path.c_str(), 1);
    records = path + "/conu-" + std::to_string(geteuid());
  }
  ~Room() { unsetenv("TMPDIR"); }
  // A record of a process, with a file in its tree.
  std::string record(const std::string &name) {
    write("conu-" + std::to_string(geteuid()) + "/" + name + "/folder/file", "");
    chmod(records.c_str(), 0700);
    return records + "/" + name;
  }
  bool is_empty() const { return std::filesystem::is_empty(records); }
  std::string records;
};

}  // namespace

static bool exists(const std::string &path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

static std::unique_ptr<MountPoint> made(const std::string &chosen) {
  Loop loop;
  return loop.run(MountPoint::make(chosen), nullptr);
}

static std::string here() { return "." + process_namespace() + "." + boot_id() + ".abc"; }

TEST(a_fresh_one_leaves_nothing_behind) {
  Room room;
  auto point = made("");
  CHECK(exists(point->target().path));
  CHECK(point->target().path.starts_with(room.records + "/" + std::to_string(getpid()) + "."));
  point->note_mount();
  point->remove();
  point->remove();
  CHECK(room.is_empty());
}

TEST(a_chosen_one_is_made_and_removed_or_left) {
  Room room;
  std::string folder = room.path + "/a/b";
  {
    auto point = made(folder);
    CHECK_EQUAL(point->target().path, folder);
    CHECK(exists(folder));
  }
  CHECK(!exists(room.path + "/a"));
  CHECK(mkdir((room.path + "/mine").c_str(), 0700) == 0);
  made(room.path + "/mine").reset();
  CHECK(exists(room.path + "/mine"));
  CHECK(room.is_empty());
}

TEST(a_link_to_a_folder_is_followed) {
  Room room;
  CHECK(mkdir((room.path + "/mine").c_str(), 0700) == 0);
  CHECK(symlink("mine", (room.path + "/link").c_str()) == 0);
  CHECK_EQUAL(made(room.path + "/link")->target().path, room.path + "/mine");
  CHECK(exists(room.path + "/link"));
}

TEST(one_that_is_not_free_is_refused) {
  Room room;
  room.write("full/file", "");
  CHECK_FAILS(made(room.path + "/full"), Code::conflict, "is not empty");
  CHECK(mkdir((room.path + "/taken").c_str(), 0700) == 0);
  CHECK(mount("conu", (room.path + "/taken").c_str(), "tmpfs", 0, nullptr) == 0);
  CHECK_FAILS(made(room.path + "/taken"), Code::conflict, "something is mounted there already");
  CHECK(umount2((room.path + "/taken").c_str(), 0) == 0);
  CHECK_FAILS(made(room.path + "/full/file"), Code::conflict, "it is something else");
  CHECK(room.is_empty());
}

TEST(what_the_dead_left_is_removed) {
  Room room;
  std::string ended = room.record("1.0" + here());
  std::string before_the_boot = room.record(std::to_string(getpid()) + "." + start_time(getpid()) + ".1.old-boot.abc");
  std::string mounted = room.record("1.1" + here());
  CHECK(mount("conu", mounted.c_str(), "tmpfs", 0, nullptr) == 0);
  chmod((ended + "/folder").c_str(), 0500);
  sweep_mounts();
  CHECK(!exists(ended));
  CHECK(!exists(before_the_boot));
  CHECK(!exists(mounted));
}

TEST(what_a_program_of_the_dead_mounts_while_it_is_removed_goes_too) {
  Room room;
  for (int i = 0; i < 20; i++) {
    std::string ended = room.record("1." + std::to_string(i) + here());
    std::thread program([&] {
      for (int n = 0; n < 200 && mount("conu", ended.c_str(), "tmpfs", 0, nullptr) == 0; n++) {
      }
    });
    std::string failure;
    try {
      sweep_mounts();
    } catch (const Failure &thrown) {
      failure = thrown.message;
    }
    program.join();
    CHECK_EQUAL(failure, "");
    CHECK(!exists(ended));
  }
}

TEST(what_lives_is_left_alone) {
  Room room;
  std::string own = room.record(std::to_string(getpid()) + "." + start_time(getpid()) + here());
  std::string elsewhere = room.record("1.0.12345." + boot_id() + ".abc");  // in another process namespace
  std::string strange = room.record("1.0.note");
  sweep_mounts();
  CHECK(exists(own + "/folder/file"));
  CHECK(exists(elsewhere + "/folder/file"));
  CHECK(exists(strange + "/folder/file"));
}

TEST(of_a_chosen_one_only_what_was_put_there_goes) {
  Room room;
  auto leave = [&](const std::string &verdict, const std::string &folder, bool has_files) {
    std::string name = "1.0" + here() + ".chosen", record = "conu-" + std::to_string(geteuid()) + "/" + name;
    struct stat status {};
    CHECK(stat(folder.c_str(), &status) == 0);
    room.write(record + "/place",
               verdict + " " + std::to_string(status.st_dev) + " " + std::to_string(status.st_ino) + " " + folder);
    if (has_files) room.write(record + "/files", "");
    chmod(room.records.c_str(), 0700);
  };
  std::string folder = room.path + "/chosen folder";
  room.write("chosen folder/sub/file", "");

  leave("given", folder, false);
  sweep_mounts();
  CHECK(exists(folder + "/sub/file"));
  CHECK(room.is_empty());

  leave("given", folder, true);
  sweep_mounts();
  CHECK(exists(folder));
  CHECK(!exists(folder + "/sub"));

  // Another folder has taken its place.
  leave("made", folder, true);
  CHECK(rename(folder.c_str(), (room.path + "/moved").c_str()) == 0);
  room.write("chosen folder/mine", "");
  sweep_mounts();
  CHECK(exists(folder + "/mine"));

  CHECK(unlink((folder + "/mine").c_str()) == 0);
  leave("made", folder, true);
  sweep_mounts();
  CHECK(!exists(folder));
}

TEST(a_name_that_another_has_taken_is_not_used) {
  Room room;
  TemporaryFolder theirs;
  theirs.write("1.0" + here() + "/file", "");
  CHECK(symlink(theirs.path.c_str(), room.records.c_str()) == 0);
  CHECK_FAILS(sweep_mounts(), Code::permission, "somebody else has taken the name");
  CHECK_FAILS(made(""), Code::permission, "somebody else has taken the name");
  CHECK(exists(theirs.path + "/1.0" + here() + "/file"));
  CHECK(unlink(room.records.c_str()) == 0);
  room.record("1.0" + here());
  chmod(room.records.c_str(), 0777);
  CHECK_FAILS(sweep_mounts(), Code::permission, "somebody else has taken the name");
  CHECK(exists(room.records + "/1.0" + here() + "/folder/file"));
}

int main() {
  enter_private_mounts();
  return check::run_all("mount_point");
}
