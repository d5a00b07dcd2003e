// Mounts that the kernel makes.
#include "filesystem/kernel_mount.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>

#include "check.h"
#include "filesystem/private_mounts.h"
#include "temporary_folder.h"
#include "util/file.h"

using namespace conu;

static Fd folder_at(const std::string &path) { return Fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); }

namespace {

// So many layers, each of which replaces `newest`, and a folder to mount them on.
struct Layers {
  explicit Layers(int count, const std::string &prefix = "layer") {
    for (int i = 0; i < count; i++) {
      std::string name = prefix + std::to_string(i);
      folder.write(name + "/newest", name);
      folder.write(name + "/" + std::to_string(i), "");
      paths.insert(paths.begin(), folder.path + "/" + name);
      layers.insert(layers.begin(), folder_at(paths.front()));
      CHECK(static_cast<bool>(layers.front()));
    }
    folder.write("point/x", "");
    CHECK(unlink((folder.path + "/point/x").c_str()) == 0);
    target = {folder.path + "/point", folder_at(folder.path + "/point")};
  }
  std::string read(const std::string &name) const { return read_file(target.path + "/" + name).value_or("(none)"); }

  TemporaryFolder folder;
  std::vector<std::string> paths;
  std::vector<Fd> layers;
  Target target;
};

}  // namespace

static void check_mount(const Layers &tree, int count, const std::string &prefix) {
  auto mount = adopt_mount("overlay", tree.target.path);
  CHECK_EQUAL(tree.read("newest"), prefix + std::to_string(count - 1));
  CHECK_EQUAL(tree.read("0"), "");
  CHECK_EQUAL(tree.read(std::to_string(count - 1)), "");
  mount->unmount();
  CHECK_EQUAL(tree.read("newest"), "(none)");
  mount->unmount();
}

static void check_layers(void (*attach)(const std::vector<Fd> &, const Target &), int count,
                         const std::string &prefix) {
  Layers tree(count, prefix);
  attach(tree.layers, tree.target);
  check_mount(tree, count, prefix);
}

TEST(layers_are_mounted_by_their_paths_where_these_are_few_and_plain) {
  for (int count : {2, 30}) {
    Layers tree(count, "a layer=");
    CHECK(attach_overlay_by_paths(tree.paths, tree.target));
    check_mount(tree, count, "a layer=");
  }
  Layers many(500), single(1);
  CHECK(!attach_overlay_by_paths(many.paths, many.target));
  CHECK(!attach_overlay_by_paths(single.paths, single.target));
  CHECK_EQUAL(many.read("newest"), "(none)");
  for (const char *prefix : {"a:b", "a,b", "a\\b"}) {
    Layers odd(2, prefix);
    CHECK(!attach_overlay_by_paths(odd.paths, odd.target));
    CHECK_EQUAL(odd.read("newest"), "(none)");
  }
}

TEST(layers_are_mounted_one_by_one) {
  for (int count : {2, 500}) check_layers(attach_overlay_by_layers, count, "layer");
}

TEST(layers_are_mounted_by_a_page_of_options) {
  std::string before = std::to_string(mount_number("."));
  for (int count : {2, 60, 500}) check_layers(attach_overlay_by_options, count, "layer");
  CHECK_EQUAL(std::to_string(mount_number(".")), before);
}

TEST(the_working_folder_stays) {
  char before[4096], after[4096];
  CHECK(getcwd(before, sizeof before) != nullptr);
  check_layers(attach_overlay_by_options, 3, "layer");
  CHECK(getcwd(after, sizeof after) != nullptr);
  CHECK_EQUAL(std::string(after), std::string(before));
}

TEST(no_sign_in_a_name_means_anything) {
  check_layers(attach_overlay_by_layers, 3, "a:b,c\\d e\n=");
  check_layers(attach_overlay_by_options, 3, "a:b,c\\d e\n=");
}

TEST(more_layers_than_the_kernel_takes_are_refused) {
  Layers tree(501);
  CHECK_FAILS(mount_overlay(tree.layers, tree.target), Code::unsupported, "the kernel takes 500 layers, not 501");
}

TEST(the_kernels_own_words_are_in_the_failure) {
  Layers tree(1);  // too few for it
  CHECK_FAILS(mount_overlay(tree.layers, tree.target), Code::io, "the kernel refuses an overlay mount: Invalid");
  // It has words for some of its reasons.
  tree.layers.emplace_back(open((tree.folder.path + "/layer0/newest").c_str(), O_PATH | O_CLOEXEC));
  CHECK_FAILS(attach_overlay_by_layers(tree.layers, tree.target), Code::io, "not a directory");
}

TEST(what_a_layer_hides_is_hidden) {
  Layers tree(3);
  std::string top = tree.folder.path + "/layer2";
  if (mknod((top + "/0").c_str(), S_IFCHR, 0) != 0) CHECK_EQUAL(errno, EPERM);
  bool may_make_nodes = access((top + "/0").c_str(), F_OK) == 0;
  auto mount = mount_overlay(tree.layers, tree.target);
  CHECK_EQUAL(tree.read("0"), may_make_nodes ? "(none)" : "");
}

static bool may_set_trusted_attributes() {
  TemporaryFolder folder;
  return setxattr(folder.path.c_str(), "trusted.test", "x", 1, 0) == 0;
}

// As Podman stores a file of which only the mode was changed.
static void check_parted_file(void (*attach)(const std::vector<Fd> &, const Target &)) {
  Layers tree(2);
  std::string room = tree.folder.path, lower = room + "/layer0", upper = room + "/changes";
  for (const char *name : {"/changes", "/work", "/container"}) CHECK(mkdir((room + name).c_str(), 0755) == 0);
  std::string options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + room + "/work,metacopy=on";
  std::string container = room + "/container";
  CHECK(mount("conu", container.c_str(), "overlay", 0, options.c_str()) == 0);
  CHECK(chmod((container + "/newest").c_str(), 0600) == 0);
  CHECK(umount2(container.c_str(), 0) == 0);
  std::vector<Fd> layers;
  layers.push_back(folder_at(upper));
  layers.push_back(folder_at(lower));
  attach(layers, tree.target);
  auto mount = adopt_mount("overlay", tree.target.path);
  CHECK_EQUAL(tree.read("newest"), "layer0");
  struct stat status {};
  CHECK(stat((tree.target.path + "/newest").c_str(), &status) == 0);
  CHECK_EQUAL(status.st_mode & 07777, 0600u);
}

TEST(a_file_in_two_layers_is_whole) {
  if (!may_set_trusted_attributes()) return;  // the kernel makes no such file then
  check_parted_file(attach_overlay_by_layers);
  check_parted_file(attach_overlay_by_options);
}

TEST(all_is_read_only) {
  Layers tree(2);
  auto check = [&](const std::string &path) {
    CHECK(open((path + "/new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
    CHECK_EQUAL(errno, EROFS);
  };
  {
    auto mount = mount_overlay(tree.layers, tree.target);
    CHECK_EQUAL(mount->method(), std::string("overlay"));
    check(tree.target.path);
  }
  auto mount = mount_bind(tree.layers[0], tree.target);
  CHECK_EQUAL(mount->method(), std::string("bind"));
  check(tree.target.path);
  CHECK_EQUAL(tree.read("newest"), "layer1");
  mount->unmount();
  CHECK_EQUAL(tree.read("newest"), "(none)");
}

TEST(a_mount_in_use_names_who_uses_it) {
  Layers tree(2);
  auto mount = mount_overlay(tree.layers, tree.target);
  std::string file = tree.target.path + "/newest";
  {
    Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    CHECK_FAILS(mount->unmount(), Code::conflict, "it is in use by this process, which has \"" + file + "\"");
    CHECK_EQUAL(tree.read("newest"), "layer1");
  }
  mount->unmount();
}

TEST(a_mount_in_use_goes_with_its_object) {
  Layers tree(2);
  Fd fd;
  {
    auto mount = mount_overlay(tree.layers, tree.target);
    fd = Fd(open((tree.target.path + "/newest").c_str(), O_RDONLY | O_CLOEXEC));
  }
  CHECK_EQUAL(tree.read("newest"), "(none)");
  char byte = 0;
  CHECK_EQUAL(read(fd.get(), &byte, 1), 1);
}

TEST(what_others_mount_there_is_left_alone) {
  Layers tree(2);
  auto mount = mount_overlay(tree.layers, tree.target);
  CHECK(umount2(tree.target.path.c_str(), 0) == 0);
  auto other = mount_bind(tree.layers[0], tree.target);
  mount->unmount();
  CHECK_EQUAL(tree.read("newest"), "layer1");
  other->unmount();
}

TEST(a_tree_of_mounts_goes_as_a_whole) {
  Layers tree(2);
  TemporaryFolder source;
  source.write("inner/file", "hidden");
  std::string inner = source.path + "/inner";
  CHECK(mount("conu", inner.c_str(), "tmpfs", 0, nullptr) == 0);
  source.write("inner/file", "shown");
  Fd clone(open_tree(AT_FDCWD, source.path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
  auto mount = mount_clone(clone, "merged", tree.target);
  clone.reset();
  CHECK_EQUAL(tree.read("inner/file"), "shown");
  CHECK(open((tree.target.path + "/inner/new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
  CHECK_EQUAL(errno, EROFS);
  {
    Fd fd(open((tree.target.path + "/inner/file").c_str(), O_RDONLY | O_CLOEXEC));
    CHECK_FAILS(mount->unmount(), Code::conflict, "it is in use by this process");
    CHECK_EQUAL(tree.read("inner/file"), "shown");
  }
  mount->unmount();
  CHECK_EQUAL(tree.read("inner/file"), "(none)");
  CHECK_EQUAL(read_file(inner + "/file").value_or("(none)"), "shown");
  CHECK(umount2(inner.c_str(), 0) == 0);
}

int main() {
  enter_private_mounts();
  return check::run_all("kernel_mount");
}
