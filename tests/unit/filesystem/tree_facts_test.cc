// What is remembered of a tree, found again by path.
#include "filesystem/tree_facts.h"

#include "check.h"

using namespace conu;

static FileFacts facts_with(unsigned mode, bool is_on_disk = true) {
  FileFacts facts;
  facts.mode = mode;
  facts.is_on_disk = is_on_disk;
  return facts;
}

TEST(what_was_set_is_true_and_else_what_is_on_disk) {
  TreeFacts facts;
  facts.set("bin/su", facts_with(S_IFREG | 04755));
  struct stat status {};
  status.st_mode = S_IFREG | 0755;
  status.st_uid = 1000;
  status.st_mtim = {1234567890, 5};
  CHECK_EQUAL(facts.truth("bin/su", status).mode, S_IFREG | 04755u);
  CHECK_EQUAL(facts.truth("bin/sh", status).mode, S_IFREG | 0755u);
  CHECK_EQUAL(facts.truth("bin/sh", status).uid, 1000);
  CHECK_EQUAL(facts.truth("bin/sh", status).mtime, 1234567890);
  CHECK_EQUAL(facts.truth("bin/sh", status).mtime_ns, 5);
  facts.set_owner(0, 7);
  CHECK_EQUAL(facts.truth("bin/sh", status).uid, 0);
  CHECK_EQUAL(facts.truth("bin/sh", status).gid, 7);
}

TEST(what_is_not_on_disk_is_named_by_its_folder) {
  TreeFacts facts;
  facts.set("dev/null", facts_with(S_IFCHR | 0666, false));
  facts.set("dev/pts/ptmx", facts_with(S_IFCHR | 0666, false));
  facts.set("dev/log", facts_with(S_IFREG | 04644));
  facts.set("device", facts_with(S_IFIFO | 0644, false));
  CHECK((facts.missing_in("dev") == std::vector<std::string>{"null"}));
  CHECK((facts.missing_in("") == std::vector<std::string>{"device"}));
  CHECK(facts.missing_in("etc").empty());
}

TEST(what_is_forgotten_goes_with_all_that_is_below) {
  TreeFacts facts;
  for (const char *path : {"a", "a/b", "a/b/c", "a-b", "ab"}) facts.set(path, facts_with(S_IFREG));
  facts.forget("a");
  CHECK(facts.find("a") == nullptr && facts.find("a/b") == nullptr && facts.find("a/b/c") == nullptr);
  CHECK(facts.find("a-b") != nullptr && facts.find("ab") != nullptr);
}

int main() { return check::run_all("tree facts"); }
