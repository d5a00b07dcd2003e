// The arguments of `s2i build`.
#include "s2i/options.h"

#include <memory>

#include "check.h"

using namespace conu;

static std::shared_ptr<const S2iOptions> read(const std::vector<std::string> &words) {
  auto options = std::make_shared<S2iOptions>();
  read_s2i_options(words, options.get());
  return options;
}

static void rejects(const std::vector<std::string> &words, const std::string &message,
                    Code code = Code::invalid_argument) {
  CHECK_FAILS(read(words), code, message);
}

TEST(no_arguments_are_the_defaults) {
  auto given = read({});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.exclude, "(^|/)\\.git(/|$)");
  CHECK(!options.copies && !options.incremental && !options.quiet && !options.has_own_engine());
  CHECK(options.pull_policy == PullPolicy::if_not_present && options.environment.empty());
}

TEST(every_way_to_write_an_option_is_understood) {
  auto given = read({"--ref", "a", "--context-dir=b", "-n", "c", "-dd", "-E=e", "-cq", "--keep-symlinks=true",
                     "--incremental=false", "--"});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.ref, "a");
  CHECK_EQUAL(options.context_dir, "b");
  CHECK_EQUAL(options.application_name, "c");
  CHECK_EQUAL(options.destination, "d");
  CHECK_EQUAL(options.environment_file, "e");
  CHECK(options.copies && options.quiet && options.keeps_symlinks && !options.incremental);
}

TEST(options_of_old_names_mean_the_same) {
  auto given = read({"-l", "/opt", "--scripts", "image:///x"});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.destination, "/opt");
  CHECK_EQUAL(options.scripts_url, "image:///x");
}

TEST(variables_of_the_environment_are_kept_in_order) {
  auto given = read({"-e", "A=1,B=2", "--env=C="});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.environment.size(), 2u);
  CHECK_EQUAL(options.environment[0], "A=1,B=2");
  CHECK_EQUAL(options.environment[1], "C=");
  rejects({"-e", "FOO"}, "option --env of s2i build: \"FOO\" is no environment variable");
  rejects({"-e", "=x"}, "option --env of s2i build: \"=x\" is no environment variable");
}

TEST(options_of_the_container_become_those_of_docker_run) {
  auto given = read({"-v", "/a:/b:ro", "--network", "none", "--add-host=h:1.2.3.4", "--cap-drop", "KILL,MKNOD"});
  const S2iOptions &options = *given;
  std::vector<std::string> expected = {"--volume",  "/a:/b:ro",   "--network", "none",       "--add-host",
                                       "h:1.2.3.4", "--cap-drop", "KILL",      "--cap-drop", "MKNOD"};
  CHECK(options.container_options == expected);
}

TEST(lists_of_artifacts_and_injections_are_taken_apart) {
  auto given = read({"--runtime-image", "r", "-a", "/a:b;/c", "-a", "/d", "-i", "x:/y"});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.runtime_artifacts.size(), 3u);
  CHECK_EQUAL(options.runtime_artifacts[1], "/c");
  CHECK_EQUAL(options.injections.size(), 1u);
}

TEST(ranges_of_users_are_read) {
  auto given = read({"--allowed-uids", "5,10-20,1000-,-3"});
  const S2iOptions &options = *given;
  CHECK_EQUAL(options.allowed_users.size(), 4u);
  CHECK(options.allowed_users[0].first == 5 && options.allowed_users[0].last == 5);
  CHECK(options.allowed_users[1].first == 10 && options.allowed_users[1].last == 20);
  CHECK(options.allowed_users[2].first == 1000 && options.allowed_users[2].last > (int64_t{1} << 40));
  CHECK(options.allowed_users[3].first == 0 && options.allowed_users[3].last == 3);
  CHECK(read({"-u", ""})->allowed_users.empty());
  for (const char *wrong : {"abc", "1-b", "5-1", "-", "1--2"})
    rejects({"-u", wrong}, concat("option --allowed-uids of s2i build: \"", wrong, "\" "));
}

TEST(the_last_list_of_users_counts) {
  auto given = read({"-u", "0-", "--allowed-uids=5"});
  CHECK_EQUAL(given->allowed_users.size(), 1u);
  CHECK_EQUAL(given->allowed_users[0].first, 5);
}

TEST(nothing_stays_out_where_the_pattern_is_empty) { CHECK(read({"--exclude="})->exclude.empty()); }

TEST(certificates_are_for_tls) {
  for (const char *name : {"--ca", "--cert", "--key"}) rejects({name, "/x"}, "needs --tls or --tlsverify");
  CHECK(read({"--tlsverify", "--ca=/x"})->has_own_engine());
}

TEST(what_is_not_done_is_refused_by_its_name) {
  for (const char *name : {"--as-dockerfile", "--callback-url", "--image-scripts-url"})
    rejects({name, "x"}, concat("libconu does not do what option ", name, " of s2i build asks for"), Code::unsupported);
  for (const char *name : {"--run", "--use-config", "--help"})
    rejects({name}, concat("libconu does not do what option ", name, " of s2i build asks for"), Code::unsupported);
}

TEST(unknown_and_malformed_arguments_are_named) {
  rejects({"--nosuch"}, "unknown option --nosuch of s2i build");
  rejects({"-cX"}, "unknown option -X in -cX of s2i build");
  rejects({"--ref"}, "option --ref of s2i build needs a value");
  rejects({"--copy=maybe"}, "option --copy of s2i build: \"maybe\" is neither true nor false");
  rejects({"folder"}, "\"folder\" among the options of s2i build is no option");
  rejects({"--", "folder"}, "\"folder\" behind -- among the options of s2i build is no option");
  rejects({"-p", "sometimes"}, "option --pull-policy of s2i build: \"sometimes\" is no policy of pulling");
  rejects({"--incremental", "--runtime-image", "r"}, "does not go together with --runtime-image");
  rejects({"-a", "/x"}, "option --runtime-artifact of s2i build: \"/x\" needs --runtime-image");
}

int main() { return check::run_all("s2i/options"); }
