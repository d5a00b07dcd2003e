// Creating and starting a container.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "container/container.h"
#include "container/lifecycle.h"
#include "container/run_options.h"
#include "image/transfer.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "session/labels.h"
#include "util/failure.h"
#include "util/fd.h"
#include "util/text.h"

namespace conu {

namespace {

// What is known of a creation, also if its end was not seen.
struct Creation {
  std::string token;  // the label that tells this very request's container from all others
  std::string name;
  std::string id;                    // empty: no answer came
  bool was_asked = false;            // for the container
  std::vector<std::string> volumes;  // that were not there before
};

const char token_label[] = "conu.request";

// The file for the container's ID, of --cidfile. It is taken before the container is created, and goes with it.
class CidFile {
 public:
  explicit CidFile(const std::string &path) : path_(path) {
    if (path_.empty()) return;
    file_ = Fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file_ && errno == EEXIST)
      reject_option("--cidfile", path_, {"names a file that is there already", "remove it, or choose another one"});
    if (!file_) throw system_failure("cannot create " + path_ + ", the file of --cidfile", errno);
  }
  ~CidFile() {
    if (file_) unlink(path_.c_str());
  }
  CidFile(const CidFile &) = delete;
  CidFile &operator=(const CidFile &) = delete;

  void write(const std::string &id) {
    if (file_ && ::write(file_.get(), id.data(), id.size()) != static_cast<ssize_t>(id.size()))
      throw system_failure("cannot write " + path_ + ", the file of --cidfile", errno);
  }
  void keep() { file_.reset(); }

 private:
  const std::string path_;
  Fd file_;
};

}  // namespace

// --- before the container --------------------------------------------------------------------------------------------

static int minor_version(const Engine &engine) {
  const std::string &version = engine.api_version();
  return std::atoi(version.c_str() + version.find('.') + 1);
}

// An engine leaves out what it does not know.
static void check_version(const Engine &engine, const RunRequest &request) {
  for (const NeededVersion &need : request.needs)
    if (minor_version(engine) < need.minor)
      throw Failure(Code::unsupported, "option " + need.option + " of docker run needs version 1." +
                                           std::to_string(need.minor) + " of the engine's API, and the engine at " +
                                           engine.url() + " has " + engine.api_version());
}

// Since 1.44 a hardware address belongs to a network; versions before do not look for it there.
static void place_mac(const Engine &engine, Json body) {
  if (!body["MacAddress"] || minor_version(engine) < 44) return;
  std::string network = body["HostConfig"]["NetworkMode"].text_or("default");
  Json networking = member(body, "NetworkingConfig", Json::object());
  Json endpoint = member(member(networking, "EndpointsConfig", Json::object()), network, Json::object());
  endpoint.set("MacAddress", body["MacAddress"]);
}

// Podman takes no profile, but the path of one.
static void name_profiles(const Engine &engine, const RunRequest &request) {
  if (!engine.is_podman() || request.profiles.empty()) return;
  Json options = Json::array();
  for (const Json &option : request.body["HostConfig"]["SecurityOpt"].items()) {
    std::string text = option.required_string();
    for (const Profile &profile : request.profiles)
      if (text == "seccomp=" + profile.text) text = "seccomp=" + profile.path;
    options.append(Json::string(text));
  }
  request.body["HostConfig"].set("SecurityOpt", options);
}

static Task<bool> volume_exists(Api &api, std::string name) {
  try {
    co_await api.get("/volumes/" + percent_encoded(name), "the volume " + name);
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
  std::string answer = co_await api.call("POST", "/volumes/create", "the volume " + volume.name, body);
  // Another one may have been quicker: then it is not ours to remove.
  Json made = Json::parse(answer, "the engine's answer to POST /volumes/create");
  if (made["Labels"]["conu.session"].text_or("") == session_id()) creation->volumes.push_back(volume.name);
}

static Task<void> create_volumes(Api &api, std::vector<NamedVolume> volumes, Creation *creation) {
  for (const NamedVolume &volume : volumes) {
    bool exists = co_await volume_exists(api, volume.name);
    // As with the container, a cancel waits for the answer, which says what is to be removed.
    if (!exists) co_await shielded(create_volume(api, volume, creation), cleanup_ms / 2);
  }
}

static Task<void> pull_if_asked(Api &api, Image &image, RunRequest request) {
  bool wanted = request.pull == "always";
  if (request.pull == "missing") {
    bool present = co_await is_present(api, image);
    wanted = !present;
  }
  Steps unread;
  if (wanted) co_await pull(api, unread, image, request.platform);
}

// --- the container ---------------------------------------------------------------------------------------------------

static Task<void> create(Api &api, Image &image, RunRequest request, Creation *creation) {
  Query query;
  query.add("name", creation->name).add("platform", request.platform);
  std::string subject = "the container " + creation->name + " of " + image.subject();
  creation->was_asked = true;
  std::string answer = co_await api.call("POST", "/containers/create" + query.text(), subject, request.body);
  creation->id = Json::parse(answer, "the engine's answer to POST /containers/create")["Id"].required_string();
}

static Task<void> remove_container_of(Api &api, Creation creation) {
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

static Task<void> remove_created(Api &api, Creation creation, bool with_container) {
  if (with_container) co_await remove_container_of(api, creation);
  for (const std::string &volume : creation.volumes)
    co_await api.call("DELETE", "/volumes/" + percent_encoded(volume), "the volume " + volume);
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

static Task<ContainerPtr> create_and_start(Api &api, Image &image, RunRequest request, Creation *creation,
                                           CidFile *cid_file) {
  co_await pull_if_asked(api, image, request);
  co_await create_volumes(api, request.volumes, creation);
  Scope &scope = co_await current_scope();
  // A cancel waits for the answer, for a while: what has been created can then be removed for certain. Waiting and
  // removing share the time that cleaning up may take.
  co_await shielded(create(api, image, request, creation), cleanup_ms / 2);
  if (scope.is_cancelled()) throw scope.reason();
  cid_file->write(creation->id);
  bool has_terminal = request.body["Tty"].boolean_or(false);
  auto container = std::make_shared<Container>(image.engine(), creation->id, creation->name, has_terminal);
  co_await start(api, *container);
  cid_file->keep();
  co_return container;
}

Task<ContainerPtr> run_via_api(Api &api, Image &image, RunBuilder builder) {
  Creation creation;
  creation.token = random_uuid();
  for (const auto &[key, value] : session_labels()) builder.add_label(key, value);
  builder.add_label(token_label, creation.token);
  RunRequest request = builder.request(image.engine_name());  // a malformed option is told before any request
  check_version(api.engine, request);
  place_mac(api.engine, request.body);
  name_profiles(api.engine, request);
  // A name of our own making is known without asking for it.
  creation.name = request.name.empty() ? "conu-" + creation.token.substr(0, 13) : request.name;
  CidFile cid_file(request.cid_file);
  ContainerPtr container;
  std::optional<Failure> failure;
  try {
    container = co_await create_and_start(api, image, request, &creation, &cid_file);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return container;
  explain(&*failure, creation.name);
  bool may_exist = creation.was_asked && (!creation.id.empty() || failure->http_status == 0);
  try {
    co_await shielded(remove_created(api, creation, may_exist), cleanup_ms / 2);
  } catch (const Failure &) {
    // The failure that led here is the one to tell; the marks let a later cleaning find what is left.
  }
  throw *failure;
}

}  // namespace conu
