// Credentials for registries.
#include "engine/credentials.h"

#include "engine/discovery.h"
#include "engine/engine.h"
#include "loop/process.h"
#include "util/file.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

void CredentialStore::remember(const std::string &domain, Credentials credentials) {
  std::lock_guard lock(mutex_);
  by_domain_[domain] = std::move(credentials);
}

std::map<std::string, Credentials> CredentialStore::all() const {
  std::lock_guard lock(mutex_);
  return by_domain_;
}

static DockerConfig docker_config() {
  std::string path = concat(docker_config_folder(), "/config.json");
  return DockerConfig(read_file(path).value_or(""), path, environment("DOCKER_AUTH_CONFIG").value_or(""));
}

// What a helper that failed has to say. JSON is its answer, not its words: the secret may be in it.
static std::string words_of(const ProgramResult &result) {
  std::string words = excerpt(result.err.empty() ? result.out : result.err);
  return words.find('{') == words.npos ? words : "what it wrote is not shown, as it may hold a secret";
}

// Asks a program of the docker-credential-helpers protocol: the key on its input, JSON on its output.
static Task<Credentials> ask_helper(CredentialSource source) {
  const int64_t helper_timeout_ms = 30000;
  std::string program = concat("docker-credential-", source.helper);
  std::string problem;
  Scope &scope = co_await current_scope();
  try {
    std::vector<std::string> command{program, "get"};
    ProgramResult result = co_await run_program(std::move(command), source.key, helper_timeout_ms);
    if (result.exit_code == 0) co_return parse_helper_answer(result.out, source.helper);
    if (helper_has_none(result.out)) co_return source.credentials;
    problem = concat(program, " failed with exit code ", decimal(result.exit_code), ": ", words_of(result));
  } catch (const Failure &failure) {
    if (scope.is_cancelled()) throw;  // it is the call that ends, not the helper that failed
    problem = failure.message;
  }
  source.credentials.problem = concat("no credentials for ", source.key, " from the credential helper: ", problem);
  log(LogLevel::warning, source.credentials.problem);
  co_return source.credentials;
}

static Task<Credentials> find_credentials(Api &api, std::string domain) {
  auto known = api.engine.credentials.all();
  if (auto it = known.find(domain); it != known.end()) co_return it->second;
  CredentialSource source = docker_config().find_credentials(domain);
  if (source.helper.empty()) co_return source.credentials;
  Credentials credentials = co_await ask_helper(source);
  co_return credentials;
}

Task<RegistryAuth> registry_auth(Api &api, std::string domain) {
  Credentials credentials = co_await find_credentials(api, domain);
  std::string json = credentials.empty() ? "{}" : credentials.to_json(credential_key(domain)).dump();
  co_return RegistryAuth{base64_url(json), credentials.problem};
}

void RegistryAuth::explain(Failure *failure) const {
  if (failure->code == Code::unauthorized && !problem.empty()) failure->message += concat("; ", problem);
}

Task<Json> registry_credentials(Api &api) {
  Json config = Json::object();
  auto known = api.engine.credentials.all();
  std::vector<std::string> domains = docker_config().registries();
  for (const auto &[domain, credentials] : known) domains.push_back(domain);
  for (const std::string &domain : domains) {
    Credentials credentials = co_await find_credentials(api, domain);
    std::string key = credential_key(domain);
    if (!credentials.empty()) config.set(key, credentials.to_json(key));
  }
  co_return config;
}

Task<std::string> registry_config(Api &api) {
  Json config = co_await registry_credentials(api);
  co_return base64_url(config.dump());
}

// Which address the engine is told to try them at. Podman takes no plain HTTP for a login, whatever it is told of
// insecure registries, but from the name localhost.
static std::string login_address(const Engine &engine, const std::string &domain) {
  const std::string loopback = "127.0.0.1";
  bool is_loopback = domain == loopback || domain.starts_with(concat(loopback, ":"));
  if (engine.is_podman() && is_loopback) return concat("localhost", domain.substr(loopback.size()));
  return credential_key(domain);
}

Task<void> login(Api &api, std::string username, std::string password, std::string registry) {
  std::string domain = registry_domain(registry);
  Json body = Json::object();
  body.set("username", username).set("password", password).set("serveraddress", login_address(api.engine, domain));
  std::optional<Failure> failure;
  std::string answer;
  try {
    answer = co_await api.call("POST", "/auth", concat("the login of ", username, " to ", domain), body);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) {
    if (failure->code == Code::unauthorized) failure->hint = "see that user name and password are right";
    throw *failure;
  }
  Credentials credentials;
  credentials.username = username;
  credentials.password = password;
  if (!trimmed(answer).empty()) {
    Json document = Json::parse(answer, "the engine's answer to POST /auth");
    credentials.identity_token = document["IdentityToken"].text_or("");
  }
  api.engine.credentials.remember(domain, std::move(credentials));
}

}  // namespace conu
