// Copies out of a tree: what they keep, what they refuse, and that half a copy is none.
#include "filesystem/tree_copy.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "check.h"
#include "filesystem/filesystem.h"
#include "filesystem/folder_mount.h"
#include "temporary_folder.h"
#include "util/file.h"

using namespace conu;
namespace fs = std::filesystem;

namespace {

struct Tree {
  Tree() {
    temporary.write("tree/etc/conf", "content");
    temporary.write("tree/etc/deep/er/file", "deep");
    fs::create_directory(out());
    auto mount_of = std::make_unique<FolderMount>(path());
    mount = mount_of.get();
    files = std::make_unique<Filesystem>(std::move(mount_of), "the image x");
  }
  std::string path(const std::string &name = "") const { return temporary.path + "/tree" + name; }
  std::string out(const std::string &name = "") const { return temporary.path + "/out" + name; }
  void copy(const std::string &source, const std::string &dest, Cancel *cancel = nullptr) const {
    files->copy_from(source, dest, cancel);
  }
  size_t made() const { return static_cast<size_t>(std::distance(fs::recursive_directory_iterator(out()), {})); }

  TemporaryFolder temporary;
  FolderMount *mount = nullptr;
  std::unique_ptr<Filesystem> files;
};

}  // namespace

static struct stat status_of(const std::string &path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) throw system_failure(path, errno);
  return status;
}
static std::string content_of(const std::string &path) { return read_file(path).value_or("(nothing)"); }
static void set_time(const std::string &path, time_t seconds) {
  const timespec time = {seconds, 123456789}, times[] = {time, time};
  CHECK(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

// --- files -----------------------------------------------------------------------------------------------------------

TEST(a_file_is_copied_with_mode_and_time_and_without_special_bits) {
  Tree tree;
  CHECK(chmod(tree.path("/etc/conf").c_str(), 06754) == 0);
  set_time(tree.path("/etc/conf"), 1234567890);
  tree.copy("/etc/conf", tree.out("/copy"));
  struct stat status = status_of(tree.out("/copy"));
  CHECK_EQUAL(content_of(tree.out("/copy")), "content");
  CHECK_EQUAL(status.st_mode, S_IFREG | 0754u);
  CHECK_EQUAL(status.st_mtim.tv_sec, 1234567890);
  CHECK_EQUAL(status.st_mtim.tv_nsec, 123456789);
  CHECK_EQUAL(tree.made(), 1u);
}

TEST(a_file_goes_into_a_folder_under_its_own_name) {
  Tree tree;
  fs::create_symlink("conf", tree.path("/etc/link"));
  tree.copy("/etc/conf", tree.out());
  tree.copy("/etc/link", tree.out("/"));
  CHECK_EQUAL(content_of(tree.out("/conf")), "content");
  CHECK_EQUAL(content_of(tree.out("/link")), "content");
  CHECK(S_ISREG(status_of(tree.out("/link")).st_mode));
}

TEST(a_file_replaces_a_file_and_nothing_else) {
  Tree tree;
  tree.temporary.write("out/old", "old and longer");
  fs::create_symlink("old", tree.out("/link"));
  tree.copy("/etc/conf", tree.out("/link"));
  CHECK_EQUAL(content_of(tree.out("/old")), "content");
  CHECK(S_ISLNK(status_of(tree.out("/link")).st_mode));
  fs::create_directories(tree.out("/sub/conf"));
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/sub")), Code::conflict, "sub/conf");
  fs::create_symlink("nothing", tree.out("/dangling"));
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/dangling")), Code::conflict, "leads nowhere");
  CHECK(mkfifo(tree.out("/fifo").c_str(), 0600) == 0);
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/fifo")), Code::conflict, "a FIFO");
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/none/conf")), Code::not_found, "none");
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/none/")), Code::not_found, "no such folder");
  CHECK_EQUAL(tree.made(), 6u);
}

TEST(holes_stay_holes) {
  Tree tree;
  std::string path = tree.temporary.write("tree/sparse", "begin");
  Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  CHECK(pwrite(file.get(), "end", 3, 64 << 20) == 3);
  CHECK(ftruncate(file.get(), 100 << 20) == 0);
  bool has_holes = status_of(path).st_blocks < 2048;
  tree.copy("/sparse", tree.out("/sparse"));
  struct stat status = status_of(tree.out("/sparse"));
  CHECK_EQUAL(status.st_size, 100 << 20);
  CHECK(!has_holes || status.st_blocks < 2048);
  Fd copy(open(tree.out("/sparse").c_str(), O_RDONLY | O_CLOEXEC));
  char bytes[3];
  CHECK(pread(copy.get(), bytes, 3, 64 << 20) == 3 && memcmp(bytes, "end", 3) == 0);
  CHECK(pread(copy.get(), bytes, 3, 1) == 3 && memcmp(bytes, "egi", 3) == 0);
}

// --- folders ---------------------------------------------------------------------------------------------------------

TEST(a_folder_is_copied_as_it_is) {
  Tree tree;
  fs::create_symlink("/etc/conf", tree.path("/etc/link"));
  set_time(tree.path("/etc/link"), 1000000000);
  CHECK(link(tree.path("/etc/conf").c_str(), tree.path("/etc/deep/other").c_str()) == 0);
  CHECK(mkfifo(tree.path("/etc/fifo").c_str(), 0600) == 0);
  tree.temporary.write("tree/etc/\xff", "odd");
  CHECK(chmod(tree.path("/etc/deep").c_str(), 01555) == 0);
  set_time(tree.path("/etc/deep"), 1100000000);
  tree.copy("/etc", tree.out("/new/copy/"));
  std::string copy = tree.out("/new/copy");
  CHECK_EQUAL(content_of(copy + "/conf"), "content");
  CHECK_EQUAL(content_of(copy + "/deep/er/file"), "deep");
  CHECK_EQUAL(content_of(copy + "/\xff"), "odd");
  CHECK_EQUAL(fs::read_symlink(copy + "/link").string(), "/etc/conf");
  CHECK_EQUAL(status_of(copy + "/link").st_mtim.tv_sec, 1000000000);
  CHECK_EQUAL(status_of(copy + "/conf").st_ino, status_of(copy + "/deep/other").st_ino);
  CHECK_EQUAL(status_of(copy + "/deep").st_mode, S_IFDIR | 01555u);
  CHECK_EQUAL(status_of(copy + "/deep").st_mtim.tv_sec, 1100000000);
  CHECK(!fs::exists(copy + "/fifo"));
}

TEST(attributes_of_users_are_kept) {
  Tree tree;
  bool keeps = setxattr(tree.path("/etc/conf").c_str(), "user.note", "seen", 4, 0) == 0;
  if (!keeps) CHECK(errno == ENOTSUP);
  tree.copy("/etc", tree.out("/etc"));
  char value[10];
  if (keeps) CHECK_EQUAL(getxattr(tree.out("/etc/conf").c_str(), "user.note", value, sizeof value), 4);
}

TEST(what_is_known_better_than_on_disk_is_copied) {
  Tree tree;
  FileFacts facts;
  facts.mode = S_IFREG | 0440;
  facts.mtime = 1200000000;
  tree.mount->extracted.emplace().set("etc/conf", facts);
  tree.copy("/etc", tree.out("/etc"));
  CHECK_EQUAL(status_of(tree.out("/etc/conf")).st_mode, S_IFREG | 0440u);
  CHECK_EQUAL(status_of(tree.out("/etc/conf")).st_mtim.tv_sec, 1200000000);
}

TEST(a_folder_takes_the_place_of_nothing) {
  Tree tree;
  CHECK_FAILS(tree.copy("/etc", tree.out()), Code::conflict, "already");
  tree.temporary.write("out/file", "mine");
  CHECK_FAILS(tree.copy("/etc", tree.out("/file")), Code::conflict, "already");
  CHECK_FAILS(tree.copy("/etc", tree.out("/file/below")), Code::io, "file/below");
  fs::create_symlink("nothing", tree.out("/dangling"));
  CHECK_FAILS(tree.copy("/etc", tree.out("/dangling")), Code::conflict, "already");
  CHECK_FAILS(tree.copy("/nothing", tree.out("/new")), Code::not_found, "/nothing");
  CHECK_EQUAL(content_of(tree.out("/file")), "mine");
  CHECK_EQUAL(tree.made(), 2u);
}

TEST(a_folder_is_not_copied_into_itself) {
  Tree tree;
  CHECK_FAILS(tree.copy("/", tree.path("/etc/a/b")), Code::invalid_argument, "into itself");
  CHECK(!fs::exists(tree.path("/etc/a")));
}

TEST(a_tree_of_any_depth_is_copied_with_few_descriptors) {
  Tree tree;
  const int depth = 3000;
  Fd folder(open(tree.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; i++) {
    CHECK(mkdirat(folder.get(), "x", 0755) == 0);
    folder.reset(openat(folder.get(), "x", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  tree.copy("/x", tree.out("/x"));
  folder.reset(open(tree.out("/x").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int found = 1;
  for (;; found++) {
    Fd next(openat(folder.get(), "x", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!next) break;
    folder = std::move(next);
  }
  CHECK_EQUAL(found, depth);
}

// --- half a copy -----------------------------------------------------------------------------------------------------

TEST(a_copy_that_fails_leaves_nothing) {
  Tree tree;
  tree.temporary.write("tree/z/last", "x");
  Fd file(open(tree.path("/z/last").c_str(), O_WRONLY | O_CLOEXEC));
  rlimit before{}, limit{};  // of the size that the copy may have
  CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(ftruncate(file.get(), 10 << 20) == 0 && pwrite(file.get(), "y", 1, (10 << 20) - 1) == 1);
  limit = before;
  limit.rlim_cur = 1 << 20;
  auto handler = signal(SIGXFSZ, SIG_IGN);
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::string tree_message, file_message;
  try {
    tree.copy("/z", tree.out("/new/z"));
  } catch (const Failure &failure) {
    tree_message = failure.message;
  }
  try {
    tree.copy("/z/last", tree.out("/last"));
  } catch (const Failure &failure) {
    file_message = failure.message;
  }
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  CHECK(tree_message.find("/z/last: File too large") != std::string::npos);
  CHECK(file_message.find("/z/last: File too large") != std::string::npos);
  CHECK_EQUAL(tree.made(), 0u);
}

// How long after the trigger the copy ended.
static int64_t cancelled_after(const Tree &tree, const std::string &source, int64_t trigger_ms) {
  using Clock = std::chrono::steady_clock;
  Cancel cancel;
  Clock::time_point triggered;
  std::thread trigger([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(trigger_ms));
    triggered = Clock::now();
    cancel.trigger();
  });
  Code code = Code::internal;
  try {
    tree.copy(source, tree.out("/copy"), &cancel);
  } catch (const Failure &failure) {
    code = failure.code;
  }
  auto ended = Clock::now();
  trigger.join();
  CHECK(code == Code::cancelled);
  CHECK_EQUAL(tree.made(), 0u);
  return std::chrono::duration_cast<std::chrono::milliseconds>(ended - triggered).count();
}

TEST(a_cancel_in_the_middle_of_a_file_leaves_nothing) {
  Tree tree;
  int asked = 0;
  Cancel cancel;
  cancel.set_check([](void *user) { return ++*static_cast<int *>(user) == 2; },
                   &asked);  // the first is before it begins
  tree.temporary.write("out/conf", "old");
  CHECK_FAILS(tree.copy("/etc/conf", tree.out("/conf"), &cancel), Code::cancelled, "cancelled");
  CHECK_EQUAL(asked, 2);
  CHECK_EQUAL(tree.made(), 1u);
  CHECK_EQUAL(content_of(tree.out("/conf")), "old");
}

TEST(a_cancel_ends_the_copy_of_a_large_tree) {
  Tree tree;
  for (int i = 0; i < 5000; i++)
    tree.temporary.write("tree/many/" + std::to_string(i % 50) + "/" + std::to_string(i), "x");
  CHECK(cancelled_after(tree, "/many", 20) < 300);
}

int main() { return check::run_all("tree_copy"); }
