// The marks on what this process creates.
#include "session/labels.h"

#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <thread>

#include "check.h"
#include "util/file.h"
#include "util/text.h"

using namespace conu;

static std::map<std::string, std::string> map_of(const Labels &labels) { return {labels.begin(), labels.end()}; }

static bool is_uuid(const std::string &text) {
  std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() != 5) return false;
  const size_t sizes[] = {8, 4, 4, 4, 12};
  for (size_t i = 0; i < 5; i++)
    if (!is_hex(parts[i]) || parts[i].size() != sizes[i]) return false;
  return parts[2][0] == '4' && std::string("89ab").find(parts[3][0]) != std::string::npos;
}

TEST(random_uuids_are_uuids_and_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; i++) {
    std::string uuid = random_uuid();
    CHECK(is_uuid(uuid));
    CHECK(seen.insert(uuid).second);
  }
}

TEST(a_session_has_one_id_on_all_threads) {
  std::vector<std::string> seen(8);
  std::vector<std::thread> threads;
  for (std::string &id : seen) threads.emplace_back([&id] { id = session_id(); });
  for (auto &thread : threads) thread.join();
  for (const std::string &id : seen) CHECK_EQUAL(id, session_id());
  CHECK(is_uuid(session_id()));
}

TEST(what_is_created_tells_its_process_and_session) {
  auto labels = map_of(session_labels());
  CHECK_EQUAL(labels.size(), 5u);
  CHECK_EQUAL(labels["conu.test_artifact"], "true");
  CHECK_EQUAL(labels["conu.session"], session_id());
  CHECK_EQUAL(labels["conu.pid"], std::to_string(getpid()));
  CHECK_EQUAL(labels["conu.boot"], std::string(trimmed(*read_file("/proc/sys/kernel/random/boot_id"))));
  // The field of /proc/PID/stat that begins behind the name, which may hold anything.
  std::string stat = *read_file("/proc/self/stat");
  CHECK(stat.find(" " + labels["conu.start"] + " ") != stat.npos);
  CHECK(std::stoull(labels["conu.start"]) > 0);
  CHECK(session_labels() == session_labels());
}

TEST(an_image_has_a_label_of_its_own_and_blanks_the_containers) {
  auto labels = map_of(image_labels());
  CHECK_EQUAL(labels.size(), 2u);
  CHECK_EQUAL(labels["conu.image_session"], session_id());
  CHECK_EQUAL(labels["conu.session"], "");
}

TEST(a_forked_child_is_a_session_of_its_own) {
  std::string before = session_id();
  int ends[2];
  CHECK(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    auto labels = map_of(session_labels());
    std::string told = labels["conu.session"] + " " + labels["conu.pid"];
    _exit(write(ends[1], told.data(), told.size()) == static_cast<ssize_t>(told.size()) ? 0 : 1);
  }
  close(ends[1]);
  char buffer[200];
  ssize_t n = read(ends[0], buffer, sizeof buffer);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  std::string told(buffer, n > 0 ? static_cast<size_t>(n) : 0);
  CHECK(told.ends_with(" " + std::to_string(child)));
  CHECK(is_uuid(told.substr(0, 36)));
  CHECK(told.substr(0, 36) != before);
  CHECK_EQUAL(session_id(), before);
}

int main() { return check::run_all("labels"); }
