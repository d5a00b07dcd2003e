// Creating and starting a container.
#include <algorithm>

#include "container/container.h"
#include "loop/group.h"
#include "session/labels.h"
#include "util/text.h"

namespace conu {

namespace {

// What is known of a creation, also if its end was not seen.
struct Creation {
  std::string token;  // the label that tells this very request's container from all others
  std::string id;     // empty: no answer came
};

const char token_label[] = "conu.request";

}  // namespace

// The engine would create a missing volume by itself, but without our marks.
static Task<void> create_volume(Api &api, std::string name) {
  bool exists = true;
  std::string subject = "the volume " + name;
  try {
    co_await api.get("/volumes/" + percent_encoded(name), subject);
  } catch (const Failure &failure) {
    if (failure.http_status != 404) throw;
    exists = false;
  }
  if (exists) co_return;
  Json labels = Json::object();
  for (const auto &[key, value] : session_labels()) labels.set(key, value);
  Json body = Json::object();
  body.set("Name", name).set("Labels", labels);
  co_await api.call("POST", "/volumes/create", subject, body);
}

static Task<void> create(Api &api, Image &image, RunBuilder builder, Creation *creation) {
  Query query;
  query.add("name", builder.name());
  for (const auto &[key, value] : session_labels()) builder.add_label(key, value);
  builder.add_label(token_label, creation->token);
  Json body = builder.parameters(image.engine_name());
  std::string subject = "a container of " + image.subject();
  if (!builder.name().empty()) subject = "the container " + builder.name() + " of " + image.subject();
  std::string answer = co_await api.call("POST", "/containers/create" + query.text(), subject, body);
  creation->id = Json::parse(answer, "the engine's answer to POST /containers/create")["Id"].required_string();
}

static Task<void> remove_created(Api &api, Creation creation) {
  if (creation.id.empty()) {
    // The answer was lost: what it stood for is found by its label.
    Json label = Json::string(std::string(token_label) + "=" + creation.token);
    Json filters = Json::object().set("label", Json::array().append(label));
    Query query;
    query.flag("all", true).add("filters", filters.dump());
    std::string answer = co_await api.get("/containers/json" + query.text(), "the list of containers");
    Json found = Json::parse(answer, "the engine's answer to GET /containers/json");
    if (found.size() == 0) co_return;
    creation.id = found.at(0)["Id"].required_string();
  }
  co_await api.call("DELETE", "/containers/" + creation.id + "?force=1&v=1", "the container " + creation.id);
}

static void explain(Failure *failure, const RunBuilder &builder) {
  const std::string &text = failure->message;
  auto says = [&](const char *phrase) { return text.find(phrase) != text.npos; };
  if (failure->http_status == 409 && !builder.name().empty() && failure->hint.empty())
    failure->hint = "the name " + builder.name() + " is taken: choose another one, or remove the container that has it";
  bool no_program = says("executable file not found") || says("no such file or directory: OCI runtime") ||
                    (says("exec:") && says("no such file or directory")) || says("not found in $PATH");
  if (no_program) {
    failure->code = Code::command_missing;
    failure->hint = "the image has no such program: see the command and the image's PATH";
  }
}

static Task<void> start(Api &api, std::string id, std::string subject) {
  co_await api.call("POST", "/containers/" + id + "/start", subject);
}

static Task<std::string> created_name(Api &api, Container &container) {
  Json document = co_await inspect(api, container);
  std::string name = document["Name"].text_or(container.id());
  co_return name.starts_with('/') ? name.substr(1) : name;
}

Task<ContainerPtr> run_via_api(Api &api, Image &image, RunBuilder builder) {
  builder.parameters(image.engine_name());  // a malformed option is told before any request
  for (const std::string &volume : builder.named_volumes()) co_await create_volume(api, volume);
  Scope &scope = co_await current_scope();
  Creation creation{random_uuid(), ""};
  std::optional<Failure> failure;
  ContainerPtr container;
  try {
    // A cancel waits for the answer, for a while: what has been created can then be removed for certain.
    co_await shielded(create(api, image, builder, &creation));
    if (scope.is_cancelled()) throw scope.reason();
    std::string name = builder.name();
    std::string subject = "the container " + (name.empty() ? creation.id.substr(0, 12) : name);
    co_await start(api, creation.id, subject);
    if (name.empty()) {
      Container unnamed(image.engine(), creation.id, creation.id);
      name = co_await created_name(api, unnamed);
    }
    container = std::make_shared<Container>(image.engine(), creation.id, name);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return container;
  explain(&*failure, builder);
  bool may_exist = !creation.id.empty() || failure->http_status == 0;
  if (may_exist) {
    try {
      co_await shielded(remove_created(api, creation));
    } catch (const Failure &) {
      // The failure that led here is the one to tell; the marks let a later cleaning find what is left.
    }
  }
  throw *failure;
}

}  // namespace conu
