// Documents of checks: what is in them, and that no mistake in one goes unnoticed.
#include "check/document.h"

#include "check.h"

using namespace conu;

static CheckDocument with(const std::string &members) {
  return read_checks("{\"schemaVersion\": \"2.0.0\", " + members + "}");
}

static void refused(const std::string &members, const std::string &part) {
  CHECK_FAILS(with(members), Code::invalid_argument, part);
}

TEST(a_document_without_its_version_is_refused) {
  CHECK_FAILS(read_checks("{}"), Code::invalid_argument, "$.schemaVersion is missing");
  CHECK_FAILS(read_checks("{\"schemaVersion\": \"1.0.0\"}"), Code::invalid_argument, "only 2.0.0");
  CHECK_FAILS(read_checks("{\"schemaVersion\": 2}"), Code::invalid_argument, "$.schemaVersion should be a string");
}

TEST(what_is_no_object_of_json_is_refused) {
  for (const char *text : {"", "[]", "null", "7", "{", "schemaVersion: 2.0.0", "{\"schemaVersion\": \"2.0.0\"} x"})
    CHECK_FAILS(read_checks(text), Code::invalid_argument, "the argument checks_json");
}

TEST(a_member_that_is_not_known_is_refused_by_its_path) {
  refused(R"("fileExistenceTest": [])", "$.fileExistenceTest is a member that is not known");
  refused(R"("fileExistenceTests": [{"name": "a", "path": "/a"}, {"name": "b", "path": "/b", "shouldexist": false}])",
          "$.fileExistenceTests[1].shouldexist");
  refused(R"("fileContentTests": [{"name": "a", "path": "/a", "expectedContent": ["x"]}])",
          "$.fileContentTests[0].expectedContent");
  refused(R"("metadataTest": {"entryPoint": []})", "$.metadataTest.entryPoint");
  refused(R"("metadataTest": {"labels": [{"key": "a", "value": "b", "isregex": true}]})",
          "$.metadataTest.labels[0].isregex");
  refused(R"("commandTests": [{"name": "a", "command": "b", "expected_output": []}])",
          "$.commandTests[0].expected_output");
  refused(R"("containerRunOptions": {"tty": true})", "$.containerRunOptions.tty");
  refused(R"("setuidTest": {"allow": []})", "$.setuidTest.allow");
}

TEST(a_member_that_stands_twice_is_refused) {
  refused(R"("commandTests": [{"name": "a", "command": "b"}], "commandTests": [])", "duplicate");
}

TEST(a_value_of_the_wrong_type_is_refused_by_its_path) {
  refused(R"("fileExistenceTests": {})", "$.fileExistenceTests should be an array");
  refused(R"("fileExistenceTests": ["/a"])", "$.fileExistenceTests[0] should be an object");
  refused(R"("fileExistenceTests": [null])", "$.fileExistenceTests[0] should be an object");
  const std::string file = R"("fileExistenceTests": [{"name": "a", "path": "/a", )";
  refused(file + R"("shouldExist": "true"}])", "shouldExist should be true or false");
  refused(file + R"("uid": "0"}])", "uid should be an integer");
  refused(file + R"("uid": 1.5}])", "uid should be an integer");
  refused(file + R"("uid": -1}])", "uid is -1");
  refused(file + R"("gid": null}])", "gid is null");
  refused(file + R"("isExecutableBy": "root"}])", "isExecutableBy should be owner, group, other or any");
  refused(file + R"("permissions": "0644"}])", "permissions is no permissions");
  refused(file + R"("mode": "u+x"}])", "mode is no mode");
  refused(file + R"("mode": "17777"}])", "mode is no mode");
  refused(R"("metadataTest": [])", "$.metadataTest should be an object");
  refused(R"("metadataTest": {"cmd": "sh"})", "$.metadataTest.cmd should be an array");
  refused(R"("metadataTest": {"exposedPorts": [80]})", "$.metadataTest.exposedPorts[0] should be a string");
  refused(R"("commandTests": [{"name": "a", "command": "b", "exitCode": 256}])", "exitCode is 256");
  refused(R"("commandTests": [{"name": "a", "command": "b", "setup": ["true"]}])", "setup[0] should be an array");
  refused(R"("commandTests": [{"name": "a", "command": "b", "setup": [[]]}])", "setup[0] has no command");
}

TEST(what_is_needed_is_missed_by_its_path) {
  refused(R"("fileExistenceTests": [{"path": "/a"}])", "$.fileExistenceTests[0].name is missing");
  refused(R"("fileContentTests": [{"name": "a", "path": ""}])", "$.fileContentTests[0].path is empty");
  refused(R"("commandTests": [{"name": "a"}])", "$.commandTests[0].command is missing");
  refused(R"("metadataTest": {"env": [{"key": "a"}]})", "$.metadataTest.env[0].value is missing");
}

TEST(a_pattern_that_is_none_is_refused_by_its_path) {
  refused(R"("fileContentTests": [{"name": "a", "path": "/a", "excludedContents": ["ok", "(" ]}])",
          "$.fileContentTests[0].excludedContents[1]: the pattern \"(\" is no regular expression");
}

TEST(what_contradicts_itself_is_refused) {
  refused(R"("fileExistenceTests": [{"name": "a", "path": "/a", "shouldExist": false, "uid": 0}])",
          "says what a file should be that should not exist");
}

TEST(checks_of_layers_are_read_as_strictly) {
  refused(R"("layerTests": [{"name": "a", "path": "/a"}])", "$.layerTests[0] says neither layer nor instruction");
  refused(R"("layerTests": [{"name": "a", "path": "/a", "layer": "1"}])", "$.layerTests[0].layer should be an integer");
  refused(R"("layerTests": [{"name": "a", "path": "/a", "instruction": "["}])", "$.layerTests[0].instruction: ");
  refused(R"("hiddenFileTests": [{"name": "a", "path": "/"}])", "$.hiddenFileTests[0].path is the root");
  refused(R"("hiddenFileTests": [{"name": "a", "paths": ["/x"]}])", "$.hiddenFileTests[0].path is missing");
  refused(R"("layerSizeTest": {})", "says neither maxLayerSize nor maxSize");
  refused(R"("layerSizeTest": {"maxSize": 1.5})", "$.layerSizeTest.maxSize should be an integer");
}

TEST(what_is_not_offered_says_so) {
  refused(R"("licenseTests": [{"debian": true}])", "licenseTests cannot be checked");
}

TEST(options_of_containers_are_judged_before_any_request) {
  refused(R"("containerRunOptions": {"bindMounts": ["relative:also-relative"]})", "$.containerRunOptions: ");
  refused(R"("containerRunOptions": {"envVars": ["A=b"]})", "$.containerRunOptions.envVars");
}

TEST(a_document_is_read) {
  CheckDocument document = with(R"("globalEnvVars": [{"key": "A", "value": "b"}],
    "containerRunOptions": {"user": "root", "privileged": true, "allocateTty": false, "capabilities": ["NET_ADMIN"],
                            "bindMounts": ["/tmp:/mnt"]},
    "fileExistenceTests": [{"name": "n", "path": "etc//passwd", "mode": "755", "uid": 0}],
    "fileContentTests": [{"name": "n", "path": "/a", "expectedContents": ["^a", "b"]}],
    "metadataTest": {"env": [{"key": "a", "value": "b"}], "envVars": [{"key": "c", "value": "d", "isRegex": true}],
                     "cmd": []},
    "commandTests": [{"name": "n", "command": "ls", "args": ["-l"], "setup": [["touch", "/x"]], "exitCode": 2}],
    "setuidTest": {"allowed": ["/bin/su"]})");
  CHECK_EQUAL(document.global_env.size(), 1u);
  CHECK_EQUAL(document.run_options.size(), 7u);
  const FileExistenceCheck &file = document.file_existence.at(0);
  CHECK_EQUAL(file.path, "/etc/passwd");
  CHECK_EQUAL(*file.mode, "0755");
  CHECK(file.should_exist && file.uid == 0 && !file.gid);
  CHECK_EQUAL(document.file_content.at(0).expected.size(), 2u);
  CHECK_EQUAL(document.metadata->env.size(), 2u);
  CHECK(document.metadata->env[0].pattern && document.metadata->env[1].key == "a");
  CHECK(document.metadata->command && document.metadata->command->empty() && !document.metadata->entrypoint);
  const CommandCheck &command = document.commands.at(0);
  CHECK_EQUAL(command.command.size(), 2u);
  CHECK_EQUAL(command.setup.at(0).at(1), "/x");
  CHECK_EQUAL(command.exit_code, 2);
  CHECK_EQUAL(document.setuid->allowed.at(0), "/bin/su");
}

int main() { return check::run_all("check/document"); }
