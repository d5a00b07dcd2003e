// Folders made for a test: how they are made, and that what goes is what was made.
#include "filesystem/directory.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "loop/support.h"
#include "temporary_folder.h"
#include "util/failure.h"
#include "util/file.h"

using namespace conu;
namespace fs = std::filesystem;

static std::unique_ptr<Directory> make(const DirectoryOptions &options) { return on_loop(Directory::make(options)); }

static DirectoryOptions at(const std::string &path) {
  DirectoryOptions options;
  options.path = path;
  return options;
}

static struct stat status_of(const std::string &path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) throw system_failure(path, errno);
  return status;
}

static unsigned mode_of(const std::string &path) { return status_of(path).st_mode & 07777; }

// A PATH with these programs alone, which record what they were called with in FOLDER/called.
struct Programs {
  explicit Programs(const std::string &script) : path(getenv("PATH")) {
    if (!script.empty()) {
      std::string file = folder.write("setfacl", "#!/bin/sh\necho \"$*\" > " + folder.path + "/called\n" + script);
      chmod(file.c_str(), 0700);
    }
    setenv("PATH", (folder.path + ":/usr/bin:/bin").c_str(), 1);
    if (script.empty()) setenv("PATH", folder.path.c_str(), 1);
  }
  ~Programs() { setenv("PATH", path.c_str(), 1); }
  std::string called() const { return read_file(folder.path + "/called").value_or(""); }
  TemporaryFolder folder;
  std::string path;
};

TEST(without_a_path_a_new_folder_is_made_for_this_user_alone) {
  auto first = make({});
  auto second = make({});
  CHECK(first->path() != second->path());
  CHECK(fs::is_directory(first->path()));
  CHECK_EQUAL(mode_of(first->path()), 0700u);
  std::string path = first->path();
  first.reset();
  CHECK(!fs::exists(path));
}

TEST(the_folder_goes_with_the_folders_above_it_that_were_made) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a/b/c/"));
  CHECK_EQUAL(directory->path(), temporary.path + "/a/b/c");
  temporary.write("a/b/c/d/file", "content");
  directory->remove();
  CHECK(!fs::exists(temporary.path + "/a"));
  CHECK(fs::exists(temporary.path));
  directory->remove();  // once more is nothing
}

TEST(a_folder_above_with_something_else_in_it_stays) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a/b/c"));
  temporary.write("a/other", "mine");
  directory->remove();
  CHECK(!fs::exists(temporary.path + "/a/b"));
  CHECK(fs::exists(temporary.path + "/a/other"));
}

TEST(a_folder_that_exists_is_used_and_kept) {
  TemporaryFolder temporary;
  temporary.write("there/file", "mine");
  DirectoryOptions options = at(temporary.path + "/there");
  options.mode = 01777;
  make(options)->remove();
  CHECK(fs::exists(temporary.path + "/there/file"));
  CHECK_EQUAL(mode_of(temporary.path + "/there"), 01777u);
}

TEST(a_file_in_the_place_is_a_conflict) {
  TemporaryFolder temporary;
  temporary.write("file", "mine");
  CHECK_FAILS(make(at(temporary.path + "/file")), Code::conflict, temporary.path + "/file");
  CHECK_FAILS(make(at(temporary.path + "/file/below")), Code::io, temporary.path + "/file/below");
  CHECK(fs::is_regular_file(temporary.path + "/file"));
}

TEST(mode_and_owner_are_those_that_were_asked_for_whatever_the_umask) {
  TemporaryFolder temporary;
  DirectoryOptions options = at(temporary.path + "/a");
  options.mode = 02775;
  bool is_root = geteuid() == 0;
  options.user = is_root ? "1234" : std::to_string(geteuid());
  options.group = is_root ? "daemon" : std::to_string(getegid());
  auto directory = make(options);
  CHECK_EQUAL(mode_of(directory->path()), 02775u);
  CHECK_EQUAL(std::to_string(status_of(directory->path()).st_uid), options.user);
  CHECK_EQUAL(status_of(directory->path()).st_gid, is_root ? 1u : getegid());
}

TEST(what_cannot_be_done_is_told_and_leaves_no_folder) {
  TemporaryFolder temporary;
  DirectoryOptions options = at(temporary.path + "/a/b");
  options.user = "no-such-user";
  CHECK_FAILS(make(options), Code::not_found, "no-such-user");
  options.user = "";
  options.group = "no-such-group";
  CHECK_FAILS(make(options), Code::not_found, "no-such-group");
  options.group = "";
  options.mode = 010000;
  CHECK_FAILS(make(options), Code::invalid_argument, "mode");
  CHECK(fs::is_empty(temporary.path));
}

TEST(access_rules_are_set_by_setfacl) {
  TemporaryFolder temporary;
  DirectoryOptions options = at(temporary.path + "/a");
  options.acl_rules = {"u:26:rwx", "g::r"};
  {
    Programs programs("true");
    make(options);
    CHECK_EQUAL(programs.called(), "-m u:26:rwx,g::r " + temporary.path + "/a\n");
  }
  Programs programs("echo malformed >&2; exit 2");
  CHECK_FAILS(make(options), Code::command_failed, "(exit code 2): malformed");
  CHECK(!fs::exists(temporary.path + "/a"));
}

TEST(without_setfacl_the_hint_says_what_to_install) {
  TemporaryFolder temporary;
  Programs programs("");
  DirectoryOptions options = at(temporary.path + "/a");
  options.acl_rules = {"u:26:rwx"};
  try {
    make(options);
    CHECK(false);
  } catch (const Failure &failure) {
    CHECK(failure.code == Code::command_missing);
    CHECK(failure.hint.find("acl") != std::string::npos);
  }
  CHECK(!fs::exists(temporary.path + "/a"));
}

TEST(a_link_in_the_folder_is_removed_and_not_followed) {
  TemporaryFolder temporary;
  temporary.write("other/file", "mine");
  auto directory = make(at(temporary.path + "/a"));
  fs::create_directory_symlink(temporary.path + "/other", directory->path() + "/link");
  fs::create_hard_link(temporary.path + "/other/file", directory->path() + "/hard");
  directory->remove();
  CHECK(!fs::exists(temporary.path + "/a"));
  CHECK_EQUAL(read_file(temporary.path + "/other/file").value_or(""), "mine");
}

TEST(another_folder_in_its_place_is_not_removed) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a"));
  fs::rename(temporary.path + "/a", temporary.path + "/moved");
  temporary.write("a/file", "mine");
  CHECK_FAILS(directory->remove(), Code::state, "another folder");
  CHECK(fs::exists(temporary.path + "/a/file"));
}

TEST(what_is_gone_already_is_no_failure) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a/b"));
  fs::remove_all(temporary.path + "/a");
  directory->remove();
}

// As another user where this one is root, to whom no mode is a hindrance.
static void in_child(void (*act)(const std::string &), const std::string &path) {
  pid_t pid = fork();
  if (pid == 0) {
    int result = 1;
    try {
      if (geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0)) {
        act(path);
        result = 0;
      }
    } catch (const std::exception &exception) {
      dprintf(STDERR_FILENO, "in the child: %s\n", exception.what());
    }
    _exit(result);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  CHECK_EQUAL(status, 0);
}

TEST(a_read_only_tree_is_removed) {
  TemporaryFolder temporary;
  chmod(temporary.path.c_str(), 0777);
  in_child(
      [](const std::string &folder) {
        auto directory = make(at(folder + "/a"));
        fs::create_directories(directory->path() + "/b/c");
        fs::create_directories(directory->path() + "/locked");
        std::ofstream(directory->path() + "/b/c/file") << "content";
        for (const char *name : {"/b/c/file", "/b/c", "/b", "/locked", ""})
          chmod((directory->path() + name).c_str(), *name == '/' && name[1] == 'l' ? 0 : 0500);
        directory->remove();
      },
      temporary.path);
  CHECK(fs::is_empty(temporary.path));
}

TEST(a_tree_of_any_depth_is_removed_with_few_descriptors) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a"));
  std::string before = fs::current_path();
  CHECK_EQUAL(chdir(directory->path().c_str()), 0);
  for (int i = 0; i < 3000; i++) {
    CHECK_EQUAL(mkdir("deeper", 0700), 0);
    CHECK_EQUAL(chdir("deeper"), 0);
  }
  CHECK_EQUAL(chdir(before.c_str()), 0);
  directory->remove();
  CHECK(!fs::exists(temporary.path + "/a"));
}

TEST(what_is_mounted_in_it_is_left_alone) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a"));
  fs::create_directories(directory->path() + "/mounted");
  temporary.write("other/file", "mine");
  std::string source = temporary.path + "/other", target = directory->path() + "/mounted";
  if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    CHECK(errno == EPERM || errno == EACCES);  // this user may not mount
    return;
  }
  bool kept = false;
  try {
    directory->remove();
  } catch (const Failure &failure) {
    kept = failure.code == Code::conflict;
  }
  umount2(target.c_str(), MNT_DETACH);
  CHECK(kept);
  CHECK(fs::exists(temporary.path + "/other/file"));
  directory->remove();
  CHECK(!fs::exists(temporary.path + "/a"));
}

TEST(a_child_leaves_the_folder_to_its_parent) {
  TemporaryFolder temporary;
  auto directory = make(at(temporary.path + "/a"));
  pid_t pid = fork();
  if (pid == 0) {
    directory.reset();
    _exit(0);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  CHECK_EQUAL(status, 0);
  CHECK(fs::exists(temporary.path + "/a"));
}

TEST(a_context_is_set_or_refused_with_a_reason) {
  TemporaryFolder temporary;
  DirectoryOptions options = at(temporary.path + "/a");
  options.selinux_context = "system_u:object_r:container_file_t:s0";
  try {
    make(options);
  } catch (const Failure &failure) {
    CHECK(failure.code == Code::unsupported || failure.code == Code::permission ||
          failure.code == Code::invalid_argument);
    CHECK(failure.message.find("container_file_t") != std::string::npos);
  }
  CHECK(!fs::exists(temporary.path + "/a"));
}

TEST(the_kernel_tells_what_selinux_does) {
  TemporaryFolder folder;
  CHECK_EQUAL(selinux_status(folder.path), "disabled");
  folder.write("enforce", "0");
  CHECK_EQUAL(selinux_status(folder.path), "permissive");
  folder.write("enforce", "1\n");
  CHECK_EQUAL(selinux_status(folder.path), "enforcing");
}

int main() { return check::run_all("directory"); }
