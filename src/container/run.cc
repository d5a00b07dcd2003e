// Creating and starting a container.
#include <algorithm>

#include "container/container.h"
#include "container/lifecycle.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "session/labels.h"
#include "util/text.h"

namespace conu {

namespace {

// What is known of a creation, also if its end was not seen.
struct Creation {
  std::string token;  // the label that tells this very request's container from all others
  std::string name;
  std::string id;  // empty: no answer came
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

static Task<void> create(Api &api, Image &image, Json body, Creation *creation) {
  Query query;
  query.add("name", creation->name);
  std::string subject = "the container " + creation->name + " of " + image.subject();
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
  co_await remove_container(api, creation.id, "the container " + creation.name, true, true);
}

static void explain(Failure *failure, const std::string &name) {
  if (failure->code == Code::conflict && failure->hint.empty())
    failure->hint = "the name " + name + " is taken: choose another one, or remove the container that has it";
  bool no_command = failure->message.find("No command specified") != std::string::npos ||
                    failure->message.find("no command or entrypoint provided") != std::string::npos;
  if (no_command) {
    failure->code = Code::invalid_argument;
    failure->hint = "the image has no command of its own: give the builder one";
  }
  blame_missing_program(failure);
}

Task<ContainerPtr> run_via_api(Api &api, Image &image, RunBuilder builder) {
  builder.parameters(image.engine_name());  // a malformed option is told before any request
  Creation creation;
  creation.token = random_uuid();
  // A name of our own making is known without asking for it.
  creation.name = builder.name().empty() ? "conu-" + creation.token.substr(0, 13) : builder.name();
  for (const auto &[key, value] : session_labels()) builder.add_label(key, value);
  builder.add_label(token_label, creation.token);
  Json body = builder.parameters(image.engine_name());
  for (const std::string &volume : builder.named_volumes()) co_await create_volume(api, volume);
  Scope &scope = co_await current_scope();
  ContainerPtr container;
  std::optional<Failure> failure;
  try {
    // A cancel waits for the answer, for a while: what has been created can then be removed for certain. Waiting and
    // removing share the time that cleaning up may take.
    co_await shielded(create(api, image, body, &creation), cleanup_ms / 2);
    if (scope.is_cancelled()) throw scope.reason();
    container = std::make_shared<Container>(image.engine(), creation.id, creation.name, body["Tty"].boolean_or(false));
    co_await start(api, *container);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return container;
  explain(&*failure, creation.name);
  bool may_exist = !creation.id.empty() || failure->http_status == 0;
  if (may_exist) {
    try {
      co_await shielded(remove_created(api, creation), cleanup_ms / 2);
    } catch (const Failure &) {
      // The failure that led here is the one to tell; the marks let a later cleaning find what is left.
    }
  }
  throw *failure;
}

}  // namespace conu
