// The files of a tree: what is there, what it is and what is in it, with links of the tree that point to the host.
#include "filesystem/filesystem.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "check.h"
#include "filesystem/folder_mount.h"
#include "temporary_folder.h"
#include "util/failure.h"

using namespace conu;
namespace fs = std::filesystem;
using Way = Root::Way;

namespace {

struct Tree {
  explicit Tree(Way way = Way::kernel) {
    temporary.write("secret", "of the host");
    temporary.write("tree/etc/os-release", "NAME=test\n");
    temporary.write("tree/etc/empty", "");
    fs::create_directories(path + "/usr/lib");
    link("../usr/lib", "etc/lib");
    link("/etc/os-release", "usr/lib/os-release");
    link("/etc/passwd", "usr/passwd");  // which the tree does not have
    link("../../../../../../../.." + temporary.path + "/secret", "etc/secret");
    link("loop", "loop");
    CHECK(mkfifo((path + "/fifo").c_str(), 0600) == 0);
    auto folder = std::make_unique<FolderMount>(path);
    mount = folder.get();
    files = std::make_unique<Filesystem>(std::move(folder), "the image x", way);
  }
  void link(const std::string &target, const std::string &name) const { fs::create_symlink(target, path + "/" + name); }
  TreeFacts &facts() {
    mount->extracted.emplace();
    return *mount->extracted;
  }

  TemporaryFolder temporary;
  std::string path = temporary.path + "/tree";
  FolderMount *mount = nullptr;
  std::unique_ptr<Filesystem> files;
};

}  // namespace

static void each_way(const std::function<void(Tree &, Filesystem &)> &act) {
  for (Way way : {Way::kernel, Way::walk}) {
    Tree tree(way);
    act(tree, *tree.files);
  }
}

static std::string joined(const std::vector<std::string> &names) {
  std::string all;
  for (const std::string &name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

// --- what is there ---------------------------------------------------------------------------------------------------

TEST(files_and_directories_are_present_or_not) {
  each_way([](Tree &, Filesystem &files) {
    CHECK(files.file_is_present("/etc/os-release", nullptr));
    CHECK(files.file_is_present("etc/lib/os-release", nullptr));
    CHECK(files.directory_is_present("/etc/lib", nullptr));
    CHECK(files.directory_is_present("/", nullptr));
    for (const char *path : {"/etc/nothing", "/nothing/below", "/usr/passwd", "/etc/os-release/x", "/etc/secret"}) {
      CHECK(!files.file_is_present(path, nullptr));
      CHECK(!files.directory_is_present(path, nullptr));
    }
  });
}

TEST(something_else_of_that_name_is_a_failure) {
  each_way([](Tree &, Filesystem &files) {
    CHECK_FAILS(files.file_is_present("/etc", nullptr), Code::conflict, "a folder");
    CHECK_FAILS(files.file_is_present("/fifo", nullptr), Code::conflict, "a FIFO");
    CHECK_FAILS(files.directory_is_present("/etc/os-release", nullptr), Code::conflict, "a file");
    CHECK_FAILS(files.file_is_present("/loop", nullptr), Code::io, "\"/loop\" in the image x: ");
    CHECK_FAILS(files.directory_is_present(std::string(5000, 'x'), nullptr), Code::io, "too long");
  });
}

TEST(a_path_on_the_host_lies_inside) {
  each_way([](Tree &tree, Filesystem &files) {
    CHECK_EQUAL(files.host_path("/etc/lib/os-release", nullptr), tree.path + "/etc/os-release");
    CHECK_EQUAL(files.host_path("..", nullptr), tree.path);
    CHECK_EQUAL(files.host_path("/usr/passwd", nullptr), tree.path + "/etc/passwd");
    CHECK_EQUAL(files.host_path("/etc/lib/new", nullptr), tree.path + "/usr/lib/new");
    CHECK_FAILS(files.host_path("/nothing/new", nullptr), Code::not_found, "/nothing/new");
    CHECK_FAILS(files.host_path("/etc/secret", nullptr), Code::not_found, "/etc/secret");
  });
}

TEST(folders_are_listed_in_order) {
  each_way([](Tree &tree, Filesystem &files) {
    tree.temporary.write("tree/usr/lib/\xff\xfe", "");
    tree.temporary.write("tree/usr/lib/.hidden", "");
    CHECK_EQUAL(joined(files.list("/etc/lib", nullptr)), ".hidden os-release \xff\xfe");
    CHECK_EQUAL(joined(files.list("/", nullptr)), "etc fifo loop usr");
    CHECK_FAILS(files.list("/etc/os-release", nullptr), Code::conflict, "a file");
    CHECK_FAILS(files.list("/nothing", nullptr), Code::not_found, "/nothing");
  });
}

// --- stat ------------------------------------------------------------------------------------------------------------

TEST(stat_tells_of_a_file) {
  each_way([](Tree &tree, Filesystem &files) {
    std::string path = tree.path + "/etc/os-release";
    const timespec time = {1234567890, 123456789}, times[] = {time, time};
    CHECK(chmod(path.c_str(), 04751) == 0 && utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    Json status = files.stat("/usr/../etc/./os-release", nullptr);
    CHECK_EQUAL(status["type"].text_or(""), "file");
    CHECK_EQUAL(status["path"].text_or(""), "/etc/os-release");
    CHECK_EQUAL(status["mode"].integer_or(0), 04751);
    CHECK_EQUAL(status["mode_octal"].text_or(""), "4751");
    CHECK_EQUAL(status["permissions"].text_or(""), "-rwsr-x--x");
    CHECK_EQUAL(status["uid"].integer_or(-1), static_cast<int64_t>(getuid()));
    CHECK_EQUAL(status["gid"].integer_or(-1), static_cast<int64_t>(getgid()));
    CHECK_EQUAL(status["size"].integer_or(0), 10);
    CHECK_EQUAL(status["nlink"].integer_or(0), 1);
    CHECK_EQUAL(status["mtime"].integer_or(0), 1234567890);
    CHECK_EQUAL(status["mtime_ns"].integer_or(0), 123456789);
    CHECK(!status["target"] && !status["resolved"] && !status["major"] && status["xattrs"].is_object());
  });
}

TEST(stat_tells_of_a_link_itself) {
  each_way([](Tree &tree, Filesystem &files) {
    Json status = files.stat("/etc/lib/os-release", nullptr);
    CHECK_EQUAL(status["type"].text_or(""), "symlink");
    CHECK_EQUAL(status["path"].text_or(""), "/usr/lib/os-release");
    CHECK_EQUAL(status["target"].text_or(""), "/etc/os-release");
    CHECK_EQUAL(status["resolved"].text_or(""), "/etc/os-release");
    CHECK_EQUAL(status["permissions"].text_or(""), "lrwxrwxrwx");
    CHECK(!files.stat("/loop", nullptr)["resolved"]);
    CHECK(!files.stat("/etc/secret", nullptr)["resolved"]);
    CHECK_EQUAL(files.stat("/etc/lib/", nullptr)["type"].text_or(""), "directory");
    tree.link("\xff", "odd");
    CHECK_EQUAL(files.stat("/odd", nullptr)["target_base64"].text_or(""), "/w==");
    CHECK_FAILS(files.stat("/etc/nothing", nullptr), Code::not_found, "/etc/nothing");
  });
}

TEST(stat_tells_of_attributes) {
  each_way([](Tree &tree, Filesystem &files) {
    std::string path = tree.path + "/etc/os-release", large(3000, 'x');
    bool keeps = setxattr(path.c_str(), "user.note", "seen\0", 5, 0) == 0;
    if (!keeps) CHECK(errno == ENOTSUP);
    if (!keeps) return;
    CHECK(setxattr(path.c_str(), "user.bytes", "\xff", 1, 0) == 0);
    CHECK(setxattr(path.c_str(), "user.large", large.data(), large.size(), 0) == 0);
    Json attributes = files.stat("/etc/os-release", nullptr)["xattrs"];
    CHECK_EQUAL(attributes["user.note"]["text"].text_or(""), "seen");
    CHECK_EQUAL(attributes["user.note"]["base64"].text_or(""), "c2VlbgA=");
    CHECK_EQUAL(attributes["user.bytes"]["base64"].text_or(""), "/w==");
    CHECK(!attributes["user.bytes"]["text"]);
    CHECK_EQUAL(attributes["user.large"]["text"].text_or(""), large);
  });
}

TEST(a_label_that_is_not_there_is_a_failure) {
  each_way([](Tree &tree, Filesystem &files) {
    CHECK_FAILS(files.selinux_context("/nothing", nullptr), Code::not_found, "/nothing");
    FileFacts facts;
    facts.mode = S_IFREG | 0644;
    facts.attributes["security.selinux"] = std::string("system_u:object_r:etc_t:s0\0", 27);
    tree.facts().set("etc/os-release", facts);
    CHECK_EQUAL(files.selinux_context("/etc/lib/os-release", nullptr), "system_u:object_r:etc_t:s0");
    CHECK_FAILS(files.selinux_context("/etc", nullptr), Code::not_found, "has none");
  });
}

// --- what is not on disk ---------------------------------------------------------------------------------------------

TEST(facts_say_more_than_the_disk) {
  each_way([](Tree &tree, Filesystem &files) {
    TreeFacts &facts = tree.facts();
    FileFacts device;
    device.mode = S_IFCHR | 0666;
    device.major = 1;
    device.minor = 3;
    device.is_on_disk = false;
    facts.set("etc/null", device);
    FileFacts su;
    su.mode = S_IFREG | 04755;
    su.uid = 7;
    su.attributes["user.a"] = "b";
    facts.set("etc/os-release", su);
    tree.link("../etc/null", "usr/zero");

    CHECK_EQUAL(joined(files.list("etc", nullptr)), "empty lib null os-release secret");
    Json status = files.stat("etc/null", nullptr);
    CHECK_EQUAL(status["type"].text_or(""), "character_device");
    CHECK_EQUAL(status["permissions"].text_or(""), "crw-rw-rw-");
    CHECK_EQUAL(status["minor"].integer_or(0), 3);
    CHECK_EQUAL(files.stat("usr/zero", nullptr)["resolved"].text_or(""), "/etc/null");
    CHECK_EQUAL(files.stat("usr/zero/", nullptr)["path"].text_or(""), "/etc/null");
    status = files.stat("etc/os-release", nullptr);
    CHECK_EQUAL(status["permissions"].text_or(""), "-rwsr-xr-x");
    CHECK_EQUAL(status["uid"].integer_or(0), 7);
    CHECK_EQUAL(status["size"].integer_or(0), 10);
    CHECK_EQUAL(status["xattrs"]["user.a"]["text"].text_or(""), "b");

    CHECK_FAILS(files.file_is_present("usr/zero", nullptr), Code::conflict, "a character device");
    CHECK_FAILS(files.directory_is_present("etc/null", nullptr), Code::conflict, "a character device");
    CHECK_FAILS(files.read_file("etc/null", nullptr), Code::conflict, "a character device");
    CHECK_FAILS(files.open_file("etc/null", O_RDWR | O_CREAT, nullptr), Code::conflict, "a character device");
    CHECK_FAILS(files.list("etc/null", nullptr), Code::conflict, "a character device");
    CHECK_FAILS(files.copy_from("etc/null", "/nonexistent/x", nullptr), Code::conflict, "a character device");
    CHECK(!files.file_is_present("etc/zero", nullptr));
  });
}

TEST(whiteouts_are_nothing) {
  each_way([](Tree &tree, Filesystem &files) {
    std::string path = tree.path + "/etc/gone";
    bool may = mknod(path.c_str(), S_IFCHR, makedev(0, 0)) == 0;
    if (!may) CHECK(errno == EPERM);
    if (!may) return;
    CHECK(!files.file_is_present("/etc/gone", nullptr));
    CHECK_EQUAL(joined(files.list("/etc", nullptr)), "empty lib os-release secret");
    CHECK_FAILS(files.stat("/etc/gone", nullptr), Code::not_found, "/etc/gone");
    CHECK_FAILS(files.read_file("/etc/gone", nullptr), Code::not_found, "/etc/gone");
  });
}

// --- contents --------------------------------------------------------------------------------------------------------

TEST(files_are_read_whole) {
  each_way([](Tree &tree, Filesystem &files) {
    CHECK_EQUAL(files.read_file("etc/lib/os-release", nullptr), "NAME=test\n");
    CHECK_EQUAL(files.read_file("etc/empty", nullptr), "");
    for (size_t size : {1, 4095, 4096, 4097, 8191, 8192, 1 << 20, (1 << 20) + 1}) {
      std::string content(size, 'y');
      tree.temporary.write("tree/sized", content);
      CHECK(files.read_file("sized", nullptr) == content);
    }
    std::string large(3 << 20, 'x');
    large += std::string("\0end", 4);
    tree.temporary.write("tree/large", large);
    CHECK(files.read_file("large", nullptr) == large);
  });
}

TEST(what_is_no_file_is_not_read) {
  each_way([](Tree &tree, Filesystem &files) {
    CHECK_FAILS(files.read_file("/usr/passwd", nullptr), Code::not_found, "/usr/passwd");
    CHECK_FAILS(files.read_file("/loop", nullptr), Code::io, "/loop");
    CHECK_FAILS(files.read_file("/etc/secret", nullptr), Code::not_found, "/etc/secret");
    CHECK_FAILS(files.read_file("/etc", nullptr), Code::conflict, "a folder");
    CHECK_FAILS(files.read_file("/fifo", nullptr), Code::conflict, "a FIFO");
    CHECK_FAILS(files.read_file("/etc/os-release/x", nullptr), Code::not_found, "os-release/x");
    std::string huge = tree.temporary.write("tree/huge", "");
    CHECK(truncate(huge.c_str(), off_t{1} << 40) == 0);
    CHECK_FAILS(files.read_file("/huge", nullptr), Code::io, "256 MiB");
  });
}

TEST(files_are_opened_as_asked) {
  each_way([](Tree &tree, Filesystem &files) {
    Fd file = files.open_file("etc/lib/os-release", O_RDONLY, nullptr);
    char buffer[4];
    CHECK(read(file.get(), buffer, 4) == 4 && memcmp(buffer, "NAME", 4) == 0);
    CHECK_EQUAL(fcntl(file.get(), F_GETFD), FD_CLOEXEC);
    CHECK(files.open_file("etc", O_RDONLY | O_DIRECTORY, nullptr).get() >= 0);
    CHECK(files.open_file("fifo", O_PATH, nullptr).get() >= 0);
    CHECK_FAILS(files.open_file("etc", O_RDONLY, nullptr), Code::conflict, "a folder");
    CHECK_FAILS(files.open_file("fifo", O_RDONLY, nullptr), Code::conflict, "a FIFO");
    CHECK_FAILS(files.open_file("fifo", O_RDWR | O_CREAT, nullptr), Code::conflict, "a FIFO");
    CHECK_FAILS(files.open_file("usr/lib/os-release", O_RDONLY | O_NOFOLLOW, nullptr), Code::conflict, "link");
    CHECK_FAILS(files.open_file("etc/nothing", O_RDWR, nullptr), Code::not_found, "nothing");

    Fd made = files.open_file("etc/lib/new", O_RDWR | O_CREAT | O_EXCL, nullptr);
    CHECK(write(made.get(), "new", 3) == 3);
    CHECK_EQUAL(files.read_file("usr/lib/new", nullptr), "new");
    CHECK_FAILS(files.open_file("etc/lib/new", O_RDWR | O_CREAT | O_EXCL, nullptr), Code::conflict, "exists");
    CHECK_FAILS(files.open_file("etc/fresh/", O_RDWR | O_CREAT, nullptr), Code::io, "directory");
    files.open_file("usr/lib/new", O_WRONLY | O_TRUNC, nullptr);
    CHECK_EQUAL(files.read_file("usr/lib/new", nullptr), "");
    // Where a link says it is, inside.
    tree.link("/etc/by-link", "to-be-made");
    CHECK(files.open_file("to-be-made", O_WRONLY | O_CREAT, nullptr).get() >= 0);
    CHECK(files.file_is_present("etc/by-link", nullptr));
  });
}

// --- turns and the end -----------------------------------------------------------------------------------------------

TEST(after_the_end_nothing_can_be_asked) {
  Tree tree;
  tree.files->unmount(nullptr);
  tree.files->unmount(nullptr);
  CHECK_EQUAL(tree.mount->unmounted, 1);
  CHECK_EQUAL(tree.files->mount_point(), tree.path);
  CHECK_FAILS(tree.files->file_is_present("/etc", nullptr), Code::state, "unmounted");
  CHECK_FAILS(tree.files->host_path("/etc", nullptr), Code::state, "unmounted");
}

TEST(a_filesystem_in_use_goes_on_working) {
  Tree tree;
  tree.mount->is_busy = true;
  CHECK_FAILS(tree.files->unmount(nullptr), Code::conflict, "busy");
  CHECK(tree.files->file_is_present("/etc/os-release", nullptr));
  tree.mount->is_busy = false;
  tree.files->unmount(nullptr);
  CHECK_EQUAL(tree.mount->unmounted, 1);
}

TEST(a_cancelled_call_does_nothing) {
  Tree tree;
  Cancel cancel;
  cancel.trigger();
  CHECK_FAILS(tree.files->unmount(&cancel), Code::cancelled, "cancelled");
  CHECK_FAILS(tree.files->file_is_present("/etc", &cancel), Code::cancelled, "cancelled");
  Cancel late(0);
  CHECK_FAILS(tree.files->list("/etc", &late), Code::timeout, "deadline");
  CHECK_EQUAL(tree.mount->unmounted, 0);
}

TEST(many_threads_take_turns) {
  Tree tree;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&] {
      for (int k = 0; k < 200; k++)
        if (!tree.files->file_is_present("/etc/lib/os-release", nullptr) || tree.files->list("/", nullptr).size() != 4)
          wrong++;
    });
  for (std::thread &thread : threads) thread.join();
  CHECK_EQUAL(wrong.load(), 0);
}

TEST(a_forked_child_leaves_the_mount_to_its_parent) {
  Tree tree;
  pid_t child = fork();
  if (child == 0) {
    int result = 1;
    try {
      tree.files->file_is_present("/etc", nullptr);
    } catch (const Failure &failure) {
      result = failure.code == Code::state ? 0 : 2;
    }
    int *unmounted = &tree.mount->unmounted;
    tree.files.reset();
    _exit(*unmounted == 0 ? result : 3);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
  CHECK(tree.files->file_is_present("/etc/os-release", nullptr));
}

int main() { return check::run_all("filesystem"); }
