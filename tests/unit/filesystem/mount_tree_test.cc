// Showing a tree by the first way that works.
#include "filesystem/mount_tree.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "check.h"
#include "filesystem/private_mounts.h"
#include "loop/support.h"
#include "util/clock.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/process_identity.h"
#include "util/random.h"

using namespace conu;

static Task<std::unique_ptr<Mount>> refused(Code code, std::string message) {
  throw Failure(code, message, "a hint");
  co_return nullptr;
}

static Task<std::unique_ptr<Mount>> shown(const Target &target) {
  if (mount("conu", target.path.c_str(), "tmpfs", 0, nullptr) != 0) throw Failure(Code::io, "no tmpfs");
  co_return adopt_mount("second", target.path);
}

static MountMethod refusing(const char *name, const char *message, Code code = Code::unsupported) {
  return {name, [=](const Target &) { return refused(code, message); }};
}

static MountMethod showing(const char *name) {
  return {name, [](const Target &target) { return shown(target); }};
}

static std::unique_ptr<Mount> mounted(std::vector<MountMethod> methods, const std::string &method = "",
                                      const std::string &mount_point = "") {
  Loop loop;
  return loop.run(mount_tree("the image x", mount_point, method, std::move(methods)), nullptr);
}

static const std::string folder = "/tmp";
static std::string records() { return folder + "/conu-" + std::to_string(geteuid()); }

TEST(the_first_that_works_is_taken) {
  auto mount = mounted({refusing("first", "no"), showing("second"), refusing("third", "never")});
  CHECK_EQUAL(mount->method(), std::string("second"));
  CHECK(mount_number(mount->mount_point()) != mount_number(folder));
  mount->unmount();
  mount->unmount();
  CHECK(std::filesystem::is_empty(records()));
}

TEST(a_failure_tells_what_each_met) {
  auto fails = [](Code code, const std::string &part) {
    CHECK_FAILS(mounted({refusing("first", "no"), refusing("second", "no"), refusing("third", "too far", Code::io)}),
                code, part);
  };
  fails(Code::io, "the image x cannot be mounted at " + folder);
  fails(Code::io, ": first: no; third: too far");
  CHECK(std::filesystem::is_empty(records()));
}

TEST(one_that_is_asked_for_fails_for_its_own_reason) {
  CHECK_FAILS(mounted({refusing("first", "no"), showing("second")}, "first"), Code::unsupported, ": first: no");
  CHECK_FAILS(mounted({refusing("first", "no"), showing("second")}, "third"), Code::unsupported,
              "the image x cannot be mounted by \"third\"; there is first, second");
  CHECK_EQUAL(mounted({refusing("first", "no"), showing("second")}, "second")->method(), std::string("second"));
}

static Task<std::unique_ptr<Mount>> slow() {
  co_await sleep_for(60000);
  co_return nullptr;
}

TEST(a_cancel_ends_the_search) {
  Loop loop;
  Cancel cancel(20);
  std::vector<MountMethod> methods;
  methods.push_back({"first", [](const Target &) { return slow(); }});
  methods.push_back(showing("second"));
  CHECK_FAILS(loop.run(mount_tree("the image x", "", "", std::move(methods)), &cancel), Code::timeout, ": first: ");
  CHECK(std::filesystem::is_empty(records()));
}

TEST(a_mount_that_is_given_up_leaves_nothing) {
  std::string path;
  {
    auto mount = mounted({showing("second")}, "", folder + "/made/here");
    path = mount->mount_point();
  }
  CHECK_EQUAL(path, folder + "/made/here");
  CHECK(access((folder + "/made").c_str(), F_OK) != 0);
  CHECK(std::filesystem::is_empty(records()));
}

// What a process left that is dead.
static std::string left_by_the_dead() {
  std::string record = records() + "/1.0." + process_namespace() + "." + boot_id() + "." + random_string(8);
  CHECK(mkdir(record.c_str(), 0700) == 0);
  return record;
}

// In a process that has not mounted anything yet.
static void check_sweeps_of_a_new_process() {
  std::string left = left_by_the_dead();
  int64_t before = monotonic_ns();
  mounted({showing("second")})->unmount();
  CHECK(access(left.c_str(), F_OK) != 0);
  left = left_by_the_dead();
  const int64_t second = 1000000000;
  while (access(left.c_str(), F_OK) == 0 && monotonic_ns() - before < 20 * second)
    mounted({showing("second")})->unmount();
  CHECK(access(left.c_str(), F_OK) != 0);
  CHECK(monotonic_ns() - before >= second);
}

TEST(what_the_dead_left_is_removed_by_the_first_mount_and_then_once_a_second) {
  mounted({showing("second")})->unmount();
  pid_t child = fork();
  if (child == 0) {
    try {
      check_sweeps_of_a_new_process();
    } catch (const check::Failed &failed) {
      dprintf(STDERR_FILENO, "%s\n", failed.message.c_str());
      _exit(1);
    }
    _exit(0);
  }
  int status = 1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK_EQUAL(status, 0);
}

TEST(methods_have_names) {
  for (const char *name : {"overlay", "bind", "fuse", "extract", "merged"}) check_method(name);
  CHECK_FAILS(check_method("magic"), Code::invalid_argument, "there is no method \"magic\"");
}

TEST(one_layer_is_bound_and_more_are_laid_one_above_the_other) {
  Endpoint endpoint;
  endpoint.socket_path = "/run/engine.sock";
  auto names = [&](const std::string &lower, const std::string &method) {
    Json data = Json::object().set("UpperDir", folder).set("LowerDir", lower);
    Json document = Json::object().set("GraphDriver", Json::object().set("Name", "overlay").set("Data", data));
    auto layers = std::make_shared<const ShownLayers>(read_layers(document, endpoint));
    std::string all;
    for (const MountMethod &offered : layer_methods(layers, method)) all += std::string(offered.name) + " ";
    return all;
  };
  CHECK_EQUAL(names("", ""), "bind overlay fuse ");
  CHECK_EQUAL(names("/proc", ""), "overlay fuse ");
  CHECK_EQUAL(names("/proc", "bind"), "bind overlay fuse ");
}

int main() {
  enter_private_mounts();
  return check::run_all("mount_tree");
}
