// An engine's API on one loop, and the engine's errors.
#include "engine/api.h"

#include "engine/engine.h"
#include "util/text.h"

namespace conu {

Query &Query::add(Text name, Text value) {
  if (value.empty()) return *this;
  text_ += text_.empty() ? '?' : '&';
  text_.append(name).append("=").append(percent_encoded(value));
  return *this;
}

// --- the engine's errors ---------------------------------------------------------------------------------------------

static bool says(const std::string &text, std::initializer_list<std::string_view> phrases) {
  for (auto phrase : phrases)
    if (text.find(phrase) != text.npos) return true;
  return false;
}

// Engines pass on what a registry said as text. These phrases are those of the distribution specification's error
// codes, of its clients in Docker and Podman, and of Go's network errors.
static Code code_of_text(const std::string &message, Code otherwise) {
  std::string text = lower_case(message);
  if (says(text, {"toomanyrequests", "too many requests", "rate limit"})) return Code::rate_limited;
  if (says(text, {"unauthorized", "no basic auth credentials", "authentication required", "pull access denied",
                  "requested access to the resource is denied", "invalid username/password", "incorrect username"}))
    return Code::unauthorized;
  if (says(text,
           {"manifest unknown", "name unknown", "not found", "no such image", "does not exist", "no such container",
            "no matching manifest", "no image found in manifest list", "no image found in image index"}))
    return Code::not_found;
  // Podman's words for what Docker answers 409 to, and words of Docker's for which it has no status.
  if (says(text, {"is already in use", "as it is running", "container state improper", "is not paused",
                  "port is already allocated", "address already in use"}))
    return Code::conflict;
  if (says(text, {"invalid signal"}) || text.ends_with(": invalid argument")) return Code::invalid_argument;
  return otherwise;
}

static const char *hint_of(Code code, const std::string &message) {
  std::string text = lower_case(message);
  if (says(text, {"no matching manifest", "no image found in manifest list", "no image found in image index"}))
    return "the image is not made for this platform: ask for another one, or for another tag";
  if (says(text, {"server gave http response to https client"}))
    return "the registry speaks plain HTTP: tell the engine that it is an insecure registry";
  if (says(text, {"sent an http request to an https server"}))
    return "the engine speaks TLS on this port: use https://, or set DOCKER_TLS_VERIFY and DOCKER_CERT_PATH";
  if (says(text, {"connection refused", "no such host", "i/o timeout", "network is unreachable", "no route to host",
                  "connection reset by peer", "tls handshake timeout"}))
    return "the engine cannot reach the registry: see that its name is right and that it runs";
  if (says(text, {"port is already allocated", "address already in use"}))
    return "something else has this port of the host: publish on another one, or on any, by -p PORT alone";
  switch (code) {
    case Code::unauthorized:
      return "log in to the registry (conu_engine_login, or `docker login`), and see that the name is right: "
             "registries "
             "answer the same for an image that does not exist";
    case Code::rate_limited:
      return "the registry counts its answers: log in for a higher limit, wait, or use a mirror";
    default:
      return "";
  }
}

static Code code_of_status(int status) {
  switch (status) {
    case 400:
      return Code::invalid_argument;
    case 401:
      return Code::unauthorized;
    case 403:
      return Code::permission;
    case 404:
      return Code::not_found;
    case 409:
      return Code::conflict;
    case 429:
      return Code::rate_limited;
    case 501:
      return Code::unsupported;
    default:
      return status < 400 ? Code::protocol : Code::engine;
  }
}

// The engines' `{"message": …}`, or what a proxy in between says in its own way.
static std::string message_in(std::string_view body) {
  try {
    Json document = Json::parse(body, "the body");
    if (document.is_object())
      if (auto message = document["message"].as_string()) return std::string(trimmed(*message));
  } catch (const Failure &) {
    // No JSON: the text itself has to do.
  }
  return excerpt(body);
}

Failure engine_failure(int status, std::string_view body, const std::string &request, const std::string &subject) {
  std::string words = message_in(body);
  Code code = code_of_status(status);
  // A registry's refusal comes as 500, too, and as 404 where the image may be there for others.
  if (code == Code::engine) code = code_of_text(words, code);
  if (code == Code::not_found && says(words, {"pull access denied"})) code = Code::unauthorized;
  if (status == 400 && says(words, {"client version", "API version"})) code = Code::unsupported;
  std::string message = concat(subject, ": the engine answered ", decimal(status), " to ", request);
  message += words.empty() ? " and gave no reason" : concat(": ", words);
  return Failure(code, message, hint_of(code, words), status);
}

Failure engine_failure(const std::string &message, const std::string &subject) {
  std::string words(trimmed(message));
  Code code = code_of_text(words, Code::engine);
  return Failure(code, concat(subject, ": the engine reports: ", words), hint_of(code, words));
}

void name_subject(Failure *failure, const std::string &subject) {
  if (failure->message.find(subject) == std::string::npos) failure->message = concat(subject, ": ", failure->message);
}

// --- requests --------------------------------------------------------------------------------------------------------

Request Api::request(const char *method) const {
  Request request;
  request.method = method;
  request.connect_timeout_ms = request.head_timeout_ms = request.piece_timeout_ms = engine.timeout_ms();
  return request;
}

static std::string with_version(const Engine &engine, const std::string &path) {
  return engine.api_version().empty() ? path : concat("/v", engine.api_version(), path);
}

Task<Exchange> Api::send(Request request, std::string path) {
  request.target = with_version(engine, path);
  Exchange exchange = co_await http.open(request);
  co_return exchange;
}

Task<Exchange> Api::open(Request request, std::string path, std::string subject) {
  request.target = with_version(engine, path);
  Exchange exchange = co_await http.open(request);
  // 304 is the engine's word for what is so already. No other redirection is one of its answers.
  if (exchange.status() >= 300 && exchange.status() != 304) {
    std::string body = co_await exchange.rest(1 << 20);
    throw engine_failure(exchange.status(), body, exchange.name(), subject);
  }
  co_return exchange;
}

Task<std::string> Api::call(const char *method, std::string path, std::string subject, Json body) {
  Request sent = request(method);
  if (body) {
    sent.headers.emplace_back("Content-Type", "application/json");
    sent.body = body.dump();
  }
  Exchange exchange = co_await open(std::move(sent), std::move(path), std::move(subject));
  std::string answer = co_await exchange.rest();
  co_return answer;
}

Task<std::string> Api::get(std::string path, std::string subject) {
  return call("GET", std::move(path), std::move(subject));
}

}  // namespace conu
