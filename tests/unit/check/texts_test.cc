// Variables and patterns in the texts that checks look at.
#include "check/environment.h"
#include "check/file_checks.h"
#include "check/metadata_checks.h"
#include "check/search.h"

#include "check.h"
#include "loop/loop.h"

using namespace conu;

static const Environment environment = {{"HOME", "/root"}, {"A_1", "x"}};

TEST(variables_of_the_image_are_replaced) {
  CHECK_EQUAL(substituted("$HOME/${A_1}y", environment), "/root/xy");
  CHECK_EQUAL(substituted("a$HOME", environment), "a/root");
}

TEST(other_variables_stay_as_they_stand_and_are_told) {
  Words unknown;
  CHECK_EQUAL(substituted("$HOMES ${NONE} $ $1 ${HOME $$HOME ${}", environment, &unknown),
              "$HOMES ${NONE} $ $1 ${HOME $/root ${}");
  CHECK_EQUAL(unknown.size(), 2u);
  CHECK_EQUAL(unknown.at(1), "NONE");
}

static std::vector<std::string> searched(const std::string &text, const std::string &expected,
                                         const std::string &excluded) {
  CheckResult result;
  std::vector<Pattern> wanted, unwanted;
  if (!expected.empty()) wanted.emplace_back(expected);
  if (!excluded.empty()) unwanted.emplace_back(excluded);
  Loop loop;
  loop.run(search_for("/a", text, wanted, unwanted, &result), nullptr);
  return result.errors;
}

TEST(a_pattern_that_is_missing_or_excluded_is_told_with_what_is_there) {
  CHECK(searched("one\ntwo\n", "^one\\ntwo", "three").empty());
  CHECK_EQUAL(searched("one\ntwo", "three", "").at(0), "\"three\" was expected and not found: /a is \"one two\"");
  CHECK_EQUAL(searched("", "th?ree", "").at(0), "\"th?ree\" was expected and not found: /a is empty");
  CHECK_EQUAL(searched("one\ntwo=2\n", "", "t.o").at(0), "\"t.o\" was found and must not be: /a has \"two=2\"");
  CHECK_EQUAL(searched("one\ntwo=2\n", "", "two").at(0), "\"two\" was found and must not be: /a has \"two=2\"");
}

TEST(ends_of_a_text_are_those_of_the_whole_text) {
  std::string text = std::string(200000, 'a') + " word" + std::string(200000, 'b');
  CHECK(searched(text, " word", "").empty());
  CHECK(searched(text, " w[o]rd", "").empty());
  CHECK(searched(text, "^a", "").empty());
  CHECK(searched(text, "b$", "").empty());
  CHECK(searched(text, "", "^b|a$|^ ").empty());
  CHECK(searched(text, "", "\\ba\\b|\\bb").empty());
}

TEST(permissions_are_also_understood_as_go_writes_them) {
  CHECK_EQUAL(permissions_of_go("file", 04755), "urwxr-xr-x");
  CHECK_EQUAL(permissions_of_go("file", 0640), "-rw-r-----");
  CHECK_EQUAL(permissions_of_go("directory", 01777), "dtrwxrwxrwx");
  CHECK_EQUAL(permissions_of_go("symlink", 0777), "Lrwxrwxrwx");
}

static const char document[] = R"({"Config": {"Env": ["PATH=/bin", "EMPTY="], "Labels": {"a": "b1"},
  "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}, "Cmd": ["sh"], "WorkingDir": "/w", "User": ""}})";

static std::string metadata_errors(const std::string &json, const char *facts = document) {
  CheckDocument checks = read_checks("{\"schemaVersion\": \"2.0.0\", \"metadataTest\": " + json + "}");
  CheckResult result;
  check_metadata(Json::parse(facts, "x"), *checks.metadata, &result);
  std::string all;
  for (const std::string &error : result.errors) all += error + "\n";
  return all;
}

TEST(a_configuration_that_is_as_it_should_be_holds) {
  CHECK_EQUAL(metadata_errors(R"({"env": [{"key": "PATH", "value": "/bin"}, {"key": "EMPTY", "value": ""}],
    "labels": [{"key": "a", "value": "^b\\d$", "isRegex": true}], "unboundEnvVars": [{"key": "NONE"}],
    "exposedPorts": ["80", "80/tcp"], "unexposedPorts": ["8", "80/udp"], "volumes": ["/data/"],
    "unmountedVolumes": ["/dat"], "entrypoint": [], "cmd": ["sh"], "workdir": "/w", "user": ""})"),
              "");
  CHECK_EQUAL(metadata_errors(R"({"cmd": [], "env": [], "user": ""})", R"({"Config": null})"), "");
}

TEST(each_difference_of_a_configuration_is_told) {
  CHECK_EQUAL(metadata_errors(R"({"env": [{"key": "PATH", "value": "bin"}, {"key": "X", "value": ""}],
    "labels": [{"key": "a", "value": "^b$", "isRegex": true}], "unboundEnvVars": [{"key": "EMPTY"}],
    "exposedPorts": ["8"], "unexposedPorts": ["80"], "volumes": ["/"], "unmountedVolumes": ["/data"],
    "entrypoint": ["a"], "cmd": ["sh", "-c"], "workdir": "/", "user": "me"})"),
              "the variable PATH should be \"bin\", but is \"/bin\"\n"
              "there should be the variable X, and is not\n"
              "the label a should match \"^b$\", but is \"b1\"\n"
              "there should not be the variable EMPTY, and it is \"\"\n"
              "there should be the port 8, but there is [\"80/tcp\"]\n"
              "there should not be the port 80\n"
              "there should be the volume /, but there is [\"/data\"]\n"
              "there should not be the volume /data\n"
              "the entrypoint should be [\"a\"], but is []\n"
              "the command should be [\"sh\", \"-c\"], but is [\"sh\"]\n"
              "the working folder should be \"/\", but is \"/w\"\n"
              "the user should be \"me\", but is \"\"\n");
}

int main() { return check::run_all("check/texts"); }
