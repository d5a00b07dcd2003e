// The options of `docker run`, in every spelling, and what the engine is told for them.
#include "container/run_builder.h"

#include <unistd.h>

#include <cstdlib>

#include "check.h"
#include "util/text.h"

using namespace conu;

static const auto invalid = Code::invalid_argument;
using Words = std::vector<std::string>;

static Words words(const std::string &line) {
  Words list;
  for (std::string_view word : split(line, ' '))
    if (!word.empty()) list.emplace_back(word);
  return list;
}

static std::string body(const Words &options) { return RunBuilder({}, options).parameters("img").dump(); }
static std::string body(const std::string &options) { return body(words(options)); }

static std::string joined(const Words &list) {
  std::string text;
  for (const std::string &word : list) text += (text.empty() ? "" : " ") + word;
  return text;
}

TEST(nothing_given_is_the_image_alone) {
  RunBuilder builder;
  CHECK_EQUAL(builder.parameters("img").dump(), R"({"Image":"img"})");
  CHECK_EQUAL(joined(builder.command_line("img")), "docker run img");
  CHECK_EQUAL(builder.name(), "");
  CHECK(!builder.auto_remove());
  CHECK(builder.named_volumes().empty());
}

TEST(the_command_line_is_binary_run_options_labels_image_and_command) {
  RunBuilder builder({"sh", "-c", "echo hi"}, {"-d", "--name", "x"});
  builder.set_binary("podman");
  builder.add_option("--unheard-of");
  builder.add_argument("more");
  builder.add_label("conu.session", "1=2");
  const Words expected = {"podman",           "run",   "-d", "--name", "x",       "--unheard-of", "--label",
                          "conu.session=1=2", "img:1", "sh", "-c",     "echo hi", "more"};
  CHECK(builder.command_line("img:1") == expected);
}

TEST(a_builder_can_be_copied_and_changed) {
  RunBuilder first({}, {"--name", "a"});
  RunBuilder second = first;
  second.add_option("--rm");
  CHECK_EQUAL(joined(first.command_line("i")), "docker run --name a i");
  CHECK_EQUAL(joined(second.command_line("i")), "docker run --name a --rm i");
}

TEST(the_command_goes_to_cmd) {
  RunBuilder builder({"echo", ""});
  builder.add_argument("a b");
  CHECK_EQUAL(builder.parameters("img").dump(), R"({"Image":"img","Cmd":["echo","","a b"]})");
}

TEST(a_value_follows_its_option_or_is_joined_to_it) {
  const std::string expected = R"({"Image":"img","Env":["A=b"]})";
  for (const char *spelling : {"-e A=b", "-eA=b", "-e=A=b", "--env A=b", "--env=A=b", "-de A=b", "-deA=b", "-de=A=b"})
    CHECK_EQUAL(body(spelling), expected);
  CHECK_EQUAL(body(Words{"--env", "A=b c=d"}), R"({"Image":"img","Env":["A=b c=d"]})");
  CHECK_EQUAL(body(Words{"--user", "--rm"}), R"({"User":"--rm","Image":"img"})");
}

TEST(detached_is_accepted_and_says_nothing) {
  for (const char *spelling : {"-d", "--detach", "--detach=true", "-d=false", "-dd"})
    CHECK_EQUAL(body(spelling), R"({"Image":"img"})");
}

TEST(flags_take_a_truth_value_behind_an_equals_sign_only) {
  for (const char *spelling : {"--rm", "--rm=true", "--rm=1", "--rm=T", "--rm=false --rm"}) {
    CHECK_EQUAL(body(spelling), R"({"Image":"img","HostConfig":{"AutoRemove":true}})");
    CHECK(RunBuilder({}, words(spelling)).auto_remove());
  }
  for (const char *spelling : {"--rm=false", "--rm=0", "--rm=F", "--rm --rm=false"})
    CHECK(!RunBuilder({}, words(spelling)).auto_remove());
  CHECK_FAILS(body("--rm=maybe"), invalid, "--rm of docker run: \"maybe\" is neither true nor false");
  CHECK_FAILS(body("--rm="), invalid, "neither true nor false");
  CHECK_FAILS(body("-d="), invalid, "unknown option -=");
  CHECK_FAILS(body("--rm true"), invalid, "\"true\" among the options of docker run is no option");
}

TEST(unknown_options_and_missing_values_are_named) {
  CHECK_FAILS(body("--foo"), invalid, "unknown option --foo of docker run");
  CHECK_FAILS(body("--foo=bar"), invalid, "unknown option --foo of docker run");
  CHECK_FAILS(body("-Z"), invalid, "unknown option -Z of docker run");
  CHECK_FAILS(body("-dZ"), invalid, "unknown option -Z in -dZ of docker run");
  CHECK_FAILS(body("--"), invalid, "unknown option -- of docker run");
  CHECK_FAILS(body("--="), invalid, "unknown option -- of docker run");
  CHECK_FAILS(body("-"), invalid, "\"-\" among the options");
  CHECK_FAILS(body(Words{""}), invalid, "\"\" among the options");
  CHECK_FAILS(body("-d image"), invalid, "\"image\" among the options");
  CHECK_FAILS(body("--envy"), invalid, "unknown option --envy");
  CHECK_FAILS(body("--env"), invalid, "option --env of docker run needs a value");
  CHECK_FAILS(body("-de"), invalid, "option -e of docker run needs a value");
  CHECK_FAILS(RunBuilder({}, {"--foo"}).name(), invalid, "--foo");
}

TEST(the_last_name_wins_and_stays_out_of_the_body) {
  RunBuilder builder({}, words("--name a --name=b"));
  CHECK_EQUAL(builder.name(), "b");
  CHECK_EQUAL(builder.parameters("img").dump(), R"({"Image":"img"})");
}

TEST(environment_is_given_taken_over_or_unset) {
  setenv("CONU_TEST_SET", "val=ue", 1);
  setenv("CONU_TEST_EMPTY", "", 1);
  unsetenv("CONU_TEST_UNSET");
  CHECK_EQUAL(body("-e A= -e CONU_TEST_SET -e CONU_TEST_EMPTY -e CONU_TEST_UNSET"),
              R"({"Image":"img","Env":["A=","CONU_TEST_SET=val=ue","CONU_TEST_EMPTY=","CONU_TEST_UNSET"]})");
  CHECK_EQUAL(body("-e B=1 -e A=1 -e B=2 -e A"), R"({"Image":"img","Env":["B=2","A"]})");
  CHECK_FAILS(body("-e =x"), invalid, "option --env of docker run: \"=x\" has no name");
  CHECK_FAILS(body(Words{"-e", ""}), invalid, "--env");
}

TEST(labels_have_a_value_or_none) {
  CHECK_EQUAL(body("-l k=v=w --label=e= -lf"), R"({"Labels":{"k":"v=w","e":"","f":""},"Image":"img"})");
  CHECK_EQUAL(body("-l k=1 -l k=2"), R"({"Labels":{"k":"2"},"Image":"img"})");
  CHECK_FAILS(body("-l =v"), invalid, "option --label of docker run: \"=v\" has no name");
  CHECK_FAILS(body(Words{"-l", "a b=v"}), invalid, "has a space in its name");
}

TEST(labels_of_the_caller_go_over_the_options) {
  RunBuilder builder({}, words("-l conu.session=stolen -l own=1"));
  builder.add_label("conu.session", "mine");
  CHECK_EQUAL(builder.parameters("img").dump(), R"({"Labels":{"conu.session":"mine","own":"1"},"Image":"img"})");
}

TEST(working_folder_user_and_entry_point_are_passed_on) {
  CHECK_EQUAL(body("-w /x -u 1:2 --entrypoint sh"),
              R"({"WorkingDir":"/x","User":"1:2","Entrypoint":["sh"],"Image":"img"})");
  CHECK_EQUAL(body("--workdir=/x --user=a"), R"({"WorkingDir":"/x","User":"a","Image":"img"})");
  CHECK_EQUAL(body("--entrypoint="), R"({"Entrypoint":[""],"Image":"img"})");
  CHECK_EQUAL(body(Words{"--entrypoint", "a", "--entrypoint", ""}), R"({"Entrypoint":[""],"Image":"img"})");
}

TEST(one_network_is_the_mode) {
  for (const char *network : {"host", "none", "bridge", "mine", "container:x"}) {
    std::string expected = std::string(R"({"Image":"img","HostConfig":{"NetworkMode":")") + network + "\"}}";
    CHECK_EQUAL(body("--network " + std::string(network)), expected);
    CHECK_EQUAL(body("--net=" + std::string(network)), expected);
  }
}

TEST(several_networks_are_endpoints) {
  CHECK_EQUAL(
      body("--network a --network b"),
      R"({"NetworkingConfig":{"EndpointsConfig":{"a":{},"b":{}}},"Image":"img","HostConfig":{"NetworkMode":"a"}})");
  CHECK_FAILS(body("--network a --network host"), invalid, "--network of docker run: \"host\" cannot be joined");
  CHECK_FAILS(body("--network container:x --network b"), invalid, "cannot be joined");
  CHECK_FAILS(body("--network a --network a"), invalid, "\"a\" is given twice");
  CHECK_FAILS(body("--network="), invalid, "is not the name of a network");
  CHECK_FAILS(body("--network name=a,alias=x"), invalid, "is not the name of a network");
}

// The body for published ports: what is exposed, and where it is bound.
static std::string ports(const std::string &exposed, const std::string &bindings) {
  return R"({"ExposedPorts":{)" + exposed + R"(},"Image":"img","HostConfig":{"PortBindings":{)" + bindings + "}}}";
}

static std::string one_port(const std::string &port, const std::string &ip, const std::string &host) {
  return ports("\"" + port + "\":{}", "\"" + port + R"(":[{"HostIp":")" + ip + R"(","HostPort":")" + host + "\"}]");
}

TEST(ports_are_published_in_every_form) {
  CHECK_EQUAL(body("-p 80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p :80"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p 80/"), one_port("80/tcp", "", ""));
  CHECK_EQUAL(body("-p 8080:80"), one_port("80/tcp", "", "8080"));
  CHECK_EQUAL(body("-p 0:80"), one_port("80/tcp", "", "0"));
  CHECK_EQUAL(body("-p 00080:0080"), one_port("80/tcp", "", "80"));
  CHECK_EQUAL(body("-p 8080:80/UDP"), one_port("80/udp", "", "8080"));
  CHECK_EQUAL(body("-p 80/sctp"), one_port("80/sctp", "", ""));
  CHECK_EQUAL(body("-p 127.0.0.1:8080:80/udp"), one_port("80/udp", "127.0.0.1", "8080"));
  CHECK_EQUAL(body("--publish=127.0.0.1::80"), one_port("80/tcp", "127.0.0.1", ""));
  CHECK_EQUAL(body("-p [::1]:80:80"), one_port("80/tcp", "::1", "80"));
  CHECK_EQUAL(body("-p [::1]::80"), one_port("80/tcp", "::1", ""));
  CHECK_EQUAL(body("-p ::1:81:80"), one_port("80/tcp", "::1", "81"));
  CHECK_EQUAL(body("-p 8000-8005:80"), one_port("80/tcp", "", "8000-8005"));
  CHECK_EQUAL(body("-p 65535:65535"), one_port("65535/tcp", "", "65535"));
}

TEST(ranges_of_ports_are_published_one_by_one) {
  CHECK_EQUAL(body("-p 80-81"),
              ports(R"("80/tcp":{},"81/tcp":{})",
                    R"("80/tcp":[{"HostIp":"","HostPort":""}],"81/tcp":[{"HostIp":"","HostPort":""}])"));
  CHECK_EQUAL(body("-p ::1:90-91:80-81/udp"),
              ports(R"("80/udp":{},"81/udp":{})",
                    R"("80/udp":[{"HostIp":"::1","HostPort":"90"}],"81/udp":[{"HostIp":"::1","HostPort":"91"}])"));
  CHECK_EQUAL(body("-p 1-1:2-2"), one_port("2/tcp", "", "1"));
}

TEST(a_port_may_be_published_several_times) {
  CHECK_EQUAL(body("-p 80:80 -p 81:80"),
              ports(R"("80/tcp":{})", R"("80/tcp":[{"HostIp":"","HostPort":"80"},{"HostIp":"","HostPort":"81"}])"));
}

TEST(malformed_ports_are_refused_with_the_offending_part) {
  struct Bad {
    std::string value, message;
  };
  const std::vector<Bad> table = {
      {"", "has \"\" where a port should be"},
      {"80:", "has \"\" where a port should be"},
      {"x", "has \"x\" where a port should be"},
      {"70000", "has \"70000\" where a port should be"},
      {"99999999999999999999", "where a port should be"},
      {"-1", "where a port should be"},
      {"+80", "has \"+80\" where a port should be"},
      {"80 ", "where a port should be"},
      {"80-", "has \"\" where a port should be"},
      {"80.5:80", "has \"80.5\" where a port should be"},
      {"127.0.0.1:80", "has \"127.0.0.1\" where a port should be"},
      {"80-79", "has a range that runs backwards"},
      {"81-80:90", "has a range that runs backwards"},
      {"8000-8001:80-85", "has ranges of different lengths"},
      {"8000:80-81", "has ranges of different lengths"},
      {"80/x", "has an unknown protocol"},
      {"80/tcp/udp", "has an unknown protocol"},
      {"localhost:80:80", "has \"localhost\" where an IP address should be"},
      {"1.2.3:80:80", "has \"1.2.3\" where an IP address should be"},
      {"[::1:80:80", "has \"[::1\" where an IP address should be"},
      {"[fe80::1%eth0]:80:80", "where an IP address should be"},
      {"target=80,published=8080", "where a port should be"},
  };
  for (const Bad &bad : table) {
    CHECK_FAILS(body(Words{"-p", bad.value}), invalid, bad.message);
    CHECK_FAILS(body(Words{"-p", bad.value}), invalid, "option --publish of docker run: " + in_quotes(bad.value));
  }
}

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
  CHECK((builder.named_volumes() == Words{"data", "x.y-z_1"}));
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

TEST(add_volume_is_the_volume_option) {
  RunBuilder builder;
  builder.add_volume("/h", "/c", "Z");
  builder.add_volume("data", "/d", "");
  builder.add_volume("", "/e", "");
  CHECK_EQUAL(joined(builder.command_line("i")), "docker run --volume /h:/c:Z --volume data:/d --volume /e i");
  CHECK_EQUAL(builder.parameters("i").dump(),
              R"({"Volumes":{"/e":{}},"Image":"i","HostConfig":{"Binds":["/h:/c:Z","data:/d"]}})");
  CHECK((builder.named_volumes() == Words{"data"}));
  CHECK_FAILS(builder.add_volume("/a:b", "/c", ""), invalid, "\"/a:b\" has a colon");
  CHECK_FAILS(builder.add_volume("/a", "c", ""), invalid, "no absolute path");
  CHECK_FAILS(builder.add_volume("/a", "", ""), invalid, "has an empty part");
  CHECK_EQUAL(builder.command_line("i").size(), 9u);
}

int main() { return check::run_all("run_builder"); }
