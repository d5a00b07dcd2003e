// Finding an engine, agreeing on a version with it, and the workers of its calls.
#include "engine/engine.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "check.h"
#include "engine/clean_environment.h"
#include "engine/scripted_engine.h"
#include "loop/support.h"
#include "util/log.h"
#include "util/text.h"

using namespace conu;

static ScriptedEngine::Handler with_version(std::string version, std::string minimum = "1.24") {
  return [=](const std::string &line) {
    if (line.find(" /version ") != line.npos)
      return answer(200, R"({"ApiVersion":")" + version + R"(","MinAPIVersion":")" + minimum + "\"}");
    return pong(version);
  };
}

// --- the version
// --------------------------------------------------------------------------------------------------------

TEST(the_newest_version_that_both_speak_is_taken) {
  CleanEnvironment environment;
  const std::pair<const char *, const char *> table[] = {
      {"1.41", "1.41"}, {"1.44", "1.44"}, {"1.55", "1.55"}, {"1.99", "1.55"}, {"2.0", "1.55"}};
  for (const auto &[version, taken] : table) {
    ScriptedEngine scripted(with_version(version, "1.44"));
    auto engine = Engine::open(scripted.url(), nullptr);
    CHECK_EQUAL(engine->api_version(), taken);
    engine->run(nullptr, ping);
    CHECK_EQUAL(scripted.last_line(), std::string("GET /v") + taken + "/_ping HTTP/1.1");
  }
}

TEST(an_engine_that_has_given_up_our_versions_is_refused_with_both_ranges) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.99", "1.90"));
  CHECK_FAILS(Engine::open(scripted.url(), nullptr), Code::unsupported,
              "speaks API versions 1.90 to 1.99, libconu speaks 1.41 to 1.55: there is none in common");
}

TEST(an_engine_that_is_too_old_is_refused_with_both_ranges) {
  CleanEnvironment environment;
  for (const char *version : {"1.40", "1.9", "0.1"}) {
    ScriptedEngine scripted(with_version(version));
    CHECK_FAILS(Engine::open(scripted.url(), nullptr), Code::unsupported,
                std::string("speaks API versions up to ") + version + ", libconu speaks 1.41 to 1.55");
  }
}

TEST(a_version_that_the_user_names_is_taken) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.50"));
  environment.set("DOCKER_API_VERSION", "1.43");
  CHECK_EQUAL(Engine::open(scripted.url(), nullptr)->api_version(), "1.43");
  environment.set("DOCKER_API_VERSION", "");
  CHECK_EQUAL(Engine::open(scripted.url(), nullptr)->api_version(), "1.50");
  for (const char *wrong : {"latest", "1", "1.", "1.4x", "v1.43", " 1.43"}) {
    environment.set("DOCKER_API_VERSION", wrong);
    CHECK_FAILS(Engine::open(scripted.url(), nullptr), Code::invalid_argument,
                std::string("DOCKER_API_VERSION is \"") + std::string(trimmed(wrong)) + "\"");
  }
}

TEST(an_engine_that_knows_no_head_is_asked_again) {
  CleanEnvironment environment;
  for (int status : {404, 405, 200}) {
    ScriptedEngine scripted([&](const std::string &line) {
      return line.starts_with("HEAD") ? "HTTP/1.1 " + std::to_string(status) + " X\r\n\r\n" : pong("1.43");
    });
    CHECK_EQUAL(Engine::open(scripted.url(), nullptr)->api_version(), "1.43");
  }
}

TEST(what_says_no_version_is_no_engine) {
  CleanEnvironment environment;
  for (const std::string &headers :
       std::initializer_list<std::string>{"", "Api-Version: \r\n", "Api-Version: new\r\n"}) {
    ScriptedEngine scripted([&](const std::string &) { return answer(200, "", headers); });
    CHECK_FAILS(Engine::open(scripted.url(), nullptr), Code::protocol, scripted.url() + " is no container engine");
  }
}

TEST(an_engine_that_answers_an_error_is_told_with_its_words) {
  CleanEnvironment environment;
  ScriptedEngine scripted([](const std::string &line) {
    return line.starts_with("HEAD") ? std::string("HTTP/1.1 503 X\r\n\r\n") : answer(503, "<h1>no backend</h1>");
  });
  CHECK_FAILS(Engine::open(scripted.url(), nullptr), Code::engine,
              "the engine answered 503 to GET /_ping: <h1>no backend</h1>");
}

TEST(podman_is_known_by_its_header) {
  CleanEnvironment environment;
  ScriptedEngine podman([](const std::string &) { return pong("1.41", "Libpod-API-Version: 4.3.1\r\n"); });
  CHECK(Engine::open(podman.url(), nullptr)->is_podman());
  ScriptedEngine docker([](const std::string &) { return pong("1.41"); });
  CHECK(!Engine::open(docker.url(), nullptr)->is_podman());
}

// --- finding it
// ---------------------------------------------------------------------------------------------------------

static Failure failure_of_opening(const std::string &url) {
  try {
    Engine::open(url, nullptr);
  } catch (const Failure &failure) {
    return failure;
  }
  return Failure(Code::internal, "it did not fail");
}

TEST(the_discovery_tells_who_named_the_engine) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  CHECK_EQUAL(Engine::open(scripted.url(), nullptr)->discovery(),
              R"([{"source":"argument","url":")" + scripted.url() + R"(","result":"chosen"}])");
  environment.set("DOCKER_HOST", scripted.url());
  CHECK_EQUAL(Engine::open("", nullptr)->discovery(),
              R"([{"source":"DOCKER_HOST","url":")" + scripted.url() + R"(","result":"chosen"}])");
}

TEST(a_named_engine_that_fails_is_final) {
  CleanEnvironment environment;
  std::string url = "unix://" + environment.home.path + "/none.sock";
  environment.set("DOCKER_HOST", url);
  Failure failure = failure_of_opening("");
  CHECK(failure.code == Code::unreachable);
  CHECK_EQUAL(failure.message, "cannot connect to " + url + ": No such file or directory (named by DOCKER_HOST)");
  Json discovery = Json::parse(failure.details, "details")["discovery"];
  CHECK_EQUAL(discovery.size(), 1u);
  CHECK_EQUAL(discovery.at(0)["result"].text_or(""), "failed");
  CHECK(discovery.at(0)["reason"].text_or("").find("No such file") != std::string::npos);
}

// A machine that the tests run on may have an engine in the place that is looked at first.
static bool has_docker_itself() { return access("/var/run/docker.sock", F_OK) == 0; }

TEST(default_sockets_are_tried_one_after_the_other) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  std::string runtime = environment.home.path + "/runtime", home = environment.home.path;
  environment.set("XDG_RUNTIME_DIR", runtime);
  for (const std::string &place :
       {home + "/.docker/desktop/docker.sock", home + "/.docker/run/docker.sock", runtime + "/docker.sock"}) {
    std::filesystem::create_directories(std::filesystem::path(place).parent_path());
    std::filesystem::create_symlink(scripted.endpoint().socket_path, place);
    auto engine = Engine::open("", nullptr);
    CHECK(engine->url() == "unix://" + place || has_docker_itself());
    CHECK(engine->discovery().find("\"result\":\"chosen\"") != std::string::npos);
    CHECK(engine->discovery().find("default socket of Docker") != std::string::npos);
  }
}

TEST(podmans_rootless_socket_is_a_default_too) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  environment.set("XDG_RUNTIME_DIR", environment.home.path);
  std::filesystem::create_directories(environment.home.path + "/podman");
  std::filesystem::create_symlink(scripted.endpoint().socket_path, environment.home.path + "/podman/podman.sock");
  auto engine = Engine::open("", nullptr);
  CHECK(engine->url() == "unix://" + environment.home.path + "/podman/podman.sock" || has_docker_itself());
}

TEST(a_default_socket_that_is_no_engine_is_passed_over) {
  CleanEnvironment environment;
  ScriptedServer garbage([](Peer &peer) { peer.head(), peer.send("what?\r\n\r\n"); });
  ScriptedEngine scripted(with_version("1.41"));
  environment.set("XDG_RUNTIME_DIR", environment.home.path);
  std::filesystem::create_directories(environment.home.path + "/.docker/run");
  std::filesystem::create_symlink(garbage.endpoint().socket_path, environment.home.path + "/docker.sock");
  std::filesystem::create_symlink(scripted.endpoint().socket_path, environment.home.path + "/.docker/run/docker.sock");
  auto engine = Engine::open("", nullptr);
  CHECK(engine->url().ends_with("/.docker/run/docker.sock") || has_docker_itself());
}

TEST(a_cancel_ends_the_search) {
  CleanEnvironment environment;
  ScriptedServer silent([](Peer &peer) { peer.to_the_end(); });
  Cancel soon(50);
  CHECK_FAILS(Engine::open(silent.url(), &soon), Code::timeout, "deadline");
}

TEST(the_standard_engine_is_kept_while_the_environment_names_the_same) {
  CleanEnvironment environment;
  ScriptedEngine first(with_version("1.41")), second(with_version("1.42"));
  environment.set("CONU_HOST", "unix://" + environment.home.path + "/none.sock");
  CHECK_FAILS(Engine::standard(nullptr), Code::unreachable, "none.sock");
  environment.set("CONU_HOST", first.url());
  auto engine = Engine::standard(nullptr);
  CHECK_EQUAL(engine->url(), first.url());
  CHECK(Engine::standard(nullptr) == engine);
  environment.set("CONU_HOST", second.url());
  CHECK_EQUAL(Engine::standard(nullptr)->api_version(), "1.42");
  environment.set("CONU_HOST", "unix://" + environment.home.path + "/none.sock");
  CHECK_FAILS(Engine::standard(nullptr), Code::unreachable, "none.sock");  // and not what was found before
}

static std::string logged;
static void keep_log(LogLevel, const char *message, void *) { logged += std::string(message) + "\n"; }

TEST(the_choice_is_logged) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  logged.clear();
  set_log_handler(LogLevel::info, keep_log, nullptr);
  Engine::open(scripted.url(), nullptr);
  set_log_handler(LogLevel::info, nullptr, nullptr);
  CHECK(logged.find(scripted.url()) != logged.npos);
  CHECK(logged.find("1.41") != logged.npos);
}

// --- workers
// ------------------------------------------------------------------------------------------------------------

TEST(calls_one_after_the_other_use_one_connection_and_no_thread) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  auto engine = Engine::open(scripted.url(), nullptr);
  int before = threads();
  for (int i = 0; i < 20; i++) engine->run(nullptr, ping);
  CHECK_EQUAL(scripted.accepted(), 1);
  CHECK(threads() <= before);
}

// Answers only when so many are waiting, so that as many calls are under way at once.
struct Crowd {
  std::atomic<int> waiting{0};
  int size;
  explicit Crowd(int size) : size(size) {}
  std::string answer_together() {
    int mine = waiting++ / size + 1;
    while (waiting < mine * size) std::this_thread::yield();
    return pong("1.41");
  }
};

static void ping_at_once(Engine &engine, int count) {
  std::vector<std::thread> callers;
  for (int i = 0; i < count; i++) callers.emplace_back([&] { engine.run(nullptr, ping); });
  for (auto &caller : callers) caller.join();
}

TEST(eight_idle_workers_are_kept) {
  Crowd crowd(12);
  ScriptedEngine scripted([&](const std::string &) { return crowd.answer_together(); });
  Engine engine(scripted.endpoint(), "");
  ping_at_once(engine, 12);
  CHECK_EQUAL(scripted.accepted(), 12);
  ping_at_once(engine, 12);
  CHECK_EQUAL(scripted.accepted(), 16);
}

TEST(a_worker_whose_call_failed_is_good_for_the_next) {
  ScriptedEngine scripted([](const std::string &) { return answer(500, "{\"message\":\"no\"}"); });
  Engine engine(scripted.endpoint(), "");
  for (int i = 0; i < 5; i++) CHECK_FAILS(engine.run(nullptr, ping), Code::engine, "no");
  CHECK_EQUAL(scripted.accepted(), 1);
}

TEST(an_engine_that_restarts_between_calls_is_not_noticed) {
  ScriptedServer server([](Peer &peer) {
    peer.expect("");
    peer.send(pong("1.41"));
  });
  Engine engine(server.endpoint(), "");
  for (int i = 0; i < 3; i++) {
    engine.run(nullptr, [](Api &api) { return api.call("POST", "/create", "the thing"); });
    on_loop(sleep_for(20));
  }
  CHECK_EQUAL(server.accepted(), 3);
}

TEST(a_forked_child_works_and_leaves_the_parents_connections_alone) {
  CleanEnvironment environment;
  ScriptedEngine scripted(with_version("1.41"));
  environment.set("CONU_HOST", scripted.url());
  auto engine = Engine::standard(nullptr);
  engine->run(nullptr, ping);
  CHECK_EQUAL(scripted.accepted(), 1);
  for (int i = 0; i < 2; i++) {
    int before = scripted.accepted();
    pid_t child = fork();
    if (child == 0) {
      int result = 1;
      try {
        for (int k = 0; k < 3; k++) engine->run(nullptr, ping);
        Engine::standard(nullptr)->run(nullptr, ping);
        engine.reset();
        result = 0;
      } catch (const Failure &) {
      }
      _exit(result);
    }
    int status = 1;
    waitpid(child, &status, 0);
    CHECK_EQUAL(status, 0);
    int accepted = scripted.accepted();
    CHECK(accepted > before);  // the child has made its own
    for (int k = 0; k < 3; k++) engine->run(nullptr, ping);
    CHECK_EQUAL(scripted.accepted(), accepted);  // the parent's own connection is as it was
  }
  // The default engine is kept, and its connection with it, until the environment names another one.
  environment.set("CONU_HOST", "unix://" + environment.home.path + "/none.sock");
  CHECK_FAILS(Engine::standard(nullptr), Code::unreachable, "none.sock");
}

int main() { return check::run_all("engine"); }
