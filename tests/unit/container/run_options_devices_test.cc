// Devices of the host, their cgroup rules, and graphics processors.
#include "container/options.h"

// What the body says of one device: its two paths and its mode.
static std::string device(const std::string &value) {
  Json one = RunBuilder({}, {"--device", value}).request("img").body["HostConfig"]["Devices"].at(0);
  return one["PathOnHost"].text_or("") + " " + one["PathInContainer"].text_or("") + " " +
         one["CgroupPermissions"].text_or("");
}

TEST(devices_have_a_source_a_target_and_a_mode) {
  CHECK_EQUAL(device("/dev/a"), "/dev/a /dev/a rwm");
  CHECK_EQUAL(device("/dev/a:/dev/b"), "/dev/a /dev/b rwm");
  CHECK_EQUAL(device("/dev/a:r"), "/dev/a /dev/a r");
  CHECK_EQUAL(device("/dev/a:/dev/b:mr"), "/dev/a /dev/b mr");
  refuses("--device", {{"", "is no SOURCE[:TARGET][:MODE]"},
                       {"x", "has a path that is not absolute"},
                       {"x:r", "has a path that is not absolute"},
                       {"/dev/a:b", "has a target that is no absolute path"},
                       {"/dev/a:/dev/b:x", "has a mode that is not made of r, w and m"},
                       {"/dev/a:/dev/b:rr", "has a mode"},
                       {"/dev/a:/dev/b:", "has a mode"},
                       {"a:b:c:d", "is no SOURCE[:TARGET][:MODE]"}});
}

TEST(a_qualified_name_asks_the_device_interface) {
  CHECK_EQUAL(host("--device vendor.com/class=name"),
              R"({"DeviceRequests":[{"Driver":"cdi","DeviceIDs":["vendor.com/class=name"]}]})");
}

TEST(rules_have_a_type_numbers_and_a_mode) {
  CHECK_EQUAL(host(Words{"--device-cgroup-rule", "c 42:* rmw"}), R"({"DeviceCgroupRules":["c 42:* rmw"]})");
  for (const char *bad :
       {"", "c", "c 1:2", "d 1:2 r", "c 1 r", "c x:1 r", "c 1:2 x", "c 1:2 rwmr", "c  1:2 r", "c 1:2 "})
    refuses("--device-cgroup-rule", {{bad, "is no device rule"}});
}

// What the body says of one request for graphics processors.
static std::string gpus(const std::string &value) {
  return RunBuilder({}, {"--gpus", value}).request("img").body["HostConfig"]["DeviceRequests"].at(0).dump();
}

TEST(graphics_processors_are_asked_for_by_number_or_name) {
  CHECK_EQUAL(gpus("all"), R"({"Driver":"","Count":-1,"Capabilities":[["gpu"]],"Options":{}})");
  CHECK_EQUAL(gpus("2"), R"({"Driver":"","Count":2,"Capabilities":[["gpu"]],"Options":{}})");
  CHECK_EQUAL(gpus("driver=nvidia"), R"({"Driver":"nvidia","Count":1,"Capabilities":[["gpu"]],"Options":{}})");
  CHECK_EQUAL(gpus(R"("device=0,1")"), R"({"Driver":"","DeviceIDs":["0","1"],"Capabilities":[["gpu"]],"Options":{}})");
  CHECK_EQUAL(gpus(R"(count=1,"capabilities=utility,compute",options=a=b)"),
              R"({"Driver":"","Count":1,"Capabilities":[["utility","compute","gpu"]],"Options":{"a":"b"}})");
  refuses("--gpus", {{"", "is no list"},
                     {"x", "is no whole number"},
                     {"all,count=1", "has \"count\" twice"},
                     {"driver=a,driver=b", "has \"driver\" twice"},
                     {"nonsense=1", "has an unknown field \"nonsense\""}});
}

int main() { return check::run_all("run_options_devices"); }
