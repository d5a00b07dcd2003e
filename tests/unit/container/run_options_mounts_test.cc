// Volumes, mounts and tmpfs.
#include <unistd.h>

#include <cstdlib>

#include "container/options.h"

TEST(volumes_go_to_binds_or_to_volumes) {
  CHECK_EQUAL(body("-v /h:/c"), R"({"Image":"img","HostConfig":{"Binds":["/h:/c"]}})");
  CHECK_EQUAL(body("--volume=/h:/c:ro,z"), R"({"Image":"img","HostConfig":{"Binds":["/h:/c:ro,z"]}})");
  CHECK_EQUAL(body("-v name:/c:ro -v /h:/d"), R"({"Image":"img","HostConfig":{"Binds":["name:/c:ro","/h:/d"]}})");
  CHECK_EQUAL(body("-v /c -v /d"), R"({"Volumes":{"/c":{},"/d":{}},"Image":"img"})");
  CHECK_EQUAL(body("-v /h:/c -v /h:/c"), R"({"Image":"img","HostConfig":{"Binds":["/h:/c"]}})");
}

TEST(a_relative_host_folder_becomes_absolute) {
  char *folder = getcwd(nullptr, 0);
  std::string here = folder;
  free(folder);
  std::string parent = here.substr(0, here.rfind('/'));
  CHECK_EQUAL(body("-v ./x/:/c:ro"), R"({"Image":"img","HostConfig":{"Binds":[")" + here + R"(/x:/c:ro"]}})");
  CHECK_EQUAL(body("-v .:/c"), R"({"Image":"img","HostConfig":{"Binds":[")" + here + R"(:/c"]}})");
  CHECK_EQUAL(body("-v ../x:/c"), R"({"Image":"img","HostConfig":{"Binds":[")" + parent + R"(/x:/c"]}})");
}

TEST(named_volumes_are_listed_once) {
  RunBuilder builder({}, words("-v data:/a -v /h:/b -v data:/c:ro -v /d -v ./e:/e -v x.y-z_1:/f"));
  Words names;
  for (const NamedVolume &volume : builder.request("img").volumes) names.push_back(volume.name);
  CHECK((names == Words{"data", "x.y-z_1"}));
}

TEST(malformed_volumes_are_refused) {
  struct Bad {
    std::string value, message;
  };
  const std::vector<Bad> table = {
      {"", "has an empty part"},
      {":/c", "has an empty part"},
      {"/h:", "has an empty part"},
      {"/h::ro", "has an empty part"},
      {"/h:/c:", "has an empty part"},
      {"/h:/c:ro:x", "has too many colons"},
      {"c", "has a target that is no absolute path"},
      {"/h:c", "has a target that is no absolute path"},
      {"/h:./c", "has a target that is no absolute path"},
      {"/h:/", "has the root folder as its target"},
      {"//", "has the root folder as its target"},
      {"x/y:/c", "has a source that is neither a path nor a volume's name"},
      {"~/x:/c", "has a source that is neither a path nor a volume's name"},
      {"-x:/c", "has a source that is neither a path nor a volume's name"},
  };
  for (const Bad &bad : table)
    CHECK_FAILS(body(Words{"-v", bad.value}), invalid,
                "option --volume of docker run: \"" + bad.value + "\" " + bad.message);
}

static std::string mount(const std::string &value) { return host(Words{"--mount", value}); }

TEST(mounts_of_every_type) {
  CHECK_EQUAL(mount("type=bind,source=/h,target=/c,readonly,bind-propagation=RSLAVE,bind-nonrecursive"),
              R"({"Mounts":[{"Type":"bind","Source":"/h","Target":"/c","ReadOnly":true,)"
              R"("BindOptions":{"Propagation":"rslave","NonRecursive":true}}]})");
  CHECK_EQUAL(mount("dst=/c"), R"({"Mounts":[{"Type":"volume","Target":"/c"}]})");
  CHECK_EQUAL(mount("type=volume,src=v,destination=/c,ro=false,volume-nocopy=true,volume-label=a=b,volume-driver=d,"
                    "volume-opt=k=v"),
              R"({"Mounts":[{"Type":"volume","Source":"v","Target":"/c","VolumeOptions":{"NoCopy":true,)"
              R"("Labels":{"a":"b"},"DriverConfig":{"Name":"d","Options":{"k":"v"}}}}]})");
  CHECK_EQUAL(mount("type=tmpfs,dst=/c,tmpfs-size=1k,tmpfs-mode=1770"),
              R"({"Mounts":[{"Type":"tmpfs","Target":"/c","TmpfsOptions":{"SizeBytes":1024,"Mode":1016}}]})");
  CHECK_EQUAL(mount("type=image,src=i,dst=/c,image-subpath=s,consistency=Cached"),
              R"({"Mounts":[{"Consistency":"cached","Type":"image","Source":"i","Target":"/c",)"
              R"("ImageOptions":{"Subpath":"s"}}]})");
  CHECK_EQUAL(mount("type=bind,src=/h,dst=/c,bind-recursive=disabled"),
              R"({"Mounts":[{"Type":"bind","Source":"/h","Target":"/c","BindOptions":{"NonRecursive":true}}]})");
  CHECK(mount("type=bind,src=./x,dst=/c").find(R"("Source":"/)") != std::string::npos);
  CHECK(mount(R"(dst=/c,"volume-opt=o=size=1m,uid=7")").find(R"("Options":{"o":"size=1m,uid=7"})") !=
        std::string::npos);
}

TEST(a_mounted_volume_is_made_as_the_mount_says) {
  RunBuilder builder({}, {"--mount", "src=v,dst=/c,volume-driver=d,volume-opt=k=v,volume-label=a=b", "--volume", "w:/w",
                          "--volume-driver=x", "--mount", "dst=/anonymous"});
  std::vector<NamedVolume> volumes = builder.request("img").volumes;
  CHECK_EQUAL(volumes.size(), 2u);
  CHECK_EQUAL(volumes[0].name + " " + volumes[0].driver, "v d");
  CHECK_EQUAL(volumes[0].options.dump() + volumes[0].labels.dump(), R"({"k":"v"}{"a":"b"})");
  CHECK_EQUAL(volumes[1].name + " " + volumes[1].driver, "w x");
}

TEST(malformed_mounts_are_refused) {
  refuses("--mount", {{"", "is no list of comma-separated values"},
                      {"dst=/c,\"x", "is no list of comma-separated values"},
                      {"type=bind,src=/h", "has no target"},
                      {"type=,dst=/c", "has no type"},
                      {"nonsense", "has an unknown field \"nonsense\""},
                      {"target", "has no value for target"},
                      {"dst=/c,readonly=perhaps", "has \"perhaps\" for readonly, which is neither true nor false"},
                      {"type=tmpfs,dst=/c,tmpfs-size=x", "has \"x\" for tmpfs-size, which is no size"},
                      {"type=tmpfs,dst=/c,tmpfs-mode=9", "has a tmpfs-mode that is no octal number"},
                      {"type=bind,dst=/c,volume-nocopy", "has options for a volume mount, and is of type \"bind\""},
                      {"dst=/c,bind-propagation=shared", "has options for a bind mount"},
                      {"dst=/c,tmpfs-size=1", "has options for a tmpfs mount"},
                      {"type=bind,dst=/c,bind-recursive=x", "has a bind-recursive that is not"},
                      {"type=bind,dst=/c,bind-recursive=readonly", "without readonly and bind-propagation=rprivate"}});
}

TEST(tmpfs_is_a_folder_and_its_options) {
  CHECK_EQUAL(host("--tmpfs /a --tmpfs /b:rw,size=1m --tmpfs /c:"), R"({"Tmpfs":{"/a":"","/b":"rw,size=1m","/c":""}})");
}

int main() { return check::run_all("run_options_mounts"); }
