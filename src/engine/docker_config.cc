// config.json, DOCKER_AUTH_CONFIG, the answers of credential helpers, and meta.json of contexts.
#include "engine/docker_config.h"

#include <functional>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

static const char *const hub = "docker.io";
static const char *const legacy_hub = "index.docker.io";
static const char *const hub_key = "https://index.docker.io/v1/";
static const char *const variable_name = "DOCKER_AUTH_CONFIG";

// Parses a document that may hold secrets, so that the message for broken JSON must not quote it.
static Json parse_quietly(std::string_view text, const std::string &source, Code code) {
  if (trimmed(text).empty()) return {};
  try {
    return Json::parse(text, source);
  } catch (const Failure &) {
    throw_failure(code, {source, " is not valid JSON"});
  }
}

// Runs a reader of the user's own files, where a wrong type is the user's mistake and not the engine's.
static void read_configuration(const std::function<void()> &reader) {
  try {
    reader();
  } catch (Failure &failure) {
    failure.code = Code::invalid_argument;
    throw;
  }
}

std::string credential_key(const std::string &domain) {
  return domain == hub || domain == legacy_hub ? hub_key : domain;
}

std::string registry_domain(std::string_view key) {
  for (std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  key = key.substr(0, key.find('/'));
  return key.empty() || key == legacy_hub ? hub : std::string(key);
}

DockerConfig::DockerConfig(std::string_view config, const std::string &path, std::string_view auth_variable)
    : path_(path) {
  read_configuration([&] {
    Json variable = parse_quietly(auth_variable, variable_name, Code::invalid_argument);
    variable_entries_ = read_entries(variable["auths"]);

    Json file = parse_quietly(config, path, Code::invalid_argument);
    file_entries_ = read_entries(file["auths"]);
    for (const auto &[registry, helper] : file["credHelpers"].members())
      helpers_.emplace_back(registry_domain(registry), helper.text_or(""));
    default_helper_ = file["credsStore"].text_or("");
    current_context_ = file["currentContext"].text_or("");
  });
}

DockerConfig::Entries DockerConfig::read_entries(const Json &auths) {
  Entries entries;
  for (const auto &[server, value] : auths.members()) {
    Credentials given{value["username"].text_or(""), value["password"].text_or(""), value["identitytoken"].text_or(""),
                      value["registrytoken"].text_or("")};
    entries.push_back({server, value["auth"].text_or(""), given});
  }
  return entries;
}

// An entry's `auth` is base64 of user:password; some clients fill the password up with NUL.
static bool decode_auth(const std::string &auth, Credentials *credentials) {
  std::string decoded;
  if (!base64_decode(auth, &decoded)) return false;
  size_t colon = decoded.find(':');
  if (colon == 0 || colon == decoded.npos) return false;
  credentials->username = decoded.substr(0, colon);
  credentials->password = decoded.substr(colon + 1);
  while (credentials->password.ends_with('\0')) credentials->password.pop_back();
  return true;
}

Credentials DockerConfig::find(const Entries &entries, const std::string &domain, const std::string &source) {
  const std::string key = credential_key(domain);
  const Entry *found = nullptr;
  for (const Entry &entry : entries) {
    if (entry.server == key) {  // the exact key goes before other spellings
      found = &entry;
      break;
    }
    if (found == nullptr && registry_domain(entry.server) == registry_domain(key)) found = &entry;
  }
  if (found == nullptr) return {};
  Credentials credentials = found->credentials;
  if (!found->auth.empty() && !decode_auth(found->auth, &credentials))
    throw_failure(Code::invalid_argument,
                  {"the credentials for ", domain, " in ", source, " are not base64 of user:password"},
                  concat("log in again: docker login ", domain));
  return credentials;
}

CredentialSource DockerConfig::find_credentials(const std::string &domain) const {
  CredentialSource answer;
  answer.key = credential_key(domain);
  answer.credentials = find(variable_entries_, domain, variable_name);
  if (!answer.credentials.empty()) return answer;

  answer.helper = default_helper_;
  for (const auto &[registry, helper] : helpers_)
    if (registry == registry_domain(domain)) answer.helper = helper;
  answer.credentials = find(file_entries_, domain, path_);
  return answer;
}

std::vector<std::string> DockerConfig::registries() const {
  std::vector<std::string> domains;
  for (const Entries *entries : {&variable_entries_, &file_entries_})
    for (const Entry &entry : *entries) domains.push_back(registry_domain(entry.server));
  for (const auto &[registry, helper] : helpers_) domains.push_back(registry);
  return domains;
}

Json Credentials::to_json(const std::string &server) const {
  Json json = Json::object();
  if (!username.empty()) json.set("username", username).set("password", password);
  if (!identity_token.empty()) json.set("identitytoken", identity_token);
  if (!registry_token.empty()) json.set("registrytoken", registry_token);
  return json.set("serveraddress", server);
}

Credentials parse_helper_answer(std::string_view text, const std::string &helper) {
  Json answer = parse_quietly(text, concat("the answer of docker-credential-", helper), Code::protocol);
  Credentials credentials;
  std::string username = answer["Username"].text_or("");
  (username == "<token>" ? credentials.identity_token : credentials.password) = answer["Secret"].text_or("");
  if (username != "<token>") credentials.username = username;
  return credentials;
}

bool helper_has_none(std::string_view text) {
  return text.find("credentials not found in native keychain") != text.npos;
}

ContextMetadata parse_context_metadata(std::string_view text, const std::string &path) {
  ContextMetadata context;
  read_configuration([&] {
    Json json = Json::parse(text, path);
    context.name = json["Name"].required_string();
    Json endpoint = json["Endpoints"]["docker"];
    context.host = endpoint["Host"].text_or("");
    context.skip_tls_verify = endpoint["SkipTLSVerify"].boolean_or(false);
  });
  return context;
}

}  // namespace conu
