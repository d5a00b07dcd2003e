// What both ways to run a container share.
#include "container/creation.h"

#include "loop/group.h"
#include "session/cleanup.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

static const char token_label[] = "conu.request";

Creation::Creation() : token(random_uuid()), name(concat("conu-", token.substr(0, 13))) {}

Labels Creation::labels() const {
  Labels labels = session_labels();
  labels.emplace_back(token_label, token);
  return labels;
}

// --- volumes ---------------------------------------------------------------------------------------------------------

static Task<bool> volume_exists(Api &api, std::string name) {
  try {
    co_await api.get(concat("/volumes/", percent_encoded(name)), concat("the volume ", name));
  } catch (const Failure &failure) {
    if (failure.http_status != 404) throw;
    co_return false;
  }
  co_return true;
}

// The engine would create a missing volume by itself, but without our marks.
static Task<void> create_volume(Api &api, NamedVolume volume, Creation *creation) {
  Json labels = Json::object();
  for (const auto &[key, value] : volume.labels.members()) labels.set(key, value);
  for (const auto &[key, value] : session_labels()) labels.set(key, value);
  Json body = Json::object();
  body.set("Name", volume.name).set("Labels", labels).set("DriverOpts", volume.options);
  if (!volume.driver.empty()) body.set("Driver", volume.driver);
  std::string answer = co_await api.call("POST", "/volumes/create", concat("the volume ", volume.name), body);
  // Another one may have been quicker: then it is not ours to remove.
  Json made = Json::parse(answer, "the engine's answer to POST /volumes/create");
  if (made["Labels"]["conu.session"].text_or("") == session_id()) creation->volumes.push_back(volume.name);
}

Task<void> create_volumes(Api &api, std::vector<NamedVolume> volumes, Creation *creation) {
  for (const NamedVolume &volume : volumes) {
    bool exists = co_await volume_exists(api, volume.name);
    // As with the container, a cancel waits for the answer, which says what is to be removed.
    if (!exists) co_await shielded(create_volume(api, volume, creation), cleanup_ms / 2);
  }
}

// --- the container ---------------------------------------------------------------------------------------------------

Task<Json> containers_with(Api &api, std::string label) {
  Json filters = Json::object().set("label", Json::array().append(Json::string(label)));
  Query query;
  query.flag("all", true).add("filters", filters.dump());
  std::string answer = co_await api.get(concat("/containers/json", query.text()), "the list of containers");
  co_return Json::parse(answer, "the engine's answer to GET /containers/json");
}

Task<std::string> id_by_label(Api &api, std::string token) {
  Json found = co_await containers_with(api, concat(token_label, "=", token));
  if (found.size() == 0) co_return "";
  co_return found.at(0)["Id"].required_string();
}

static Task<void> remove_created(Api &api, Creation creation, bool may_have_container) {
  std::string id = creation.id;
  // Where the answer was lost, what it stood for is found by its label.
  if (may_have_container && id.empty()) id = co_await id_by_label(api, creation.token);
  if (!id.empty()) co_await remove_container(api, id, concat("the container ", creation.name), true, true);
  for (const std::string &volume : creation.volumes)
    co_await api.call("DELETE", concat("/volumes/", percent_encoded(volume)), concat("the volume ", volume));
}

Task<void> undo(Api &api, Creation creation, bool may_have_container) {
  try {
    co_await shielded(remove_created(api, creation, may_have_container), cleanup_ms / 2);
  } catch (const Failure &) {
    // The failure that led here is the one to tell; the marks let a later cleaning find what is left.
  }
}

}  // namespace conu
