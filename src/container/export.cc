// The tree of a container or an image, streamed from the engine into a folder of this host.
#include "container/export.h"

#include <optional>

#include "container/creation.h"
#include "container/init_layer.h"
#include "container/user_map.h"
#include "filesystem/extracted_mount.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "util/failure.h"
#include "util/log.h"
#include "util/process_identity.h"
#include "util/text.h"

namespace conu {

namespace {

struct Owners {
  UserMap users, groups;
};

// An archive on its way into a folder, without what is not the image's.
class Unpacking {
 public:
  Unpacking(const std::string &folder, ExtractionLimits limits, bool has_init_layer, Owners owners)
      : tree_(folder, limits), has_init_layer_(has_init_layer), owners_(std::move(owners)) {}

  void take(std::string_view bytes) {
    archive_.feed(bytes);
    for (auto event = archive_.next(); event != ArchiveReader::Event::hungry; event = archive_.next()) {
      if (event == ArchiveReader::Event::data)
        tree_.data(archive_.data());
      else if (has_init_layer_)
        init_layer_.take(archive_.entry(), emit_);
      else
        begin(archive_.entry());
    }
  }
  void flush() { tree_.flush(); }
  TreeFacts finish() {
    archive_.finish();
    init_layer_.finish(emit_);
    return tree_.finish();
  }

 private:
  void begin(const ArchiveEntry &entry) {
    if (owners_.users.empty()) return tree_.begin(entry);
    ArchiveEntry owned = entry;
    owned.uid = owners_.users.inside(entry.uid);
    owned.gid = owners_.groups.inside(entry.gid);
    tree_.begin(owned);
  }

  TreeExtraction tree_;
  const bool has_init_layer_;
  const Owners owners_;
  InitLayer init_layer_;
  const InitLayer::Emit emit_ = [this](const ArchiveEntry &entry) { tree_.begin(entry); };
  ArchiveReader archive_;
};

}  // namespace

static Task<TreeFacts> unpack(Api &api, std::string id, std::string subject, Unpacking *unpacking) {
  Request request = api.request("GET");
  // Podman has the archive on its own disk before it begins to answer.
  if (api.engine.is_podman() && request.head_timeout_ms > 0) request.head_timeout_ms *= 10;
  Exchange exchange = co_await api.open(std::move(request), concat("/containers/", id, "/export"), subject);
  for (;;) {
    std::string_view bytes = co_await exchange.next();
    if (bytes.empty()) break;
    // All that has come is written at once.
    for (; !bytes.empty(); bytes = exchange.at_hand()) unpacking->take(bytes);
    unpacking->flush();
  }
  co_return unpacking->finish();
}

static Task<std::unique_ptr<Mount>> extract(Api &api, std::string id, std::string subject, std::string folder,
                                            ExtractionLimits limits, bool is_of_image) {
  auto mount = std::make_unique<ExtractedMount>(folder);  // empties the folder where this fails
  Owners owners;
  // Podman exports the numbers that the users of a container have on its host.
  if (!is_of_image && api.engine.is_podman()) {
    std::string document = co_await api.get(concat("/libpod/containers/", id, "/json"), subject);
    Json maps = Json::parse(document, concat("what the engine says of ", subject))["HostConfig"]["IDMappings"];
    owners = {UserMap(maps["UidMap"]), UserMap(maps["GidMap"])};
  }
  Unpacking unpacking(folder, limits, is_of_image && !api.engine.is_podman(), std::move(owners));
  try {
    TreeFacts facts = co_await unpack(api, id, subject, &unpacking);
    mount->set_facts(std::move(facts));
  } catch (Failure &failure) {
    name_subject(&failure, subject);
    throw;
  }
  co_return mount;
}

Task<std::unique_ptr<Mount>> extract_container(Api &api, Container &container, std::string folder,
                                               ExtractionLimits limits) {
  return extract(api, container.id(), container.subject(), std::move(folder), limits, false);
}

// --- an image --------------------------------------------------------------------------------------------------------

// Which process has made a container for its files: the labels of the session do not tell spaces of process numbers
// apart.
static const char maker_label[] = "conu.files";

// Those of processes that were killed go. Of another machine's nothing is known, and what was started is somebody's.
static Task<void> sweep_on_the_way(Api &api) {
  try {
    Json containers = co_await containers_with(api, maker_label);
    for (size_t i = 0; i < containers.size(); i++) {
      Json container = containers.at(i);
      std::string id = container["Id"].required_string(), maker = container["Labels"][maker_label].text_or("");
      bool is_new = container["State"].text_or("") == "created";
      if (is_new && maker.ends_with(own_identity().boot) && is_dead(maker))
        co_await remove_container(api, id, concat("the container ", id), true, true);
    }
  } catch (const Failure &failure) {
    log(LogLevel::warning, concat("what another process has left cannot be removed: ", failure.message));
  }
}

// The image by its ID, so that it is this very one, of whatever platform. It is never run: a command is there because
// engines ask for one, and the folder to work in because Docker would make the image's own.
static Task<void> create(Api &api, Image &image, Creation *creation) {
  std::string id = co_await image_id(api, image);
  Json labels = Json::object();
  for (const auto &[key, value] : creation->labels()) labels.set(key, value);
  labels.set(maker_label, own_identity().text());
  Json body = Json::object();
  body.set("Image", id).set("Labels", labels).set("WorkingDir", "/").set("NetworkDisabled", Json::boolean(true));
  // Podman may be set up to give each container users of its own.
  if (api.engine.is_podman()) body.set("HostConfig", Json::object().set("UsernsMode", "host"));
  body.set("Cmd", Json::array().append(Json::string("never-started")));
  std::string path = concat("/containers/create", Query().add("name", creation->name).text());
  creation->was_asked = true;
  std::string answer = co_await api.call("POST", path, concat("a container for the files of ", image.subject()), body);
  creation->id = Json::parse(answer, "the engine's answer to POST /containers/create")["Id"].required_string();
}

Task<ContainerPtr> create_for_files(Api &api, Image &image) {
  Scope &scope = co_await current_scope();
  co_await sweep_on_the_way(api);
  if (scope.is_cancelled()) throw scope.reason();
  Creation creation;
  std::optional<Failure> failure;
  try {
    co_await shielded(create(api, image, &creation), cleanup_ms / 2);
    if (scope.is_cancelled()) throw scope.reason();
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return std::make_shared<Container>(image.engine(), creation.id, creation.name, false);
  co_await undo(api, creation, creation.may_exist(*failure));
  throw *failure;
}

static Task<void> extract_to(Api &api, std::string id, std::string subject, std::string folder, ExtractionLimits limits,
                             std::unique_ptr<Mount> *mount) {
  *mount = co_await extract(api, id, subject, folder, limits, true);
}

Task<std::unique_ptr<Mount>> extract_image(Api &api, Image &image, std::string folder, ExtractionLimits limits) {
  ContainerPtr container = co_await create_for_files(api, image);
  std::string subject = concat("the files of ", image.subject());
  std::unique_ptr<Mount> mount;
  co_await with_cleanup(extract_to(api, container->id(), subject, std::move(folder), limits, &mount),
                        remove_container(api, container->id(), container->subject(), true, true));
  co_return mount;
}

}  // namespace conu
