// Making an image of a container.
#include "container/commit.h"

#include "container/run_values.h"
#include "container/state.h"
#include "session/labels.h"
#include "util/text.h"

namespace conu {

// The image inherits the labels of the container. Marks of ours among them are blanked: a container that a user runs
// from the image must not be taken for ours.
static Labels labels_of_image(const Json &container_labels) {
  Labels labels = image_labels();
  const char *letters = "abcdefghijklmnopqrstuvwxyz_.";
  for (const auto &[name, value] : container_labels.members()) {
    bool is_mark = name.starts_with("conu.") && name.find_first_not_of(letters) == std::string::npos;
    if (is_mark && name != "conu.session" && name != "conu.image_session") labels.emplace_back(name, "");
  }
  return labels;
}

static Json as_json(const ImageConfig &config) {
  Json environment = texts(config.environment), labels = Json::object();
  for (const auto &[name, value] : config.labels) labels.set(name, value);
  // An entry point of no words takes the container's away; none at all would leave it.
  Json body = Json::object().set("Cmd", texts(config.command)).set("Entrypoint", texts(config.entrypoint));
  return body.set("Env", environment).set("User", config.user).set("Labels", labels);
}

static void add_change(const char *instruction, Text value, Query *query) {
  if (value.find('\n') != value.npos)
    throw_failure(Code::unsupported, {"Podman cannot commit a value with a line break in it: ", in_quotes(value)});
  query->add("changes", concat(instruction, " ", value));
}

// As instructions of a Dockerfile. There are no quotes in them: what stands behind the first = is the value.
static void add_changes(const ImageConfig &config, Query *query) {
  add_change("CMD", texts(config.command).dump(), query);
  add_change("ENTRYPOINT", texts(config.entrypoint).dump(), query);
  if (!config.user.empty()) add_change("USER", config.user, query);
  for (const std::string &variable : config.environment) add_change("ENV", variable, query);
  for (const auto &[name, value] : config.labels) add_change("LABEL", concat(name, "=", value), query);
}

static Task<void> post(Api &api, Container &container, std::string path, Json body, std::string *id) {
  // Podman does not read the body, and fails without one; Docker would take an empty object for a configuration.
  if (api.engine.is_podman()) body = Json::object();
  std::string answer = co_await api.call("POST", path, container.subject(), body);
  *id = Json::parse(answer, "the engine's answer to POST /commit")["Id"].required_string();
}

static Task<void> name_committed(Api &api, std::string id, ImageName name) {
  Query query;
  query.add("repo", name.reference.name()).add("tag", name.reference.tag);
  co_await api.call("POST", concat("/images/", percent_encoded(id, ":"), "/tag", query.text()), name.full_name());
}

static Task<void> remove_committed(Api &api, std::string id) {
  try {
    co_await api.call("DELETE", concat("/images/", percent_encoded(id, ":"), "?noprune=1"), concat("the image ", id));
  } catch (const Failure &) {
    // Something else is what there is to tell; the marks let a later cleaning find what is left.
  }
}

Task<ImagePtr> commit(Api &api, Container &container, std::string repository, std::string tag,
                      std::optional<ImageConfig> config) {
  if (repository.empty() && !tag.empty())
    throw_failure(Code::invalid_argument, {"to commit ", container.subject(), " with a tag takes a repository, too"});
  std::optional<ImageName> name;
  if (!repository.empty()) name = combine(repository, tag);
  if (name && !name->reference.digest.empty())
    throw_failure(Code::invalid_argument, {name->full_name(), " is no name to give: an image has a digest"});
  Json document = co_await inspect(api, container);
  Query query;
  query.add("container", container.id());
  for (const auto &[label, value] : labels_of_image(document["Config"]["Labels"]))
    query.add("changes", concat("LABEL ", label, "=", value));
  Json body;
  if (config && api.engine.is_podman()) add_changes(*config, &query);
  if (config) body = as_json(*config);
  std::string id;
  std::optional<Failure> refused;
  Scope &scope = co_await current_scope();
  // A cancel waits for the answer, for a while: what has been made can then be removed for certain. So can what the
  // engine does not let have its name: Docker makes the image all the same.
  co_await shielded(post(api, container, concat("/commit", query.text()), body, &id), cleanup_ms / 2);
  try {
    if (name && !scope.is_cancelled()) co_await shielded(name_committed(api, id, *name), cleanup_ms / 4);
  } catch (const Failure &failure) {
    refused = failure;
  }
  if (refused || scope.is_cancelled()) {
    co_await shielded(remove_committed(api, id), cleanup_ms / 4);
    if (refused) throw *refused;
    throw scope.reason();
  }
  if (name) co_return Image::by_name(container.engine(), std::move(*name));
  if (id.size() == 64 && is_hex(id)) id = concat("sha256:", id);  // Podman leaves the algorithm out
  co_return Image::by_id(container.engine(), id);
}

}  // namespace conu
