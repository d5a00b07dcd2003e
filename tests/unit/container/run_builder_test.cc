// The command line and the request that a builder makes, and the spellings of options.
#include "container/options.h"
#include "session/labels.h"

// The command line without the labels of the session, which follow the options.
static Words line_of(const RunBuilder &builder) {
  Words line = builder.command_line("img:1");
  for (const auto &[key, value] : session_labels()) {
    auto label = std::find(line.begin(), line.end(), key + "=" + value);
    CHECK(label != line.end() && label[-1] == "--label");
    line.erase(label - 1, label + 1);
  }
  return line;
}

TEST(nothing_given_is_the_image_alone) {
  RunBuilder builder;
  CHECK_EQUAL(body_of(builder), R"({"Image":"img"})");
  CHECK_EQUAL(joined(line_of(builder)), "docker run img:1");
  CHECK_EQUAL(builder.name(), "");
  CHECK(builder.request("img").volumes.empty());
}

TEST(the_command_line_is_binary_run_options_labels_image_and_command) {
  RunBuilder builder({"sh", "-c", "echo hi"}, {"-d", "--name", "x"});
  builder.set_binary("podman");
  builder.add_option("--unheard-of");
  builder.add_argument("more");
  builder.add_label("conu.session", "1=2");
  const Words expected = {"podman",           "run",   "-d", "--name", "x",       "--unheard-of", "--label",
                          "conu.session=1=2", "img:1", "sh", "-c",     "echo hi", "more"};
  CHECK(line_of(builder) == expected);
}

TEST(a_builder_can_be_copied_and_changed) {
  RunBuilder first({}, {"--name", "a"});
  RunBuilder second = first;
  second.add_option("--rm");
  CHECK_EQUAL(joined(line_of(first)), "docker run --name a img:1");
  CHECK_EQUAL(joined(line_of(second)), "docker run --name a --rm img:1");
}

TEST(the_command_goes_to_cmd) {
  RunBuilder builder({"echo", ""});
  builder.add_argument("a b");
  CHECK_EQUAL(body_of(builder), R"({"Image":"img","Cmd":["echo","","a b"]})");
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
  for (const char *spelling : {"--rm", "--rm=true", "--rm=1", "--rm=T", "--rm=false --rm"})
    CHECK_EQUAL(body(spelling), R"({"Image":"img","HostConfig":{"AutoRemove":true}})");
  for (const char *spelling : {"--rm=false", "--rm=0", "--rm=F", "--rm --rm=false"})
    CHECK_EQUAL(body(spelling), R"({"Image":"img","HostConfig":{"AutoRemove":false}})");
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
  CHECK_FAILS(body("--="), invalid, "unknown option -- of docker run");
  CHECK_FAILS(body("-"), invalid, "\"-\" among the options");
  CHECK_FAILS(body(Words{""}), invalid, "\"\" among the options");
  CHECK_FAILS(body("-d image"), invalid, "\"image\" among the options");
  CHECK_FAILS(body("--envy"), invalid, "unknown option --envy");
  CHECK_FAILS(body("--env"), invalid, "option --env of docker run needs a value");
  CHECK_FAILS(body("-de"), invalid, "option -e of docker run needs a value");
  CHECK_FAILS(RunBuilder({}, {"--foo"}).name(), invalid, "--foo");
}

TEST(two_dashes_end_the_options) {
  CHECK_EQUAL(body("-e A=b --"), R"({"Image":"img","Env":["A=b"]})");
  CHECK_FAILS(body("-- -e"), invalid, "\"-e\" behind -- among the options");
  // What follows them in the command line are labels, which are options.
  CHECK_EQUAL(joined(line_of(RunBuilder({}, words("-e A=b --")))), "docker run -e A=b img:1");
  CHECK_EQUAL(joined(line_of(RunBuilder({}, words("-e --")))), "docker run -e -- img:1");
  CHECK_EQUAL(joined(line_of(RunBuilder({}, words("--unheard-of --")))), "docker run --unheard-of -- img:1");
}

TEST(short_options_join) {
  CHECK_EQUAL(body("-itw /srv -eA=b"), body("--interactive --tty --workdir /srv --env A=b"));
  CHECK_EQUAL(body("-itu=1000"), body("-i -t -u 1000"));
  CHECK_EQUAL(body("-Pm64m"), body("--publish-all --memory 64m"));
  CHECK_EQUAL(body("-t=false"), body("--tty=false"));
}

// What a body says of the streams.
static std::string streams(const std::string &options) {
  Json body = RunBuilder({}, words(options)).request("img").body;
  std::string said;
  for (const char *name : {"AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin", "StdinOnce", "Tty"})
    if (body[name].boolean_or(false)) said += std::string(" ") + name;
  return said;
}

TEST(streams_are_as_the_program_has_them) {
  CHECK_EQUAL(streams(""), " AttachStdout AttachStderr");
  CHECK_EQUAL(streams("-d"), "");
  CHECK_EQUAL(streams("-it"), " AttachStdin AttachStdout AttachStderr OpenStdin StdinOnce Tty");
  CHECK_EQUAL(streams("-dit"), " OpenStdin Tty");
  CHECK_EQUAL(streams("-a stderr"), " AttachStderr");
  CHECK_EQUAL(streams("-i -a STDIN"), " AttachStdin OpenStdin StdinOnce");
  CHECK_EQUAL(streams("-i=false"), " AttachStdout AttachStderr");
  CHECK_FAILS(streams("-d -a stdout"), invalid,
              "--attach of docker run: \"stdout\" does not go together with --detach");
  CHECK_FAILS(streams("-a stdlog"), invalid, "is neither stdin nor stdout nor stderr");
}

TEST(what_is_not_of_the_body_stands_beside_it) {
  RunRequest request = RunBuilder({}, words("--name n --platform linux/arm64 --pull always --cidfile /x")).request("i");
  CHECK_EQUAL(request.name, "n");
  CHECK_EQUAL(request.platform, "linux/arm64");
  CHECK_EQUAL(request.pull, "always");
  CHECK_EQUAL(request.cid_file, "/x");
  for (const char *bad : {"a/b/c/d", "linux/", "/amd64", "linux amd64"})
    refuses("--platform", {{bad, "is no platform"}});
  CHECK_FAILS(body("--pull sometimes"), invalid, "--pull of docker run: \"sometimes\" is neither always");
}

TEST(what_only_serves_a_terminal_says_nothing) {
  CHECK_EQUAL(body("--sig-proxy=false --detach-keys ctrl-p,q -q --disable-content-trust"), R"({"Image":"img"})");
  CHECK_FAILS(body("--detach-keys ctrl-pq"), invalid, "has \"ctrl-pq\", which is no key");
}

TEST(what_cannot_be_done_is_refused_clearly) {
  CHECK_FAILS(body("--help"), invalid, "--help of docker run: \"true\" runs no container");
  CHECK_FAILS(body("--disable-content-trust=false"), invalid, "asks for an image's signature to be verified");
  for (const char *option : {"--cpu-count 1", "--cpu-percent 1", "--io-maxbandwidth 1", "--io-maxiops 1"})
    CHECK_FAILS(body(option), invalid, "is for Windows containers only");
}

TEST(the_engine_may_be_shared) {
  const std::string mount =
      R"({"Type":"bind","Source":"/var/run/docker.sock","Target":"/var/run/docker.sock","BindOptions":{}})";
  CHECK_EQUAL(host("--use-api-socket"), R"({"Mounts":[)" + mount + "]}");
  CHECK_EQUAL(host("--mount type=tmpfs,dst=/t --use-api-socket --use-api-socket"),
              R"({"Mounts":[{"Type":"tmpfs","Target":"/t"},)" + mount + "]}");
  CHECK_EQUAL(body("--use-api-socket --use-api-socket=false"), R"({"Image":"img"})");
  CHECK(RunBuilder({}, words("--use-api-socket")).request("img").shares_engine);
}

TEST(what_older_engines_would_leave_out_is_noted) {
  RunRequest request =
      RunBuilder({}, words("--annotation a=b --health-start-interval 1s --mount dst=/d,volume-subpath=s")).request("i");
  std::string needs;
  for (const NeededVersion &need : request.needs) needs += need.option + " 1." + std::to_string(need.minor) + ";";
  CHECK_EQUAL(needs, "--annotation 1.43;--health-start-interval 1.44;--mount volume-subpath 1.45;");
  CHECK_EQUAL(host("--annotation a=b --annotation c"), R"({"Annotations":{"a":"b","c":""}})");
}

TEST(the_last_name_wins_and_stays_out_of_the_body) {
  RunBuilder builder({}, words("--name a --name=b"));
  CHECK_EQUAL(builder.name(), "b");
  CHECK_EQUAL(body_of(builder), R"({"Image":"img"})");
}

TEST(labels_of_the_caller_go_over_the_options) {
  RunBuilder builder({}, words("-l conu.session=stolen -l own=1"));
  builder.add_label("conu.session", "mine");
  CHECK_EQUAL(body_of(builder), R"({"Labels":{"conu.session":"mine","own":"1"},"Image":"img"})");
}

TEST(working_folder_user_and_entry_point_are_passed_on) {
  CHECK_EQUAL(body("-w /x -u 1:2 --entrypoint sh"),
              R"({"WorkingDir":"/x","User":"1:2","Entrypoint":["sh"],"Image":"img"})");
  CHECK_EQUAL(body("--workdir=/x --user=a"), R"({"WorkingDir":"/x","User":"a","Image":"img"})");
  CHECK_EQUAL(body("--entrypoint="), R"({"Entrypoint":[""],"Image":"img"})");
  CHECK_EQUAL(body(Words{"--entrypoint", "a", "--entrypoint", ""}), R"({"Entrypoint":[""],"Image":"img"})");
}

TEST(add_volume_is_the_volume_option) {
  RunBuilder builder;
  builder.add_volume("/h", "/c", "Z");
  builder.add_volume("data", "/d", "");
  builder.add_volume("", "/e", "");
  CHECK_EQUAL(joined(line_of(builder)), "docker run --volume /h:/c:Z --volume data:/d --volume /e img:1");
  CHECK_EQUAL(body_of(builder), R"({"Volumes":{"/e":{}},"Image":"img","HostConfig":{"Binds":["/h:/c:Z","data:/d"]}})");
  CHECK_EQUAL(builder.request("i").volumes.at(0).name, "data");
  CHECK_FAILS(builder.add_volume("/a:b", "/c", ""), invalid, "\"/a:b\" has a colon");
  CHECK_FAILS(builder.add_volume("/a", "c", ""), invalid, "no absolute path");
  CHECK_FAILS(builder.add_volume("/a", "", ""), invalid, "has an empty part");
  CHECK_EQUAL(line_of(builder).size(), 9u);
}

int main() { return check::run_all("run_builder"); }
