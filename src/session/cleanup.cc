// Removing what libconu has created.
#include "session/cleanup.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/engine.h"
#include "session/labels.h"
#include "util/text.h"

namespace conu {

// --- a container -----------------------------------------------------------------------------------------------------

static Task<void> try_remove(Api &api, const std::string &path, const std::string &subject, bool force) {
  try {
    co_await api.call("DELETE", path, subject);
  } catch (const Failure &failure) {
    bool under_way = failure.http_status == 409 && failure.message.find("already in progress") != std::string::npos;
    bool gone = failure.http_status == 404 && force;
    if (!under_way && !gone) throw;
  }
}

// Podman refuses to remove a container that comes to its end at that very moment, by force, too.
static bool is_about_to_end(const Failure &failure) {
  return failure.http_status == 500 && failure.message.find("container state improper") != std::string::npos;
}

static const int64_t patience_ms = 5000;  // one that restarts again and again comes to many ends

Task<void> remove_container(Api &api, std::string id, std::string subject, bool force, bool volumes) {
  Query query;
  query.flag("force", force);
  std::string path = concat("/containers/", id);
  // Docker kills by force. Podman first gives a container the time that it wants for its end, unless told otherwise,
  // for which its own API has the words.
  if (force && api.engine.is_podman()) {
    path = concat("/libpod", path);
    query.add("timeout", "0").flag("volumes", volumes);
  } else {
    query.flag("v", volumes);
  }
  path += query.text();
  int64_t waited_ms = 0;
  while (true) {
    std::optional<Failure> failure;
    try {
      co_await try_remove(api, path, subject, force);
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (!failure) co_return;
    if (!force && failure->code == Code::conflict && failure->hint.empty())
      failure->hint = "stop it first, or remove it by force";
    if (!force || waited_ms >= patience_ms || !is_about_to_end(*failure)) throw *failure;
    int64_t pause_ms = std::clamp<int64_t>(waited_ms, 20, 200);
    co_await sleep_for(pause_ms);
    waited_ms += pause_ms;
  }
}

// --- all of a kind ---------------------------------------------------------------------------------------------------

namespace {

// Something to remove.
struct Item {
  std::string id;
  std::string subject;
  std::vector<std::string> names;       // of an image
  std::vector<std::string> containers;  // of an image: those of this session that use it
};

using Remove = Task<void> (*)(Api &api, Item item);

struct Round {
  std::vector<Item> items;
  size_t next = 0;
  std::vector<Item> left;
  std::optional<Failure> failure;  // the first
};

}  // namespace

static const char container_label[] = "conu.session";
static const char image_label[] = "conu.image_session";

// What the engine lists under `path` with this session's label. The label is looked at once more: a filter that an
// engine does not heed must not cost a user anything.
static Task<std::vector<Json>> listed(Api &api, std::string path, std::string member, std::string label) {
  Json filter = Json::array().append(Json::string(concat(label, "=", session_id())));
  Query query;
  query.flag("all", path.starts_with("/containers")).add("filters", Json::object().set("label", filter).dump());
  std::string answer = co_await api.get(concat(path, query.text()), concat("the list at ", path));
  Json list = Json::parse(answer, concat("the engine's answer to GET ", path));
  if (!member.empty()) list = list[member];
  std::vector<Json> ours;
  for (const Json &item : list.items())
    if (item["Labels"][label].text_or("") == session_id()) ours.push_back(item);
  co_return ours;
}

static Task<void> remove_in_turn(Api &api, Round *round, Remove remove) {
  Scope &scope = co_await current_scope();
  while (round->next < round->items.size()) {
    Item item = round->items[round->next++];
    try {
      co_await remove(api, item);
    } catch (const Failure &failure) {
      if (scope.is_cancelled()) throw;
      if (!round->failure) round->failure = failure;
      round->left.push_back(item);
    }
  }
}

static Failure with_number(Failure failure, size_t left, const std::string &kind) {
  if (left > 1) failure.message += concat("; ", decimal(left), " ", kind, " are left");
  return failure;
}

// Removes `lines` of them at a time. What fails is tried again: at once where others were in the way that are gone now,
// else after a while. Gives what is left.
static Task<Round> remove_all(Api &api, std::vector<Item> items, Remove remove, size_t lines) {
  const int64_t pauses_ms[] = {20, 100, 500};
  size_t pauses = 0;
  for (;;) {
    Round round;
    round.items = std::move(items);
    std::vector<Task<void>> tasks;
    for (size_t i = 0; i < std::min(lines, round.items.size()); i++)
      tasks.push_back(remove_in_turn(api, &round, remove));
    co_await when_all(std::move(tasks));
    bool is_progress = round.left.size() < round.items.size();
    if (round.left.empty() || (!is_progress && pauses == std::size(pauses_ms))) co_return round;
    if (!is_progress) co_await sleep_for(pauses_ms[pauses++]);
    items = std::move(round.left);
  }
}

// --- containers ------------------------------------------------------------------------------------------------------

static std::string container_name(const Json &container) {
  std::string name = container["Names"].at(0).text_or(container["Id"].required_string().substr(0, 12));
  return name.starts_with('/') ? name.substr(1) : name;
}

static Task<void> remove_container_item(Api &api, Item item) {
  return remove_container(api, item.id, item.subject, true, true);
}

Task<void> cleanup_containers(Api &api) {
  std::vector<Json> ours = co_await listed(api, "/containers/json", "", container_label);
  std::vector<Item> items;
  for (const Json &container : ours)
    items.push_back({container["Id"].required_string(), concat("the container ", container_name(container)), {}, {}});
  Round round = co_await remove_all(api, std::move(items), remove_container_item, 4);
  if (round.failure) throw with_number(*round.failure, round.left.size(), "containers");
}

// --- volumes ---------------------------------------------------------------------------------------------------------

// DELETE of what may be gone already. Never by force: Podman would take the containers along that use it.
static Task<void> remove_if_there(Api &api, std::string path, std::string subject) {
  try {
    co_await api.call("DELETE", path, subject);
  } catch (const Failure &failure) {
    if (failure.http_status != 404) throw;
  }
}

static Task<void> remove_volume(Api &api, Item item) {
  return remove_if_there(api, concat("/volumes/", percent_encoded(item.id)), item.subject);
}

Task<void> cleanup_volumes(Api &api) {
  std::vector<Json> ours = co_await listed(api, "/volumes", "Volumes", container_label);
  std::vector<Item> items;
  for (const Json &volume : ours) {
    std::string name = volume["Name"].required_string();
    items.push_back({name, concat("the volume ", name), {}, {}});
  }
  Round round = co_await remove_all(api, std::move(items), remove_volume, 4);
  if (!round.failure) co_return;
  if (round.failure->code == Code::conflict)
    round.failure->hint = "a container uses it: remove that first (conu_engine_cleanup_containers for this session's)";
  throw with_number(*round.failure, round.left.size(), "volumes");
}

// --- images ----------------------------------------------------------------------------------------------------------

// Its containers, its names, and at last the image itself, where it had no name or is a parent's parent no more.
static Task<void> remove_image_item(Api &api, Item item) {
  for (const std::string &container : item.containers)
    co_await remove_container(api, container, concat("the container ", container.substr(0, 12)), true, true);
  for (const std::string &name : item.names)
    co_await remove_if_there(api, concat("/images/", percent_encoded(name, "/:@")), item.subject);
  co_await remove_if_there(api, concat("/images/", percent_encoded(item.id, ":")), item.subject);
}

static Item image_item(const Json &image) {
  Item item{image["Id"].required_string(), "", {}, {}};
  for (const char *member : {"RepoTags", "RepoDigests"})
    for (const Json &name : image[member].items())
      if (std::string text = name.required_string(); text.find("<none>") == text.npos) item.names.push_back(text);
  item.subject = concat("the image ", item.names.empty() ? item.id : item.names.front());
  return item;
}

Task<void> cleanup_images(Api &api) {
  std::vector<Json> ours = co_await listed(api, "/images/json", "", image_label);
  if (ours.empty()) co_return;
  // Children before their parents.
  std::stable_sort(ours.begin(), ours.end(), [](const Json &one, const Json &other) {
    return one["Created"].integer_or(0) > other["Created"].integer_or(0);
  });
  std::string answer = co_await api.get("/containers/json?all=1", "the list of containers");
  std::multimap<std::string, Json> users;
  for (const Json &container : Json::parse(answer, "the engine's answer to GET /containers/json").items())
    users.emplace(container["ImageID"].text_or(""), container);
  std::vector<Item> items;
  std::optional<Failure> held;
  size_t held_count = 0;
  for (const Json &image : ours) {
    Item item = image_item(image);
    std::string others;
    auto [first, last] = users.equal_range(item.id);
    for (; first != last; ++first) {
      const Json &container = first->second;
      if (container["Labels"][container_label].text_or("") == session_id())
        item.containers.push_back(container["Id"].required_string());
      else
        others += concat(others.empty() ? "" : ", ", container_name(container));
    }
    if (others.empty()) {
      items.push_back(std::move(item));
      continue;
    }
    held_count++;
    if (!held)
      held =
          Failure(Code::conflict, concat(item.subject, " stays: it is used by ", others, ", not made by this session"),
                  "remove these containers first");
  }
  Round round = co_await remove_all(api, std::move(items), remove_image_item, 1);
  if (round.failure) throw with_number(*round.failure, round.left.size() + held_count, "images");
  if (held) throw with_number(*held, held_count, "images");
}

}  // namespace conu
