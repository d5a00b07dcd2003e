// Paths in a tree: what they name is what they would name if the tree were the root, by the kernel and by hand.
#include "filesystem/root.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <thread>

#include "check.h"
#include "temporary_folder.h"

using namespace conu;
namespace fs = std::filesystem;
using Last = Root::Last;
using Way = Root::Way;

// A tree beside a secret, made by somebody who is after it.
struct Tree {
  Tree() {
    temporary.write("secret", "of the host");
    temporary.write("tree/etc/passwd", "of the image");
    temporary.write("tree/usr/bin/dash", "a shell");
    temporary.write("tree/secret", "of the image");
    link("usr/bin", "bin");
    link("dash", "usr/bin/sh");
    link("/bin/sh", "shell");
    link("../../../../../../../../etc/passwd", "up");
    link("/etc", "usr/etc");
    link("/../secret", "usr/secret");
    link("..", "usr/parent");
    link("nothing/here", "etc/dangling");
    link("missing", "etc/almost");
    link("loop-b", "loop-a");
    link("loop-a", "loop-b");
    link("self/self/x", "self");
    link("/", "root");
    link("usr/bin/", "slash");
    link(temporary.path + "/secret", "outside");
    link("/proc/self/root", "etc/proc");
    for (int i = 0; i < 41; i++)
      link(i == 0 ? "etc/passwd" : "chain-" + std::to_string(i - 1), "chain-" + std::to_string(i));
  }
  void link(const std::string &target, const std::string &name) const { fs::create_symlink(target, path + "/" + name); }
  TemporaryFolder temporary;
  std::string path = temporary.path + "/tree";
};

static std::string content_of(int fd) {
  Fd file(open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[100];
  ssize_t size = file ? read(file.get(), buffer, sizeof buffer) : -1;
  return size < 0 ? "(not a file)" : std::string(buffer, static_cast<size_t>(size));
}

static void each_way(const std::function<void(const Tree &, const Root &)> &act) {
  Tree tree;
  for (Way way : {Way::kernel, Way::walk}) act(tree, Root(tree.path, way));
}

// The same by open() and by find(): a content, or an errno.
static void expect(const Root &root, const std::string &path, const std::string &content, Last last = Last::follow) {
  Fd found = root.open(path, last);
  if (!found) throw check::Failed{path + ": " + strerror(errno), __FILE__, __LINE__};
  check::equal(content_of(found.get()), content, path.c_str(), __FILE__, __LINE__);
  check::equal(content_of(root.find(path, last).fd.get()), content, path.c_str(), __FILE__, __LINE__);
}
static void expect_error(const Root &root, const std::string &path, int error, Last last = Last::follow) {
  Fd found = root.open(path, last);
  check::equal(found ? 0 : errno, error, path.c_str(), __FILE__, __LINE__);
  Place place = root.find(path, last);
  CHECK(!place.fd);
  check::equal(place.error, error, path.c_str(), __FILE__, __LINE__);
}

TEST(paths_begin_at_the_root_with_and_without_a_slash) {
  each_way([](const Tree &, const Root &root) {
    for (const char *path : {"/etc/passwd", "etc/passwd", "//etc//./passwd", "./etc/passwd", "usr/../etc/passwd"})
      expect(root, path, "of the image");
  });
}

TEST(links_are_followed_inside_the_tree) {
  each_way([](const Tree &, const Root &root) {
    expect(root, "bin/dash", "a shell");
    expect(root, "bin/sh", "a shell");
    expect(root, "/shell", "a shell");
    expect(root, "slash/sh", "a shell");
    expect(root, "usr/etc/passwd", "of the image");
    expect(root, "usr/parent/shell", "a shell");
    expect(root, "root/root/usr/parent/etc/passwd", "of the image");
  });
}

TEST(nothing_leads_above_the_root) {
  each_way([](const Tree &, const Root &root) {
    for (const char *path : {"../secret", "/../../secret", "usr/../../secret", "usr/secret", "usr/bin/../../../secret",
                             "usr/parent/../../secret", "root/../secret"})
      expect(root, path, "of the image");
    expect(root, "up", "of the image");
    expect_error(root, "outside", ENOENT);
    expect_error(root, "etc/proc/etc/passwd", ENOENT);
  });
}

TEST(what_is_missing_is_missing) {
  each_way([](const Tree &, const Root &root) {
    expect_error(root, "", ENOENT);
    expect_error(root, "nothing", ENOENT);
    expect_error(root, "nothing/below", ENOENT);
    expect_error(root, "etc/dangling", ENOENT);
    expect_error(root, "nothing/../etc/passwd", ENOENT);
    expect_error(root, "etc/passwd/x", ENOTDIR);
    expect_error(root, "etc/passwd/", ENOTDIR);
    expect_error(root, "etc/passwd/..", ENOTDIR);
    expect_error(root, "shell/", ENOTDIR);
  });
}

TEST(loops_of_links_end) {
  each_way([](const Tree &, const Root &root) {
    expect_error(root, "loop-a", ELOOP);
    expect_error(root, "loop-b/x", ELOOP);
    expect_error(root, "self", ELOOP);
    expect(root, "chain-39", "of the image");  // forty links
    expect_error(root, "chain-40", ELOOP);
  });
}

TEST(long_names_are_refused) {
  each_way([](const Tree &, const Root &root) {
    expect_error(root, std::string(256, 'x'), ENAMETOOLONG);
    std::string path;
    while (path.size() < 5000) path += "etc/../";
    expect_error(root, path, ENAMETOOLONG);
    expect_error(root, path.substr(0, 7 * 500) + "nothing", ENOENT);
    expect(root, path.substr(0, 7 * 500) + "etc/passwd", "of the image");
  });
}

TEST(a_last_link_is_stayed_at_where_that_is_asked_for) {
  each_way([](const Tree &, const Root &root) {
    for (const char *path : {"shell", "loop-a", "etc/dangling", "usr/parent"}) {
      struct stat status {};
      Fd found = root.open(path, Last::stay);
      CHECK(found && fstat(found.get(), &status) == 0 && S_ISLNK(status.st_mode));
      Place place = root.find(path, Last::stay);
      CHECK(place.fd && fstat(place.fd.get(), &status) == 0 && S_ISLNK(status.st_mode));
      CHECK_EQUAL(place.path, path);
    }
    expect(root, "bin/dash", "a shell", Last::stay);
    // A slash behind it asks for what it leads to.
    CHECK_EQUAL(root.find("bin/", Last::stay).path, "usr/bin");
    expect_error(root, "shell/", ENOTDIR, Last::stay);
  });
}

TEST(find_tells_the_path_without_links) {
  each_way([](const Tree &, const Root &root) {
    CHECK_EQUAL(root.find("shell", Last::follow).path, "usr/bin/dash");
    CHECK_EQUAL(root.find("/usr/parent/bin/../etc/passwd", Last::follow).path, "etc/passwd");
    CHECK_EQUAL(root.find("/", Last::follow).path, "");
    CHECK_EQUAL(root.find("..", Last::follow).path, "");
    CHECK_EQUAL(root.find("usr/bin/..", Last::follow).path, "usr");
    CHECK_EQUAL(root.find("bin/.", Last::follow).path, "usr/bin");
  });
}

TEST(find_tells_where_something_that_is_missing_would_be) {
  each_way([](const Tree &tree, const Root &root) {
    for (const char *path : {"etc/new", "usr/etc/new", "etc/almost", "usr/parent/etc/missing"}) {
      Place place = root.find(path, Last::follow);
      CHECK_EQUAL(place.error, ENOENT);
      CHECK(!place.fd);
      CHECK_EQUAL(place.path, std::string(path).ends_with("new") ? "etc/new" : "etc/missing");
      struct stat folder {
      }, expected{};
      CHECK(place.folder && fstat(place.folder.get(), &folder) == 0);
      CHECK(::stat((tree.path + "/etc").c_str(), &expected) == 0);
      CHECK_EQUAL(folder.st_ino, expected.st_ino);
    }
    CHECK(!root.find("nothing/new", Last::follow).folder);
    CHECK(!root.find("etc/dangling", Last::follow).folder);
    CHECK(root.find("new", Last::follow).folder.get() >= 0);
  });
}

TEST(special_files_are_found_and_not_opened) {
  each_way([](const Tree &tree, const Root &root) {
    std::string path = tree.path + "/fifo";
    CHECK(mkfifo(path.c_str(), 0600) == 0 || errno == EEXIST);
    CHECK(root.open("fifo", Last::follow).get() >= 0);
    CHECK(root.find("fifo", Last::follow).fd.get() >= 0);
  });
}

TEST(a_folder_that_is_moved_out_meanwhile_leads_nobody_out) {
  Tree tree;
  fs::create_directories(tree.path + "/a/b/c");
  fs::create_directory(tree.temporary.path + "/outside");
  Root root(tree.path, Way::walk);
  std::atomic<bool> is_over{false};
  std::thread mover([&] {
    while (!is_over) {
      rename((tree.path + "/a/b").c_str(), (tree.temporary.path + "/outside/b").c_str());
      rename((tree.temporary.path + "/outside/b").c_str(), (tree.path + "/a/b").c_str());
    }
  });
  // From outside, "a/b/c/../../../secret" would be the host's.
  size_t host = 0;
  for (int i = 0; i < 20000; i++) {
    Place place = root.find("a/b/c/../../../secret", Last::follow);
    if (place.fd && content_of(place.fd.get()) == "of the host") host++;
  }
  is_over = true;
  mover.join();
  CHECK_EQUAL(host, 0u);
}

TEST(no_descriptor_is_left_open) {
  each_way([](const Tree &, const Root &root) {
    auto count = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
    auto before = count();
    for (const char *path : {"shell", "loop-a", "etc/new", "usr/bin/../..", "etc/passwd/x", "/"}) {
      root.open(path, Last::follow);
      root.find(path, Last::stay);
    }
    CHECK_EQUAL(count(), before);
  });
}

// What a filter of system calls, or a kernel that is older than openat2, answers to it.
static void take_openat2_away(unsigned error) {
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog filter{sizeof program / sizeof *program, program};
  bool is_set = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
  if (!is_set || syscall(SYS_openat2, -1, "", nullptr, 0) != -1 || errno != static_cast<int>(error)) _exit(2);
}

TEST(without_openat2_paths_are_walked) {
  Tree tree;
  for (unsigned error : {ENOSYS, EPERM}) {
    Root root(tree.path);
    pid_t child = fork();
    if (child == 0) {
      take_openat2_away(error);
      bool finds = content_of(root.open("up", Last::follow).get()) == "of the image";
      bool misses = !root.open("nothing", Last::follow) && errno == ENOENT;
      _exit(finds && misses ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_EQUAL(status, 0);
  }
}

TEST(a_root_is_a_folder) {
  Tree tree;
  CHECK_FAILS(Root(tree.path + "/etc/passwd"), Code::io, "etc/passwd");
  CHECK_FAILS(Root(tree.path + "/nothing"), Code::not_found, "nothing");
}

int main() { return check::run_all("root"); }
