// An image of an engine: the handle, and the short requests about it.
#include "image/image.h"

#include <algorithm>

#include "image/transfer.h"
#include "util/text.h"

namespace conu {

// --- the handle ------------------------------------------------------------------------------------------------------

Image::Image(std::shared_ptr<Engine> engine, std::optional<ImageName> name, std::string full_name,
             std::string engine_name)
    : engine_(std::move(engine)),
      name_(std::move(name)),
      full_name_(std::move(full_name)),
      engine_name_(std::move(engine_name)) {}

// A tag beside a digest is for people: the engine is asked for the digest alone.
static std::string engine_name_of(const Reference &reference) {
  if (!reference.digest.empty()) return concat(reference.name(), "@", reference.digest);
  return reference.normalized();
}

ImagePtr Image::by_name(std::shared_ptr<Engine> engine, ImageName name) {
  std::string full_name = name.full_name();
  std::string engine_name = engine_name_of(name.reference);
  return ImagePtr(new Image(std::move(engine), std::move(name), std::move(full_name), std::move(engine_name)));
}

ImagePtr Image::by_id(std::shared_ptr<Engine> engine, std::string id) {
  return ImagePtr(new Image(std::move(engine), std::nullopt, id, id));
}

ImagePtr Image::from_engine(std::shared_ptr<Engine> engine, const std::string &name, const std::string &id) {
  bool has_name = !name.empty() && name.find("<none>") == name.npos;
  if (!has_name) return by_id(std::move(engine), id);
  return by_name(std::move(engine), combine(name, ""));
}

const Reference &Image::reference() const {
  if (!name_)
    throw_failure(Code::invalid_argument, {subject(), " has no name, only an id"}, "give it one by tagging it");
  return name_->reference;
}

std::string Image::subject() const { return concat("the image ", full_name_); }
std::string Image::path(Text rest) const { return concat("/images/", percent_encoded(engine_name_, "/:@"), rest); }

std::optional<std::string> Image::remembered() const {
  std::lock_guard lock(mutex_);
  return document_;
}

void Image::remember(std::optional<std::string> document) {
  std::lock_guard lock(mutex_);
  document_ = std::move(document);
  layers_.reset();
}

std::shared_ptr<const ShownLayers> Image::remembered_layers() const {
  std::lock_guard lock(mutex_);
  return layers_;
}

void Image::remember_layers(const std::string &document, std::shared_ptr<const ShownLayers> layers) {
  std::lock_guard lock(mutex_);
  if (document == document_) layers_ = std::move(layers);
}

// --- asking ----------------------------------------------------------------------------------------------------------

static Json parsed(const std::string &document, const Image &image) {
  return Json::parse(document, concat("the engine's answer to GET ", image.path("/json")));
}

Task<std::string> inspect(Api &api, Image &image, bool refresh) {
  auto known = refresh ? std::nullopt : image.remembered();
  if (known) co_return *known;
  std::string document;
  try {
    document = co_await api.get(image.path("/json"), image.subject());
  } catch (Failure &failure) {
    if (failure.code == Code::not_found) failure.hint = "pull, load or build it first";
    throw;
  }
  image.remember(document);
  co_return document;
}

Task<std::string> image_id(Api &api, Image &image) {
  std::string document = co_await inspect(api, image, false);
  co_return parsed(document, image)["Id"].required_string();
}

Task<bool> is_present(Api &api, Image &image) {
  try {
    std::string document = co_await inspect(api, image, true);
    co_return true;
  } catch (const Failure &failure) {
    if (failure.code != Code::not_found || failure.http_status != 404) throw;
  }
  image.remember(std::nullopt);
  co_return false;
}

Task<ImagePtr> open_image(Api &api, std::shared_ptr<Engine> engine, ImageName name, PullPolicy policy) {
  ImagePtr image = Image::by_name(std::move(engine), std::move(name));
  Steps unread;
  co_await pull_by(api, unread, *image, policy);
  co_return image;
}

Task<ImagePtr> image_from_id(Api &api, std::shared_ptr<Engine> engine, std::string id) {
  // What an id or a name may have, so that it stays one part of the path that is asked for.
  const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@";
  if (id.find_first_not_of(allowed) != id.npos || id.find("..") != id.npos || id.starts_with('/'))
    throw_failure(Code::invalid_argument, {"\"", excerpt(id), "\" is no id of an image"},
                  "an id looks like sha256:0123…, 64 digits, or is the beginning of those");
  ImagePtr asked = Image::by_id(engine, id);
  std::string document = co_await inspect(api, *asked, true);
  Json json = parsed(document, *asked);
  // The id in full, and the first of its names.
  ImagePtr image = Image::from_engine(engine, json["RepoTags"].at(0).text_or(""), json["Id"].required_string());
  image->remember(document);
  co_return image;
}

// --- names -----------------------------------------------------------------------------------------------------------

ImageName tagged_name(const Image &image, const std::string &repository, const std::string &tag) {
  if (repository.empty() && tag.empty())
    throw_failure(Code::invalid_argument,
                  {"to tag ", image.subject(), " takes a repository or a tag: both are missing"});
  if (repository.empty()) {
    image.reference();
    return combine(image.name().repository, tag);
  }
  return combine(repository, tag);
}

Task<ImagePtr> tag_image(Api &api, Image &image, std::string repository, std::string tag) {
  ImageName name = tagged_name(image, repository, tag);
  if (!name.reference.digest.empty())
    throw_failure(Code::invalid_argument,
                  {name.full_name(), " is no name to give: an image has a digest, it is not given one"});
  Query query;
  query.add("repo", name.reference.name()).add("tag", name.reference.tag);
  co_await api.call("POST", image.path(concat("/tag", query.text())), image.subject());
  co_return Image::by_name(image.engine(), std::move(name));
}

// --- removing --------------------------------------------------------------------------------------------------------

// The containers that were made from an image: `id`, `name` and `state` of each.
static Task<Json> containers_of(Api &api, Image &image) {
  Json filters = Json::object().set("ancestor", Json::array().append(Json::string(image.engine_name())));
  Query query;
  query.flag("all", true).add("filters", filters.dump());
  std::string answer = co_await api.get(concat("/containers/json", query.text()), "the list of containers");
  Json containers = Json::array();
  for (const Json &item : Json::parse(answer, "the engine's answer to GET /containers/json").items()) {
    std::string id = item["Id"].required_string();
    std::string name = item["Names"].at(0).text_or(id.substr(0, 12));
    if (name.starts_with('/')) name.erase(0, 1);
    containers.append(Json::object().set("id", id).set("name", name).set("state", item["State"].text_or("")));
  }
  co_return containers;
}

// Adds the containers to the failure that they caused.
static void name_containers(Failure *failure, const Json &containers) {
  std::string names;
  for (const Json &container : containers.items())
    names +=
        concat(names.empty() ? "" : ", ", container["name"].text_or(""), " (", container["state"].text_or(""), ")");
  if (names.empty()) return;
  failure->message += concat("; in use by ", names);
  failure->hint = "remove these containers first; `force` does it for those that have stopped";
  failure->details = Json::object().set("containers", containers).dump();
}

// Forced, Podman would kill and remove them, where Docker refuses.
static Task<void> refuse_if_containers_run(Api &api, Image &image, bool via_name) {
  std::string document = co_await inspect(api, image, true);
  bool keeps_image = via_name && parsed(document, image)["RepoTags"].size() > 1;
  if (keeps_image) co_return;
  Json containers = co_await containers_of(api, image);
  for (const Json &container : containers.items()) {
    std::string state = container["state"].text_or("");
    if (state != "running" && state != "paused") continue;
    Failure failure(Code::conflict, concat(image.subject(), " cannot be removed while containers of it run"));
    name_containers(&failure, containers);
    throw failure;
  }
}

Task<void> remove_image(Api &api, Image &image, bool force, bool via_name) {
  std::string path = image.path("");
  if (via_name) {
    image.reference();
  } else {
    std::string id = co_await image_id(api, image);
    path = concat("/images/", percent_encoded(id, ":"));
  }
  if (force && api.engine.is_podman()) co_await refuse_if_containers_run(api, image, via_name);
  Query query;
  query.flag("force", force);
  std::optional<Failure> failure;
  try {
    co_await api.call("DELETE", concat(path, query.text()), image.subject());
  } catch (const Failure &caught) {
    failure = caught;
  }
  image.remember(std::nullopt);
  if (!failure) co_return;
  // Podman's 500 for an image with other names.
  if (failure->message.find("please force removal") != std::string::npos) failure->code = Code::conflict;
  if (failure->code == Code::conflict) {
    failure->hint = "remove its other names and what was made from it first, or use `force`";
    try {
      Json containers = co_await containers_of(api, image);
      name_containers(&*failure, containers);
    } catch (const Failure &) {
      // The conflict itself is what counts.
    }
  }
  throw *failure;
}

// --- layers and lists ------------------------------------------------------------------------------------------------

// Podman leaves the algorithm out of the IDs in a history.
static std::string full_id(const std::string &id) { return id.size() == 64 && is_hex(id) ? concat("sha256:", id) : id; }

Task<std::vector<std::string>> layer_ids(Api &api, Image &image, bool newest_first) {
  std::string answer = co_await api.get(image.path("/history"), image.subject());
  std::vector<std::string> ids;
  for (const Json &item : Json::parse(answer, concat("the engine's answer to GET ", image.path("/history"))).items())
    ids.push_back(full_id(item["Id"].required_string()));
  if (!newest_first) std::reverse(ids.begin(), ids.end());
  co_return ids;
}

Task<Images> layers(Api &api, Image &image, bool newest_first) {
  std::vector<std::string> ids = co_await layer_ids(api, image, newest_first);
  Images images;
  for (const std::string &id : ids)
    if (id != "<missing>") images.push_back(Image::by_id(image.engine(), id));
  co_return images;
}

Task<Images> list_images(Api &api, std::shared_ptr<Engine> engine) {
  std::string answer = co_await api.get("/images/json", "the list of images");
  Images images;
  for (const Json &item : Json::parse(answer, "the engine's answer to GET /images/json").items())
    images.push_back(Image::from_engine(engine, item["RepoTags"].at(0).text_or(""), item["Id"].required_string()));
  co_return images;
}

}  // namespace conu
