// The folder that an image is built from, as the engine is sent it.
#include "image/build_context.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"
#include "filesystem/tar_entries.h"
#include "temporary_folder.h"

using namespace conu;

static std::vector<TarEntry> sent(const TemporaryFolder &folder, const std::string &dockerfile = "Dockerfile") {
  auto source = build_context(folder.path, dockerfile);
  CHECK(source->size() < 0);
  return entries_of(bytes_of(*source));
}

static std::string names_of(const std::vector<TarEntry> &entries) {
  std::string names;
  for (const TarEntry &entry : entries) names += entry.name + " ";
  return names;
}

TEST(a_folder_is_sent_whole_in_the_order_of_its_names) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "FROM x\n");
  folder.write("b/2", "two");
  folder.write("b/1", "one");
  folder.write("a", std::string(200000, 'a'));
  folder.write(".hidden", "");
  chmod((folder.path + "/b/1").c_str(), 0755);
  mkdir((folder.path + "/empty").c_str(), 0700);
  auto entries = sent(folder);
  CHECK_EQUAL(names_of(entries), ".hidden Dockerfile a b/ b/1 b/2 empty/ ");
  CHECK_EQUAL(entries[1].content, "FROM x\n");
  CHECK(entries[2].content == std::string(200000, 'a'));
  CHECK_EQUAL(entries[4].content, "one");
  CHECK_EQUAL(entries[4].mode, 0755u);
  CHECK_EQUAL(entries[6].mode, 0700u);
  for (const TarEntry &entry : entries) CHECK(entry.uid == 0 && entry.gid == 0);
}

TEST(links_stay_links_and_what_is_no_file_stays_out) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  CHECK(symlink("/etc", (folder.path + "/absolute").c_str()) == 0);
  CHECK(symlink("nowhere", (folder.path + "/dangling").c_str()) == 0);
  CHECK(symlink(".", (folder.path + "/loop").c_str()) == 0);
  CHECK(mkfifo((folder.path + "/fifo").c_str(), 0600) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder.path + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  auto entries = sent(folder);
  CHECK_EQUAL(names_of(entries), "Dockerfile absolute dangling loop ");
  CHECK_EQUAL(entries[1].target, "/etc");
  CHECK_EQUAL(entries[2].target, "nowhere");
  CHECK_EQUAL(entries[3].target, ".");
}

// --- .dockerignore
// ------------------------------------------------------------------------------------------------------

TEST(what_is_ignored_stays_out_and_exceptions_come_back) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  folder.write("keep.txt", "");
  folder.write("drop.log", "");
  folder.write("deep/drop.log", "");
  folder.write("deep/keep.txt", "");
  folder.write("node_modules/a/b", "");
  folder.write("build/out/keep", "");
  folder.write("build/out/drop", "");
  folder.write(".dockerignore", "**/*.log\nnode_modules\nbuild\n!build/out/keep\n");
  CHECK_EQUAL(names_of(sent(folder)), ".dockerignore Dockerfile build/out/keep deep/ deep/keep.txt keep.txt ");
}

TEST(the_dockerfile_and_the_ignore_file_are_always_sent) {
  for (const char *name :
       {"Dockerfile", "./Dockerfile", "docker/build/Dockerfile.test", "./docker/build/Dockerfile.test"}) {
    TemporaryFolder folder;
    folder.write(name, "FROM x\n");
    folder.write("other", "");
    folder.write(".dockerignore", "*\n");
    std::string names = names_of(sent(folder, name));
    std::string plain = name[0] == '.' ? name + 2 : name;
    CHECK_EQUAL(names, ".dockerignore " + plain + " ");
  }
}

TEST(an_ignored_folder_is_not_even_read) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  folder.write("huge/file", "");
  folder.write(".dockerignore", "huge\n");
  auto source = build_context(folder.path, "Dockerfile");
  std::filesystem::remove_all(folder.path + "/huge/file");
  chmod((folder.path + "/huge").c_str(), 0);
  CHECK_EQUAL(names_of(entries_of(bytes_of(*source))), ".dockerignore Dockerfile ");
}

TEST(a_bad_pattern_is_an_error) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  folder.write(".dockerignore", "[\n");
  CHECK_FAILS(build_context(folder.path, "Dockerfile"), Code::invalid_argument, ".dockerignore");
}

// --- what cannot be built
// -----------------------------------------------------------------------------------------------

TEST(a_folder_or_dockerfile_that_is_not_there_is_named) {
  TemporaryFolder folder;
  std::string file = folder.write("file", "");
  CHECK_FAILS(build_context(folder.path + "/none", "Dockerfile"), Code::not_found, folder.path + "/none");
  CHECK_FAILS(build_context(file, "Dockerfile"), Code::invalid_argument, "it is no folder");
  CHECK_FAILS(build_context(folder.path, "Dockerfile"), Code::not_found, folder.path + "/Dockerfile");
  mkdir((folder.path + "/Dockerfile").c_str(), 0755);
  CHECK_FAILS(build_context(folder.path, "Dockerfile"), Code::invalid_argument, "is no file");
}

TEST(a_dockerfile_outside_of_the_folder_is_refused) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  folder.write("inner/file", "");
  for (const std::string &name :
       {std::string("../Dockerfile"), std::string(".."), std::string("inner/../../x"), folder.path + "/Dockerfile"})
    CHECK_FAILS(build_context(folder.path + "/inner", name), Code::invalid_argument, "is not inside the folder");
}

// --- a folder that changes while it is sent
// -----------------------------------------------------------------------------

TEST(a_file_that_goes_while_the_folder_is_sent_is_left_out) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  std::string path = folder.write("z", "");
  auto source = build_context(folder.path, "Dockerfile");
  unlink(path.c_str());
  CHECK_EQUAL(names_of(entries_of(bytes_of(*source))), "Dockerfile ");
}

TEST(a_file_that_grows_while_it_is_sent_is_sent_as_it_began) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  std::string path = folder.write("z", std::string(1000, 'z'));
  auto source = build_context(folder.path, "Dockerfile");
  CHECK(truncate(path.c_str(), 2000) == 0);
  std::string bytes(source->next());
  CHECK(truncate(path.c_str(), 3000) == 0);
  auto entries = entries_of(bytes + bytes_of(*source));
  CHECK_EQUAL(entries[1].size, 2000u);
}

// --- size
// ---------------------------------------------------------------------------------------------------------------

TEST(a_large_folder_is_made_in_small_pieces) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  std::string path = folder.write("large", "");
  CHECK(truncate(path.c_str(), 50 << 20) == 0);
  for (int i = 0; i < 300; i++) folder.write("many/" + std::to_string(i), "x");
  auto source = build_context(folder.path, "Dockerfile");
  size_t total = 0, largest = 0;
  for (auto piece = source->next(); !piece.empty(); piece = source->next()) {
    total += piece.size() + static_cast<size_t>(source->file().size);
    largest = std::max(largest, piece.size());
  }
  CHECK(total > 50 << 20);
  CHECK(largest < 1 << 20);
  CHECK(source->next().empty());  // the end stays the end
}

TEST(the_same_folder_gives_the_same_bytes) {
  TemporaryFolder folder;
  folder.write("Dockerfile", "");
  folder.write("a/b", "c");
  CHECK(bytes_of(*build_context(folder.path, "Dockerfile")) == bytes_of(*build_context(folder.path, "Dockerfile")));
}

int main() { return check::run_all("build_context"); }
