// Files and folders of the host as archives.
#include "filesystem/tree_archive.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"
#include "filesystem/tar_entries.h"
#include "temporary_folder.h"
#include "util/failure.h"

using namespace conu;
namespace fs = std::filesystem;

static std::string all_of(TreeArchive &source) {
  std::string bytes = bytes_of(source);
  if (source.size() >= 0) CHECK_EQUAL(static_cast<int64_t>(bytes.size()), source.size());
  return bytes;
}

static std::vector<TarEntry> archived(const std::string &path, const std::string &name) {
  TreeArchive source(path, name);
  return entries_of(all_of(source));
}

TEST(a_file_of_any_size_has_the_size_that_was_told) {
  TemporaryFolder folder;
  for (size_t size : {0, 1, 511, 512, 513, 65535, 65536, 65537, 66048, 3000001}) {
    std::string content(size, 'x');
    std::string path = folder.write("file", content);
    for (const std::string &name : {std::string("new"), std::string(200, 'n')}) {
      TreeArchive source(path, name);
      CHECK(source.size() > static_cast<int64_t>(size));
      auto entries = entries_of(all_of(source));
      CHECK_EQUAL(entries.size(), 1u);
      CHECK_EQUAL(entries[0].name, name);
      CHECK(entries[0].content == content);
    }
  }
}

TEST(a_tree_is_archived_in_order_under_its_new_name) {
  TemporaryFolder folder;
  folder.write("tree/b/file", "inner");
  folder.write("tree/a", std::string(100000, 'a'));
  folder.write("tree/c", "last");
  fs::create_symlink("b/file", folder.path + "/tree/link");
  fs::create_hard_link(folder.path + "/tree/c", folder.path + "/tree/d");
  auto entries = archived(folder.path + "/tree", "new");
  std::string names;
  for (const TarEntry &entry : entries) names += entry.name + " ";
  CHECK_EQUAL(names, "new/ new/a new/b/ new/b/file new/c new/d new/link ");
  CHECK(entries[1].content == std::string(100000, 'a'));
  CHECK_EQUAL(entries[3].content, "inner");
  CHECK(entries[5].size == 0 && entries[6].target == "b/file");
  CHECK_EQUAL(entries[1].uid, geteuid());
  names.clear();
  for (const TarEntry &entry : archived(folder.path + "/tree", "")) names += entry.name + " ";
  CHECK_EQUAL(names, "a b/ b/file c d link ");
}

TEST(a_socket_is_left_out_of_a_tree_and_refused_alone) {
  TemporaryFolder folder;
  folder.write("tree/file", "content");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = folder.path + "/tree/socket";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  Fd fd(socket(AF_UNIX, SOCK_STREAM, 0));
  CHECK_EQUAL(bind(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
  CHECK_EQUAL(archived(folder.path + "/tree", "tree").size(), 2u);
  CHECK_FAILS(archived(path, "socket"), Code::invalid_argument, "socket");
}

TEST(a_file_of_the_kernel_is_refused_and_not_sent_empty) {
  CHECK_FAILS(archived("/proc/self/status", "status"), Code::invalid_argument, "it has content, but no size");
  CHECK_EQUAL(archived("/dev/null", "null").size(), 1u);
}

TEST(what_is_not_there_or_goes_while_it_is_read_is_told) {
  TemporaryFolder folder;
  CHECK_FAILS(archived(folder.path + "/missing", "x"), Code::not_found, folder.path + "/missing");
  std::string path = folder.write("file", "content");
  TreeArchive source(path, "file");
  CHECK_EQUAL(truncate(path.c_str(), 2), 0);
  CHECK_FAILS(all_of(source), Code::io, "became shorter");
}

int main() { return check::run_all("tree_archive"); }
