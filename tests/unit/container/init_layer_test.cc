// What Docker adds to a container, and that all that is the image's own comes through.
#include "container/init_layer.h"

#include "check.h"

using namespace conu;
using Type = ArchiveEntry::Type;

static const int64_t made = 1700000000, before = 1600000000;

static ArchiveEntry entry(const std::string &name, int64_t mtime, Type type = Type::folder, unsigned mode = 0755) {
  ArchiveEntry entry;
  entry.name = name;
  entry.type = type;
  entry.mode = mode;
  entry.mtime = mtime;
  return entry;
}
static ArchiveEntry file(const std::string &name, int64_t mtime = made, unsigned mode = 0755) {
  return entry(name, mtime, Type::file, mode);
}
static ArchiveEntry link(const std::string &name, const std::string &target) {
  ArchiveEntry made_link = entry(name, made, Type::symlink);
  made_link.target = target;
  return made_link;
}

static std::string passed(const std::vector<ArchiveEntry> &entries) {
  InitLayer layer;
  std::string names;
  auto emit = [&](const ArchiveEntry &one) { names += (names.empty() ? "" : " ") + one.name; };
  for (const ArchiveEntry &one : entries) layer.take(one, emit);
  layer.finish(emit);
  return names;
}

TEST(an_image_of_one_file_shows_that_alone) {
  CHECK_EQUAL(passed({file(".dockerenv"), entry("dev/", made), file("dev/console"), entry("dev/pts/", made),
                      entry("dev/shm/", made + 1), entry("etc/", made), file("etc/hostname"), file("etc/hosts"),
                      link("etc/mtab", "/proc/mounts"), file("etc/resolv.conf"), file("hello", before, 0644),
                      entry("proc/", made), entry("sys/", made - 1)}),
              "hello");
}

TEST(folders_of_the_image_stay) {
  CHECK_EQUAL(
      passed({file(".dockerenv"), file("bin"), entry("dev/", made), file("dev/console"), entry("dev/pts/", before),
              entry("dev/shm/", made, Type::folder, 01777), entry("etc/", made), file("etc/hosts"),
              file("etc/passwd", before, 0644), entry("proc/", before), entry("sys/", before)}),
      "bin dev/ dev/pts/ dev/shm/ etc/ etc/passwd proc/ sys/");
}

TEST(an_empty_dev_is_the_image_s_where_proc_is) {
  CHECK_EQUAL(passed({file(".dockerenv"), entry("dev/", made), file("dev/console"), entry("etc/", made),
                      file("etc/hosts"), entry("proc/", before), entry("sys/", made)}),
              "proc/ dev/ etc/");
  CHECK_EQUAL(
      passed({file(".dockerenv"), entry("dev/", made, Type::folder, 0700), entry("proc/", made), entry("sys/", made)}),
      "dev/");
}

TEST(what_is_not_as_docker_makes_it_is_the_image_s) {
  ArchiveEntry full = file("etc/hosts"), owned = file("etc/hostname");
  full.size = 5;
  owned.uid = 1000;
  CHECK_EQUAL(passed({file(".dockerenv"), full, owned, file("etc/resolv.conf", made, 0644),
                      link("etc/mtab", "../proc/self/mounts"), entry("etc/hosts/", made), file("proc"),
                      file("x/etc/hosts"), file("dev/console2")}),
              "etc/hosts etc/hostname etc/resolv.conf etc/mtab etc/hosts/ proc x/etc/hosts dev/console2");
}

TEST(without_a_mark_folders_are_the_image_s) {
  CHECK_EQUAL(passed({entry("dev/", made), entry("etc/", made), entry("proc/", made), entry("sys/", made)}),
              "dev/ etc/ proc/ sys/");
}

int main() { return check::run_all("init layer"); }
