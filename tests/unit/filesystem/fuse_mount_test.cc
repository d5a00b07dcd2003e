// Layers by fuse-overlayfs.
#include "filesystem/fuse_mount.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "check.h"
#include "filesystem/private_mounts.h"
#include "loop/support.h"
#include "temporary_folder.h"
#include "util/file.h"

using namespace conu;

static Fd folder_at(const std::string &path) { return Fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); }

static std::unique_ptr<Mount> mounted(const std::vector<Fd> &layers, const Target &target) {
  Loop loop;
  return loop.run(mount_fuse(layers, target), nullptr);
}

static void check_layers(int count, const std::string &prefix) {
  TemporaryFolder folder;
  std::vector<Fd> layers;
  for (int i = 0; i < count; i++) {
    std::string name = prefix + std::to_string(i);
    folder.write(name + "/newest", name);
    folder.write(name + "/" + std::to_string(i), "");
    layers.insert(layers.begin(), folder_at(folder.path + "/" + name));
  }
  std::string point = folder.path + "/point";
  CHECK(mkdir(point.c_str(), 0700) == 0);
  auto mount = mounted(layers, {point, folder_at(point)});
  layers.clear();
  CHECK_EQUAL(mount->method(), std::string("fuse"));
  CHECK_EQUAL(read_file(point + "/newest").value_or("(none)"), prefix + std::to_string(count - 1));
  CHECK_EQUAL(read_file(point + "/0").value_or("(none)"), "");
  CHECK(open((point + "/new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
  mount->unmount();
  CHECK_EQUAL(read_file(point + "/newest").value_or("(none)"), "(none)");
}

TEST(layers_lie_one_above_the_other) {
  check_layers(1, "layer");
  check_layers(45, "layer");
}

TEST(more_layers_than_the_kernel_takes_are_shown) { check_layers(510, "layer"); }

TEST(no_sign_in_a_name_means_anything) { check_layers(3, "a:b,c\\d e="); }

// The number of the process that has `word` among its own.
static pid_t process_with(const std::string &word) {
  for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
    pid_t pid = atoi(entry.path().filename().c_str());
    std::string words = pid > 0 ? read_file(entry.path().string() + "/cmdline").value_or("") : "";
    if (words.starts_with("fuse-overlayfs") && words.find(word) != words.npos) return pid;
  }
  return 0;
}

TEST(a_mount_whose_program_is_dead_can_be_unmounted) {
  TemporaryFolder folder;
  std::string point = folder.path + "/point";
  CHECK(mkdir(point.c_str(), 0700) == 0);
  std::vector<Fd> layers;
  layers.push_back(folder_at(folder.path));
  auto mount = mounted(layers, {point, folder_at(point)});
  pid_t program = process_with(point);
  CHECK(program > 0);
  CHECK(kill(program, SIGKILL) == 0);
  while (access((point + "/x").c_str(), F_OK) == 0 || errno != ENOTCONN) usleep(1000);
  mount->unmount();
  CHECK(rmdir(point.c_str()) == 0);
}

TEST(a_program_that_is_missing_is_named) {
  TemporaryFolder folder;
  std::vector<Fd> layers;
  layers.push_back(folder_at(folder.path));
  setenv("PATH", folder.path.c_str(), 1);
  CHECK_FAILS(mounted(layers, {folder.path, folder_at(folder.path)}), Code::command_missing, "fuse-overlayfs");
  setenv("PATH", "/usr/bin:/bin", 1);
}

TEST(what_the_program_says_is_in_the_failure) {
  TemporaryFolder folder;
  std::vector<Fd> layers;
  layers.push_back(folder_at(folder.path));
  CHECK_FAILS(mounted(layers, {folder.path + "/missing", folder_at(folder.path)}), Code::command_failed,
              "fuse-overlayfs ended with exit code");
  CHECK_FAILS(mounted(layers, {folder.path + "/missing", folder_at(folder.path)}), Code::command_failed, "missing");
}

int main() {
  enter_private_mounts();
  return check::run_all("fuse_mount");
}
