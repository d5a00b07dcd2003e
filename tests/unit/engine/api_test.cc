// Requests to an engine, and its errors.
#include "engine/api.h"

#include "check.h"
#include "engine/scripted_engine.h"

using namespace conu;

TEST(query_parameters_are_encoded_and_empty_ones_left_out) {
  Query query;
  CHECK_EQUAL(query.text(), "");
  query.add("a", "1").add("none", "").add("b", "x/y:z&=? ü").flag("yes", true).flag("no", false);
  CHECK_EQUAL(query.text(), "?a=1&b=x%2Fy%3Az%26%3D%3F%20%C3%BC&yes=1");
}

// --- errors with a status
// -----------------------------------------------------------------------------------------------

static Failure failure_of(int status, const std::string &words) {
  return engine_failure(status, Json::object().set("message", words).dump(), "POST /images/create", "the image x:1");
}

TEST(a_status_has_its_code) {
  const std::pair<int, Code> table[] = {
      {400, Code::invalid_argument}, {401, Code::unauthorized}, {403, Code::permission},   {404, Code::not_found},
      {405, Code::engine},           {409, Code::conflict},     {429, Code::rate_limited}, {500, Code::engine},
      {501, Code::unsupported},      {502, Code::engine},       {503, Code::engine},       {599, Code::engine}};
  for (const auto &[status, code] : table) {
    Failure failure = failure_of(status, "so it is");
    CHECK_EQUAL(static_cast<int>(failure.code), static_cast<int>(code));
    CHECK_EQUAL(failure.http_status, status);
    CHECK_EQUAL(failure.message,
                "the image x:1: the engine answered " + std::to_string(status) + " to POST /images/create: so it is");
  }
}

struct Words {
  const char *text;
  Code code;
  const char *hint;
};

// As Docker, Podman and registries have been seen to say it.
static const Words said[] = {
    {"toomanyrequests: You have reached your pull rate limit.", Code::rate_limited, "log in"},
    {"received unexpected HTTP status: 429 Too Many Requests", Code::rate_limited, "mirror"},
    {"unauthorized: incorrect username or password", Code::unauthorized, "log in"},
    {"Head \"https://r/v2/x/manifests/1\": no basic auth credentials", Code::unauthorized, "log in"},
    {"unauthorized: authentication required", Code::unauthorized, "log in"},
    {"denied: requested access to the resource is denied", Code::unauthorized, "log in"},
    {"unable to retrieve auth token: invalid username/password: unauthorized", Code::unauthorized, "log in"},
    {"manifest for x:1 not found: manifest unknown: manifest unknown", Code::not_found, ""},
    {"name unknown: repository name not known to registry", Code::not_found, ""},
    {"no matching manifest for linux/s390x in the manifest list entries", Code::not_found, "platform"},
    {"no image found in manifest list for architecture s390x, variant \"\", OS linux", Code::not_found, "platform"},
    {"http: server gave HTTP response to HTTPS client", Code::engine, "insecure registry"},
    {"dial tcp 127.0.0.1:5000: connect: connection refused", Code::engine, "cannot reach the registry"},
    {"dial tcp: lookup nowhere.example: no such host", Code::engine, "cannot reach the registry"},
    {"net/http: TLS handshake timeout", Code::engine, "cannot reach the registry"},
    {"driver failed programming external connectivity", Code::engine, ""},
    {"Bind for 127.0.0.1:80 failed: port is already allocated", Code::conflict, "this port of the host"},
    {"listen tcp4 127.0.0.1:80: bind: address already in use", Code::conflict, "this port of the host"},
    {"no container with name or ID \"x\" found: no such container", Code::not_found, ""},
    {"invalid signal: NOSUCH", Code::invalid_argument, ""},
    {"container create: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument", Code::invalid_argument, ""},
};

TEST(the_words_of_a_500_say_what_it_is) {
  for (const Words &words : said) {
    Failure failure = failure_of(500, words.text);
    check::is_true(failure.code == words.code, words.text, __FILE__, __LINE__);
    check::is_true(failure.hint.find(words.hint) != std::string::npos, words.text, __FILE__, __LINE__);
    CHECK(*words.hint != '\0' || failure.hint.empty());
  }
}

TEST(the_words_in_a_stream_say_what_it_is) {
  for (const Words &words : said) {
    Failure failure = engine_failure(std::string(words.text) + "\n", "the image x:1");
    check::is_true(failure.code == words.code, words.text, __FILE__, __LINE__);
    check::is_true(failure.hint.find(words.hint) != std::string::npos, words.text, __FILE__, __LINE__);
    CHECK_EQUAL(failure.http_status, 0);
    CHECK_EQUAL(failure.message, "the image x:1: the engine reports: " + std::string(words.text));
  }
}

TEST(a_status_that_is_clear_is_not_overruled_by_words) {
  CHECK(failure_of(409, "conflict: unable to remove: image is being used, not found").code == Code::conflict);
  CHECK(failure_of(400, "invalid reference format: not found").code == Code::invalid_argument);
  CHECK(failure_of(404, "No such image: x:1").code == Code::not_found);
  CHECK(failure_of(404, "pull access denied for x, repository does not exist or may require 'docker login'").code ==
        Code::unauthorized);
}

TEST(a_version_that_the_engine_refuses_is_unsupported) {
  CHECK(failure_of(400, "client version 1.41 is too old. Minimum supported API version is 1.44").code ==
        Code::unsupported);
}

// --- bodies of errors
// ---------------------------------------------------------------------------------------------------

static std::string message_for(const std::string &body) {
  return engine_failure(500, body, "GET /info", "the engine").message;
}

TEST(an_error_may_be_json_text_html_or_nothing) {
  const std::string start = "the engine: the engine answered 500 to GET /info";
  CHECK_EQUAL(message_for("{\"message\":\"so it is\\n\"}"), start + ": so it is");
  CHECK_EQUAL(message_for("{\"cause\":\"x\",\"message\":\"so it is\",\"response\":500}\n"), start + ": so it is");
  CHECK_EQUAL(message_for("plain text\n"), start + ": plain text");
  CHECK_EQUAL(message_for("<html>\n<body>Bad Gateway</body>\n</html>"),
              start + ": <html> <body>Bad Gateway</body> </html>");
  CHECK_EQUAL(message_for(""), start + " and gave no reason");
  CHECK_EQUAL(message_for(" \r\n"), start + " and gave no reason");
  CHECK_EQUAL(message_for("{\"message\":\"\"}"), start + " and gave no reason");
  CHECK_EQUAL(message_for("{\"error\":\"x\"}"), start + ": {\"error\":\"x\"}");
  CHECK_EQUAL(message_for("{\"message\":5}"), start + ": {\"message\":5}");
  CHECK_EQUAL(message_for("[]"), start + ": []");
  CHECK_EQUAL(message_for("{\"message\":"), start + ": {\"message\":");
  CHECK(message_for(std::string(100000, 'x')).size() < 1000);
  CHECK_EQUAL(message_for(std::string("\0\xff", 2)), start + ": \xef\xbf\xbd\xef\xbf\xbd");
}

// --- requests
// -----------------------------------------------------------------------------------------------------------

static Task<int> status_of(Api &api, const char *method, std::string path) {
  Exchange exchange = co_await api.open(api.request(method), path, "the thing");
  int status = exchange.status();
  co_await exchange.rest();
  co_return status;
}

TEST(answers_below_400_are_answers_and_the_others_failures) {
  ScriptedEngine scripted([](const std::string &line) {
    if (line.find("/same") != line.npos) return std::string("HTTP/1.1 304 Not Modified\r\n\r\n");
    if (line.find("/gone") != line.npos) return answer(404, "{\"message\":\"No such container: x\"}");
    return answer(200, "[]");
  });
  Engine engine(scripted.endpoint(), "");
  auto get = [&](std::string path) {
    return engine.run(nullptr, [&](Api &api) { return api.get(path, "the thing"); });
  };
  CHECK_EQUAL(get("/images/json?all=1"), "[]");
  CHECK_EQUAL(scripted.last_line(), "GET /images/json?all=1 HTTP/1.1");
  CHECK_EQUAL(engine.run(nullptr, [](Api &api) { return status_of(api, "POST", "/same"); }), 304);
  CHECK_FAILS(get("/gone?x=1"), Code::not_found,
              "the thing: the engine answered 404 to GET /gone: No such container: x");
  CHECK_EQUAL(get("/images/json"), "[]");
  CHECK_EQUAL(scripted.accepted(), 1);  // a failure costs no connection
}

TEST(a_body_is_sent_as_json) {
  ScriptedEngine scripted([](const std::string &) { return answer(201, "{}"); });
  Engine engine(scripted.endpoint(), "");
  Json body = Json::object().set("a", "b");
  engine.run(nullptr, [&](Api &api) { return api.call("POST", "/create", "the thing", body); });
  std::string request = scripted.requests().back();
  CHECK(request.find("\r\nContent-Type: application/json\r\n") != request.npos);
  CHECK(request.ends_with("\r\n\r\n{\"a\":\"b\"}"));
}

TEST(the_engines_timeout_bounds_a_request) {
  ScriptedServer silent([](Peer &peer) { peer.to_the_end(); });
  Engine engine(silent.endpoint(), "");
  engine.set_timeout_ms(60);
  CHECK_FAILS(engine.run(nullptr, [](Api &api) { return api.get("/info", "the engine"); }), Code::timeout,
              "to GET /info after 60 ms");
}

int main() { return check::run_all("api"); }
