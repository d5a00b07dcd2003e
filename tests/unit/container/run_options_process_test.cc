// Namespaces, health, restarting, security and kernel settings.
#include "container/options.h"
#include "temporary_folder.h"

TEST(members_that_are_passed_on) {
  CHECK_EQUAL(body("-h box --domainname d --stop-signal INT --stop-timeout 5"),
              R"({"Hostname":"box","Domainname":"d","StopSignal":"INT","StopTimeout":5,"Image":"img"})");
  CHECK_EQUAL(host("--init --privileged --read-only --cap-add A --cap-drop B --group-add g --runtime r --isolation i"),
              R"({"Init":true,"Privileged":true,"ReadonlyRootfs":true,"CapAdd":["A"],"CapDrop":["B"],"GroupAdd":["g"],)"
              R"("Runtime":"r","Isolation":"i"})");
  CHECK_EQUAL(
      host("--cgroup-parent p --cgroupns host --ipc private --volumes-from v --volume-driver d --storage-opt a=b"),
      R"({"CgroupParent":"p","CgroupnsMode":"host","IpcMode":"private","VolumesFrom":["v"],"VolumeDriver":"d",)"
      R"("StorageOpt":{"a":"b"}})");
  CHECK_EQUAL(host("--log-driver json-file --log-opt a=b --log-opt c"),
              R"({"LogConfig":{"Type":"json-file","Config":{"a":"b","c":""}}})");
  CHECK_FAILS(host("--log-driver none --log-opt a=b"), invalid,
              "--log-opt of docker run: \"a\" is nothing that driver none");
  refuses("--storage-opt", {{"size", "is no NAME=VALUE"}, {"=1", "has no name before the ="}});
}

TEST(namespaces_are_known_ones) {
  CHECK_EQUAL(host("--pid host --uts host --userns host"),
              R"({"PidMode":"host","UTSMode":"host","UsernsMode":"host"})");
  CHECK_EQUAL(host("--pid container:x --userns keep-id:uid=1 --uts="),
              R"({"PidMode":"container:x","UsernsMode":"keep-id:uid=1","UTSMode":""})");
  refuses("--pid", {{"nonsense", "is no such namespace"}, {":x", "is no such"}, {"container:", "does not say whose"}});
}

TEST(health_is_a_command_and_times) {
  CHECK_EQUAL(body(Words{"--health-cmd", "a b", "--health-interval=5s", "--health-timeout=1ms", "--health-retries=3",
                         "--health-start-period=1m", "--health-start-interval=2s"}),
              R"({"Healthcheck":{"Test":["CMD-SHELL","a b"],"Interval":5000000000,"Timeout":1000000,"Retries":3,)"
              R"("StartPeriod":60000000000,"StartInterval":2000000000},"Image":"img"})");
  CHECK_EQUAL(body("--health-interval 0 --health-retries 0"), R"({"Image":"img"})");
  CHECK_EQUAL(body("--no-healthcheck"), R"({"Healthcheck":{"Test":["NONE"]},"Image":"img"})");
  CHECK_EQUAL(body("--no-healthcheck=false"), R"({"Image":"img"})");
  CHECK_FAILS(body("--no-healthcheck --health-cmd x"), invalid, "--no-healthcheck of docker run");
  refuses("--health-interval", {{"5", "is no duration"}, {"-5s", "is negative"}});
  refuses("--health-retries", {{"-1", "is negative"}, {"x", "is no whole number"}});
}

TEST(restarting_has_a_policy_and_a_count) {
  CHECK_EQUAL(host("--restart on-failure:3"), R"({"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}})");
  CHECK_EQUAL(host("--restart always"), R"({"RestartPolicy":{"Name":"always"}})");
  CHECK_EQUAL(host("--restart no --rm"), R"({"AutoRemove":true})");
  CHECK_FAILS(host("--restart always --rm"), invalid,
              "--restart of docker run: \"always\" does not go together with --rm");
  refuses("--restart", {{":3", "has no policy before the colon"}, {"on-failure:x", "is no whole number"}});
}

TEST(security_profiles_are_read_from_their_files) {
  TemporaryFolder folder;
  std::string profile = folder.write("profile", "{\n \"defaultAction\" : \"SCMP_ACT_ALLOW\" }\n");
  CHECK_EQUAL(
      host("--security-opt no-new-privileges --security-opt seccomp=" + profile + " --security-opt label:disable"),
      R"({"SecurityOpt":["no-new-privileges","seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}","label:disable"]})");
  CHECK_EQUAL(host("--security-opt seccomp=unconfined --security-opt seccomp:builtin"),
              R"({"SecurityOpt":["seccomp=unconfined","seccomp:builtin"]})");
  CHECK_EQUAL(host("--security-opt systempaths=unconfined"), R"({"MaskedPaths":[],"ReadonlyPaths":[]})");
  // Podman is told where the profile is instead.
  std::vector<Profile> profiles = RunBuilder({}, {"--security-opt", "seccomp=" + profile}).request("img").profiles;
  CHECK_EQUAL(profiles.at(0).path + " " + profiles.at(0).text, profile + R"( {"defaultAction":"SCMP_ACT_ALLOW"})");
  std::string broken = folder.write("broken", "{");
  refuses("--security-opt", {{"nonsense", "is no security option"},
                             {"seccomp=/no/such/file", "names a file that is not there"},
                             {"seccomp=" + broken, "names a file that is no JSON"}});
}

TEST(kernel_settings_are_the_containers_own) {
  CHECK_EQUAL(host("--sysctl net.a=1 --sysctl kernel.sem=2 --sysctl fs.mqueue.b=3"),
              R"({"Sysctls":{"net.a":"1","kernel.sem":"2","fs.mqueue.b":"3"}})");
  refuses(
      "--sysctl",
      {{"kernel.nonsense=1", "is no setting"}, {"vm.swappiness=1", "is no setting"}, {"net.a", "is no NAME=VALUE"}});
}

int main() { return check::run_all("run_options_process"); }
