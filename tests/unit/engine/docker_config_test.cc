// Where credentials are looked for, in which order, and that no secret reaches a message.
#include "engine/docker_config.h"

#include "check.h"
#include "util/text.h"

using namespace conu;

static const auto invalid = Code::invalid_argument;
static const std::string path = "/home/me/.docker/config.json";

static std::string auths(const std::string &server, const std::string &login) {
  return R"({"auths":{")" + server + R"(":{"auth":")" + base64(login) + R"("}}})";
}

static std::string user_for(const std::string &config, const std::string &domain) {
  return DockerConfig(config, path).find_credentials(domain).credentials.username;
}

TEST(without_any_configuration_there_are_no_credentials) {
  for (const DockerConfig &config : {DockerConfig(), DockerConfig("", path), DockerConfig("{}", path, "{}"),
                                     DockerConfig(" \n", path, " "), DockerConfig("null", path)}) {
    CredentialSource source = config.find_credentials("quay.io");
    CHECK(source.credentials.empty());
    CHECK_EQUAL(source.helper, "");
    CHECK_EQUAL(source.key, "quay.io");
    CHECK_EQUAL(config.current_context(), "");
  }
}

TEST(user_and_password_are_decoded_from_auth) {
  Credentials credentials =
      DockerConfig(auths("quay.io", "me:pass:word"), path).find_credentials("quay.io").credentials;
  CHECK_EQUAL(credentials.username, "me");
  CHECK_EQUAL(credentials.password, "pass:word");
  CHECK(!credentials.empty());
}

TEST(padding_with_nul_is_cut_off_the_password) {
  std::string config = auths("quay.io", std::string("me:secret\0\0", 11));
  CHECK_EQUAL(DockerConfig(config, path).find_credentials("quay.io").credentials.password, "secret");
}

TEST(credentials_may_stand_without_auth) {
  DockerConfig config(R"({"auths":{
      "a.io":{"username":"me","password":"p"},
      "b.io":{"auth":"","identitytoken":"t"},
      "c.io":{"registrytoken":"r"},
      "d.io":{}}})",
                      path);
  CHECK_EQUAL(config.find_credentials("a.io").credentials.password, "p");
  CHECK_EQUAL(config.find_credentials("b.io").credentials.identity_token, "t");
  CHECK_EQUAL(config.find_credentials("c.io").credentials.registry_token, "r");
  CHECK(config.find_credentials("d.io").credentials.empty());
}

TEST(docker_hub_is_found_under_its_url_and_its_names) {
  CHECK_EQUAL(credential_key("docker.io"), "https://index.docker.io/v1/");
  CHECK_EQUAL(credential_key("index.docker.io"), "https://index.docker.io/v1/");
  CHECK_EQUAL(credential_key("localhost:5000"), "localhost:5000");
  for (const char *server : {"https://index.docker.io/v1/", "index.docker.io", "docker.io", "https://docker.io"}) {
    CHECK_EQUAL(user_for(auths(server, "me:p"), "docker.io"), "me");
    CHECK_EQUAL(user_for(auths(server, "me:p"), "quay.io"), "");
  }
}

TEST(servers_with_scheme_and_path_are_matched_by_host) {
  CHECK_EQUAL(user_for(auths("https://quay.io/v1/", "me:p"), "quay.io"), "me");
  CHECK_EQUAL(user_for(auths("http://localhost:5000", "me:p"), "localhost:5000"), "me");
  CHECK_EQUAL(user_for(auths("quay.io/v2", "me:p"), "quay.io"), "me");
  CHECK_EQUAL(user_for(auths("https://quay.io:443/", "me:p"), "quay.io"), "");
  CHECK_EQUAL(user_for(auths("notquay.io", "me:p"), "quay.io"), "");
}

TEST(the_exact_server_goes_before_another_spelling) {
  std::string config = R"({"auths":{"https://quay.io/v1/":{"username":"old"},"quay.io":{"username":"new"}}})";
  CHECK_EQUAL(user_for(config, "quay.io"), "new");
}

TEST(the_variable_goes_before_helpers_and_they_before_the_file) {
  const std::string file = R"({"credsStore":"store","credHelpers":{"quay.io":"own","https://index.docker.io/v1/":"hub"},
      "auths":{"quay.io":{"username":"file"},"other.io":{"username":"file"}}})";
  DockerConfig config(file, path, R"({"auths":{"first.io":{"username":"variable"},"quay.io":{}}})");

  CredentialSource first = config.find_credentials("first.io");
  CHECK_EQUAL(first.helper, "");
  CHECK_EQUAL(first.credentials.username, "variable");

  CredentialSource quay = config.find_credentials("quay.io");
  CHECK_EQUAL(quay.helper, "own");
  CHECK_EQUAL(quay.key, "quay.io");
  CHECK_EQUAL(quay.credentials.username, "file");

  CredentialSource hub = config.find_credentials("docker.io");
  CHECK_EQUAL(hub.helper, "hub");
  CHECK_EQUAL(hub.key, "https://index.docker.io/v1/");

  CHECK_EQUAL(config.find_credentials("other.io").helper, "store");
  CHECK_EQUAL(config.find_credentials("unheard.of").helper, "store");
}

TEST(a_helper_named_for_docker_io_serves_docker_hub) {
  DockerConfig config(R"({"credHelpers":{"docker.io":"hub"}})", path);
  CHECK_EQUAL(config.find_credentials("docker.io").helper, "hub");
  CHECK_EQUAL(config.find_credentials("quay.io").helper, "");
}

TEST(an_empty_helper_switches_the_store_off_for_a_registry) {
  DockerConfig config(R"({"credsStore":"store","credHelpers":{"quay.io":""}})", path);
  CHECK_EQUAL(config.find_credentials("quay.io").helper, "");
  CHECK_EQUAL(config.find_credentials("docker.io").helper, "store");
}

TEST(the_current_context_is_read) {
  CHECK_EQUAL(DockerConfig(R"({"currentContext":"build","HttpHeaders":{"a":"b"}})", path).current_context(), "build");
}

static std::string message_of(const std::function<void()> &action) {
  try {
    action();
  } catch (const Failure &failure) {
    return failure.message + failure.hint + failure.details;
  }
  return "no failure";
}

TEST(broken_configuration_is_named_and_no_secret_is_told) {
  for (const std::string &text : {std::string(R"({"auths":{"quay.io":{"auth":"c2VjcmV0"}})"), std::string("s3cr3t"),
                                  std::string(R"({"auths":{"a.io":{"auth":["s3cr3t"]}}})"), std::string("[\"s3cr3t\"]"),
                                  std::string(R"({"credsStore":{"s3cr3t":1}})")}) {
    CHECK_FAILS(DockerConfig(text, path), invalid, path);
    CHECK_FAILS(DockerConfig("", path, text.find("credsStore") == text.npos ? text : "{"), invalid,
                "DOCKER_AUTH_CONFIG");
    for (const std::string &message :
         {message_of([&] { DockerConfig(text, path); }), message_of([&] { DockerConfig("", path, text); })}) {
      CHECK(message.find("s3cr3t") == message.npos);
      CHECK(message.find("c2VjcmV0") == message.npos);
    }
  }
}

TEST(a_broken_entry_spoils_only_its_own_registry) {
  for (const char *login : {"s3cr3t", ":s3cr3t", ""}) {
    std::string auth = *login != '\0' ? base64(login) : "%s3cr3t%";
    DockerConfig config(R"({"auths":{"good.io":{"username":"me"},"bad.io":{"auth":")" + auth + "\"}}}", path);
    CHECK_EQUAL(config.find_credentials("good.io").credentials.username, "me");
    CHECK_FAILS(config.find_credentials("bad.io"), invalid, "the credentials for bad.io in " + path);
    std::string message = message_of([&] { config.find_credentials("bad.io"); });
    CHECK(message.find("s3cr3t") == message.npos);
    CHECK(message.find(auth) == message.npos);
  }
}

TEST(a_helpers_answer_is_a_password_or_an_identity_token) {
  Credentials password = parse_helper_answer(R"({"ServerURL":"quay.io","Username":"me","Secret":"p"})", "pass");
  CHECK_EQUAL(password.username, "me");
  CHECK_EQUAL(password.password, "p");
  CHECK_EQUAL(password.identity_token, "");

  Credentials token = parse_helper_answer("{\"Username\":\"<token>\",\"Secret\":\"t\"}\n", "pass");
  CHECK_EQUAL(token.username, "");
  CHECK_EQUAL(token.password, "");
  CHECK_EQUAL(token.identity_token, "t");

  CHECK(parse_helper_answer("", "pass").empty());
  CHECK(parse_helper_answer("{}", "pass").empty());
}

TEST(a_helpers_garbage_is_an_error_without_its_words) {
  for (const char *answer :
       {"s3cr3t", "{\"Secret\":\"s3cr3t\"", "[\"s3cr3t\"]", "{\"Username\":1,\"Secret\":\"s3cr3t\"}"}) {
    CHECK_FAILS(parse_helper_answer(answer, "pass"), Code::protocol, "docker-credential-pass");
    std::string message = message_of([&] { parse_helper_answer(answer, "pass"); });
    CHECK(message.find("s3cr3t") == message.npos);
  }
}

TEST(a_helper_that_has_nothing_is_told_from_one_that_failed) {
  CHECK(helper_has_none("credentials not found in native keychain\n"));
  CHECK(!helper_has_none("exit status 2: gpg: decryption failed"));
  CHECK(!helper_has_none(""));
}

TEST(credentials_are_written_as_the_engines_want_them) {
  CHECK_EQUAL((Credentials{"me", "p", "", ""}.to_json("quay.io").dump()),
              R"({"username":"me","password":"p","serveraddress":"quay.io"})");
  CHECK_EQUAL((Credentials{"", "", "t", ""}.to_json("quay.io").dump()),
              R"({"identitytoken":"t","serveraddress":"quay.io"})");
  CHECK_EQUAL((Credentials{"", "", "", "r"}.to_json("quay.io").dump()),
              R"({"registrytoken":"r","serveraddress":"quay.io"})");
}

TEST(a_contexts_metadata_has_its_name_and_endpoint) {
  ContextMetadata context = parse_context_metadata(
      R"({"Name":"build","Metadata":{"Description":"x"},"Endpoints":{"docker":{"Host":"tcp://build:2376","SkipTLSVerify":true}}})",
      "meta.json");
  CHECK_EQUAL(context.name, "build");
  CHECK_EQUAL(context.host, "tcp://build:2376");
  CHECK(context.skip_tls_verify);

  ContextMetadata bare = parse_context_metadata(R"({"Name":"x","Endpoints":{"kubernetes":{}}})", "meta.json");
  CHECK_EQUAL(bare.host, "");
  CHECK(!bare.skip_tls_verify);
}

TEST(broken_metadata_of_a_context_is_named) {
  for (const char *text : {"", "{", "[]", "{}", "{\"Name\":1}", "{\"Name\":\"x\",\"Endpoints\":[]}"})
    CHECK_FAILS(parse_context_metadata(text, "meta.json"), invalid, "meta.json");
}

int main() { return check::run_all("docker_config"); }
