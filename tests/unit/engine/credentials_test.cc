// Credentials for registries: logins, the Docker configuration, credential helpers.
#include "engine/credentials.h"

#include <sys/stat.h>

#include "check.h"
#include "engine/clean_environment.h"
#include "engine/scripted_engine.h"
#include "loop/support.h"
#include "util/log.h"
#include "util/text.h"

using namespace conu;

static std::string logged;
static void keep_log(LogLevel level, const char *message, void *) {
  logged += (level == LogLevel::warning ? "warning: " : "") + std::string(message) + "\n";
}

// A home folder, a folder for helpers in PATH, and an engine that nobody needs to reach.
struct Place {
  Place() {
    environment.set("PATH", environment.home.path + "/bin:" + getenv("PATH"));
    logged.clear();
    set_log_handler(LogLevel::debug, keep_log, nullptr);
  }
  ~Place() { set_log_handler(LogLevel::debug, nullptr, nullptr); }

  void configure(const std::string &json) { environment.home.write(".docker/config.json", json); }
  void add_helper(const std::string &name, const std::string &script) {
    chmod(environment.home.write("bin/docker-credential-" + name, "#!/bin/sh\n" + script).c_str(), 0755);
  }
  std::string auth(const std::string &domain, Cancel *cancel = nullptr) {
    return decoded(engine.run(cancel, [&](Api &api) { return registry_auth(api, domain); }).header);
  }
  std::string config() {
    return decoded(engine.run(nullptr, [](Api &api) { return registry_config(api); }));
  }
  static std::string decoded(const std::string &text) {
    std::string bytes;
    CHECK(base64_decode(text, &bytes));
    CHECK(text.find_first_of("+/") == text.npos);
    CHECK_EQUAL(text.size() % 4, 0u);
    return bytes;
  }

  CleanEnvironment environment;
  Engine engine{Endpoint{"unix:///nowhere.sock", "/nowhere.sock", "", 0, {}}, ""};
};

TEST(without_credentials_a_user_is_anonymous) {
  Place place;
  CHECK_EQUAL(place.auth("quay.io"), "{}");
  CHECK_EQUAL(place.config(), "{}");
  place.configure("{}");
  CHECK_EQUAL(place.auth("docker.io"), "{}");
  CHECK_EQUAL(logged, "");
}

TEST(the_configuration_has_them) {
  Place place;
  place.configure(R"({"auths":{"quay.io":{"auth":")" + base64("me:s3cr3t") +
                  R"("},"https://index.docker.io/v1/":{"username":"hub","password":"p"}}})");
  CHECK_EQUAL(place.auth("quay.io"), R"({"username":"me","password":"s3cr3t","serveraddress":"quay.io"})");
  CHECK_EQUAL(place.auth("docker.io"),
              R"({"username":"hub","password":"p","serveraddress":"https://index.docker.io/v1/"})");
  CHECK_EQUAL(place.auth("other.io"), "{}");
  Json all = Json::parse(place.config(), "the configuration");
  CHECK_EQUAL(all.size(), 2u);
  CHECK_EQUAL(all["quay.io"]["username"].text_or(""), "me");
  CHECK_EQUAL(all["https://index.docker.io/v1/"]["username"].text_or(""), "hub");
}

TEST(the_variable_goes_before_the_configuration) {
  Place place;
  place.configure(R"({"auths":{"quay.io":{"username":"file","password":"p"}}})");
  place.environment.set("DOCKER_AUTH_CONFIG", R"({"auths":{"quay.io":{"username":"variable","password":"p"}}})");
  CHECK(place.auth("quay.io").find("variable") != std::string::npos);
  place.environment.set("DOCKER_AUTH_CONFIG", "");
  CHECK(place.auth("quay.io").find("file") != std::string::npos);
}

TEST(a_broken_configuration_is_an_error_that_names_it) {
  Place place;
  place.configure("{\"auths\": s3cr3t");
  CHECK_FAILS(place.auth("quay.io"), Code::invalid_argument, "/.docker/config.json");
}

// --- helpers
// ------------------------------------------------------------------------------------------------------------

TEST(a_helper_is_asked_for_the_registry) {
  Place place;
  place.configure(R"({"credsStore":"store","credHelpers":{"quay.io":"own"}})");
  place.add_helper("own", R"x([ "$1" = get ] && printf '{"Username":"own","Secret":"for %s"}' "$(cat)")x");
  place.add_helper("store", R"x([ "$1" = get ] && printf '{"Username":"<token>","Secret":"t-%s"}' "$(cat)")x");
  CHECK_EQUAL(place.auth("quay.io"), R"({"username":"own","password":"for quay.io","serveraddress":"quay.io"})");
  CHECK_EQUAL(place.auth("docker.io"),
              R"({"identitytoken":"t-https://index.docker.io/v1/","serveraddress":"https://index.docker.io/v1/"})");
  CHECK_EQUAL(place.config(), R"({"quay.io":{"username":"own","password":"for quay.io","serveraddress":"quay.io"}})");
  CHECK_EQUAL(logged, "");
  CHECK(!has_children());
}

TEST(a_helper_that_has_nothing_is_no_matter) {
  Place place;
  place.configure(R"({"credsStore":"store","auths":{"quay.io":{"username":"file","password":"p"}}})");
  place.add_helper("store", "echo credentials not found in native keychain; exit 1");
  CHECK_EQUAL(place.auth("other.io"), "{}");
  CHECK(place.auth("quay.io").find("file") != std::string::npos);
  CHECK_EQUAL(logged, "");
}

TEST(a_helper_that_is_missing_or_fails_is_logged_and_the_user_anonymous) {
  Place place;
  place.configure(R"({"credsStore":"store"})");
  CHECK_EQUAL(place.auth("quay.io"), "{}");
  CHECK(logged.starts_with("warning: no credentials for quay.io"));
  CHECK(logged.find("docker-credential-store") != logged.npos);

  logged.clear();
  place.add_helper("store", "echo the keychain is locked; exit 3");
  CHECK_EQUAL(place.auth("quay.io"), "{}");
  CHECK(logged.find("docker-credential-store failed with exit code 3: the keychain is locked") != logged.npos);

  logged.clear();
  place.add_helper("store", "echo the keychain is broken >&2; kill -9 $$");
  CHECK_EQUAL(place.auth("quay.io"), "{}");
  CHECK(logged.find("exit code 137: the keychain is broken") != logged.npos);

  logged.clear();
  chmod((place.environment.home.path + "/bin/docker-credential-store").c_str(), 0644);
  CHECK_EQUAL(place.auth("quay.io"), "{}");
  CHECK(logged.find("docker-credential-store") != logged.npos);
}

TEST(a_secret_of_a_helper_is_never_logged) {
  for (const char *script :
       {R"(echo '{"Username":"me","Secret":"s3cr3t"')", R"(echo '{"Username":"me","Secret":"s3cr3t"}'; exit 1)",
        R"(echo '{"Username":"me","Secret":"s3cr3t"}' >&2; exit 1)", "echo s3cr3t", "printf '[\"s3cr3t\"]'"}) {
    Place place;
    place.configure(R"({"credsStore":"store"})");
    place.add_helper("store", script);
    CHECK_EQUAL(place.auth("quay.io"), "{}");
    CHECK(logged.starts_with("warning: no credentials for quay.io"));
    check::is_true(logged.find("s3cr3t") == logged.npos, logged, __FILE__, __LINE__);
  }
}

TEST(a_helper_that_hangs_is_ended_with_the_call) {
  Place place;
  place.configure(R"({"credsStore":"store"})");
  place.add_helper("store", "exec sleep 60");
  Cancel soon(100);
  int64_t start = now_ms();
  CHECK_FAILS(place.auth("quay.io", &soon), Code::timeout, "deadline");
  CHECK(now_ms() - start < 10000);
  CHECK(!has_children());
}

// --- logging in
// ---------------------------------------------------------------------------------------------------------

static void log_in(Engine &engine, const std::string &password, const std::string &registry) {
  engine.run(nullptr, [&](Api &api) { return login(api, "me", password, registry); });
}

static std::string auth_of(Engine &engine, const std::string &domain) {
  return Place::decoded(engine.run(nullptr, [&](Api &api) { return registry_auth(api, domain); }).header);
}

TEST(a_login_is_checked_by_the_engine_and_remembered) {
  Place place;
  place.configure(R"({"auths":{"quay.io":{"username":"file","password":"p"}}})");
  ScriptedEngine scripted(
      [](const std::string &) { return answer(200, R"({"Status":"Login Succeeded","IdentityToken":""})"); });
  Engine engine(scripted.endpoint(), "");
  log_in(engine, "s3cr3t", "https://quay.io/v1/");
  CHECK(scripted.requests().back().ends_with(R"({"username":"me","password":"s3cr3t","serveraddress":"quay.io"})"));
  CHECK_EQUAL(scripted.last_line(), "POST /auth HTTP/1.1");
  CHECK_EQUAL(auth_of(engine, "quay.io"), R"({"username":"me","password":"s3cr3t","serveraddress":"quay.io"})");
  CHECK_EQUAL(auth_of(engine, "other.io"), "{}");
  log_in(engine, "s3cr3t", "");
  CHECK(auth_of(engine, "docker.io").find("https://index.docker.io/v1/") != std::string::npos);
  std::string all = Place::decoded(engine.run(nullptr, [](Api &api) { return registry_config(api); }));
  CHECK_EQUAL(Json::parse(all, "the configuration").size(), 2u);
  Engine other(scripted.endpoint(), "");
  CHECK(auth_of(other, "quay.io").find("file") != std::string::npos);  // another handle has its own
  CHECK(logged.find("s3cr3t") == logged.npos);
}

TEST(an_identity_token_is_remembered_and_an_empty_answer_no_matter) {
  Place place;
  ScriptedEngine scripted([](const std::string &) { return answer(200, R"({"IdentityToken":"t0ken"})"); });
  Engine engine(scripted.endpoint(), "");
  log_in(engine, "p", "quay.io");
  CHECK(auth_of(engine, "quay.io").find("\"identitytoken\":\"t0ken\"") != std::string::npos);
  ScriptedEngine brief([](const std::string &) { return std::string("HTTP/1.1 204 No Content\r\n\r\n"); });
  Engine second(brief.endpoint(), "");
  log_in(second, "p", "quay.io");
  CHECK(auth_of(second, "quay.io").find("\"username\":\"me\"") != std::string::npos);
}

TEST(a_login_that_is_refused_is_not_remembered_and_tells_no_secret) {
  Place place;
  for (int status : {401, 500}) {
    ScriptedEngine scripted([&](const std::string &) {
      return answer(status,
                    R"({"message":"Get \"https://quay.io/v2/\": unauthorized: incorrect username or password"})");
    });
    Engine engine(scripted.endpoint(), "");
    CHECK_FAILS(log_in(engine, "s3cr3t", "quay.io"), Code::unauthorized, "the login of me to quay.io");
    try {
      log_in(engine, "s3cr3t", "quay.io");
    } catch (const Failure &failure) {
      CHECK((failure.message + failure.hint + failure.details).find("s3cr3t") == std::string::npos);
      CHECK(failure.hint.find("user name and password") != std::string::npos);
    }
    CHECK_EQUAL(auth_of(engine, "quay.io"), "{}");
  }
  CHECK(logged.find("s3cr3t") == logged.npos);
}

int main() { return check::run_all("credentials"); }
