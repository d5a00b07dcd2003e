// Layers as folders of this host.
#include "filesystem/layers.h"

#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "temporary_folder.h"

using namespace conu;

static Endpoint local() {
  Endpoint endpoint;
  endpoint.url = "unix:///run/engine.sock";
  endpoint.socket_path = "/run/engine.sock";
  return endpoint;
}

static std::string joined(const std::vector<std::string> &folders) {
  std::string all;
  for (const std::string &folder : folders) all += "[" + folder + "]";
  return all;
}

static Json document(const std::string &driver) { return Json::parse("{\"GraphDriver\": " + driver + "}", "a test"); }

static std::vector<std::string> folders_in(const Json &document, const Endpoint &endpoint) {
  ShownLayers layers = read_layers(document, endpoint);
  if (layers.refusal) throw *layers.refusal;
  return layers.folders;
}

static std::string layers(const std::string &driver) { return joined(folders_in(document(driver), local())); }

TEST(the_topmost_layer_comes_first) {
  CHECK_EQUAL(layers(R"({"Name": "overlay2", "Data": {"UpperDir": "/u/diff"}})"), "[/u/diff]");
  CHECK_EQUAL(layers(R"({"Name": "overlay", "Data": {"UpperDir": "/", "LowerDir": "/proc:/sys"}})"),
              "[/][/proc][/sys]");
}

TEST(folders_may_have_colons_in_their_names) {
  TemporaryFolder folder;
  std::string a = folder.path + "/a:b", b = folder.path + "/a:/b", c = folder.path + "/c,d\\";
  for (const std::string &path : {a, b, c}) folder.write(path.substr(folder.path.size() + 1) + "/file", "");
  std::string lower = a + ":" + b + ":" + c;
  std::string text = Json::object().set("UpperDir", c).set("LowerDir", lower).dump();
  CHECK_EQUAL(layers(R"({"Name": "overlay2", "Data": )" + text + "}"), joined({c, a, b, c}));
}

TEST(an_engine_that_shows_no_layers_says_why) {
  CHECK_FAILS(layers("null"), Code::unsupported, "does not show where it keeps layers");
  CHECK_FAILS(layers(R"({"Name": "vfs", "Data": {}})"), Code::unsupported, "\"vfs\"");
  CHECK_FAILS(layers(R"({"Name": "overlay2", "Data": null})"), Code::unsupported, "shows no layer");
  CHECK_FAILS(layers(R"({"Name": "overlay2", "Data": {"UpperDir": "diff"}})"), Code::protocol, "\"diff\"");
  CHECK_FAILS(layers(R"({"Name": "overlay2", "Data": {"UpperDir": 1}})"), Code::protocol, "UpperDir");
  Endpoint remote;
  remote.url = "tcp://engine:2375";
  Json known = document(R"({"Name": "overlay2", "Data": {"UpperDir": "/u"}})");
  CHECK_FAILS(folders_in(known, remote), Code::unsupported, "tcp://engine:2375 may be on another machine");
}

TEST(layers_that_a_program_shows_to_containers_are_not_for_the_kernel) {
  TemporaryFolder folder;
  auto are_for_fuse = [&](const std::string &name) {
    std::string data = Json::object().set("UpperDir", folder.path + "/store/overlay/id/diff").dump();
    return read_layers(document("{\"Name\": \"" + name + "\", \"Data\": " + data + "}"), local()).are_for_fuse;
  };
  CHECK(!are_for_fuse("overlay2"));
  CHECK(are_for_fuse("fuse-overlayfs"));
  CHECK(!are_for_fuse("overlay"));
  folder.write("store/overlay/.has-mount-program", "false");
  CHECK(!are_for_fuse("overlay"));
  folder.write("store/overlay/.has-mount-program", "true");
  CHECK(are_for_fuse("overlay"));
}

TEST(layers_of_a_container_with_users_of_its_own_are_not_believed) {
  auto of = [](const std::string &users) {
    return Json::parse(R"({"HostConfig": {"UsernsMode": ")" + users +
                           R"("}, "GraphDriver": {"Name": "overlay", "Data": {"UpperDir": "/u"}}})",
                       "a test");
  };
  CHECK_EQUAL(joined(folders_in(of(""), local())), "[/u]");
  CHECK_EQUAL(joined(folders_in(of("host"), local())), "[/u]");
  CHECK_FAILS(folders_in(of("private"), local()), Code::unsupported, "it has users of its own (private)");
}

TEST(a_layer_must_be_a_folder_that_is_there) {
  TemporaryFolder folder;
  std::string file = folder.write("file", ""), link = folder.path + "/link";
  CHECK(symlink(folder.path.c_str(), link.c_str()) == 0);
  CHECK_FAILS(open_layer(folder.path + "/missing"), Code::not_found,
              "cannot open the layer " + folder.path + "/missing");
  CHECK_FAILS(open_layer(file), Code::io, file);
  CHECK_FAILS(open_layer(link), Code::io, link);
}

TEST(a_layer_of_a_user_namespace_is_not_believed) {
  if (geteuid() != 0) return;  // nobody else can give a folder away
  TemporaryFolder folder;
  std::string layer = folder.path + "/layer/diff";
  folder.write("layer/diff/file", "");
  Json shown = document(R"({"Name": "overlay2", "Data": {"UpperDir": "/nowhere", "LowerDir": ")" + layer + "\"}}");
  CHECK_EQUAL(read_layers(shown, local()).of_others, "");
  CHECK(chown((folder.path + "/layer").c_str(), 0, 1000) == 0);
  CHECK_EQUAL(read_layers(shown, local()).of_others, layer);
}

int main() { return check::run_all("layers"); }
