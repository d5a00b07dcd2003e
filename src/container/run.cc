// Creating and starting a container.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "container/container.h"
#include "container/creation.h"
#include "container/lifecycle.h"
#include "container/run_options.h"
#include "container/shared_engine.h"
#include "image/transfer.h"
#include "loop/group.h"
#include "util/failure.h"
#include "util/fd.h"
#include "util/text.h"

namespace conu {

namespace {

// The file for the container's ID, of --cidfile. It is taken before the container is created, and goes with it.
class CidFile {
 public:
  explicit CidFile(const std::string &path) : path_(path) {
    if (path_.empty()) return;
    file_ = Fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file_ && errno == EEXIST)
      reject_option("--cidfile", path_, {"names a file that is there already", "remove it, or choose another one"});
    if (!file_) throw_system_failure({"cannot create ", path_, ", the file of --cidfile"}, errno);
  }
  ~CidFile() {
    if (file_) unlink(path_.c_str());
  }
  CidFile(const CidFile &) = delete;
  CidFile &operator=(const CidFile &) = delete;

  void write(const std::string &id) {
    if (file_ && ::write(file_.get(), id.data(), id.size()) != static_cast<ssize_t>(id.size()))
      throw_system_failure({"cannot write ", path_, ", the file of --cidfile"}, errno);
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
      throw_failure(Code::unsupported,
                    {"option ", need.option, " of docker run needs version 1.", decimal(need.minor),
                     " of the engine's API, and the engine at ", engine.url(), " has ", engine.api_version()});
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
      if (text == concat("seccomp=", profile.text)) text = concat("seccomp=", profile.path);
    options.append(Json::string(text));
  }
  request.body["HostConfig"].set("SecurityOpt", options);
}

static Task<void> pull_if_asked(Api &api, Image &image, const RunRequest &request) {
  bool wanted = request.pull == "always";
  if (request.pull == "missing") {
    bool present = co_await is_present(api, image);
    wanted = !present;
  }
  Steps unread;
  if (wanted) co_await pull(api, unread, image, request.platform);
}

// --- the container ---------------------------------------------------------------------------------------------------

static Task<void> create(Api &api, Image &image, const RunRequest &request, Creation *creation) {
  Query query;
  query.add("name", creation->name).add("platform", request.platform);
  std::string subject = concat("the container ", creation->name, " of ", image.subject());
  creation->was_asked = true;
  std::string answer = co_await api.call("POST", concat("/containers/create", query.text()), subject, request.body);
  creation->id = Json::parse(answer, "the engine's answer to POST /containers/create")["Id"].required_string();
}

static void explain(Failure *failure, const std::string &name) {
  if (failure->code == Code::conflict && failure->hint.empty())
    failure->hint = concat("the name ", name, " is taken: choose another one, or remove the container that has it");
  bool no_command = failure->message.find("No command specified") != std::string::npos ||
                    failure->message.find("no command or entrypoint provided") != std::string::npos;
  if (no_command) {
    failure->code = Code::invalid_argument;
    failure->hint = "the image has no command of its own: give the builder one";
  }
  blame_program(failure);
}

static Task<ContainerPtr> create_and_start(Api &api, Image &image, const RunRequest &request, Creation *creation,
                                           CidFile *cid_file, bool starts) {
  co_await pull_if_asked(api, image, request);
  std::string config;
  if (request.shares_engine) config = co_await shared_config(api, request.body);
  co_await create_volumes(api, request.volumes, creation);
  Scope &scope = co_await current_scope();
  // A cancel waits for the answer, for a while: what has been created can then be removed for certain. Waiting and
  // removing share the time that cleaning up may take.
  co_await shielded(create(api, image, request, creation), cleanup_ms / 2);
  if (scope.is_cancelled()) throw scope.reason();
  cid_file->write(creation->id);
  bool has_terminal = request.body["Tty"].boolean_or(false);
  auto container = std::make_shared<Container>(image.engine(), creation->id, creation->name, has_terminal);
  if (!config.empty()) co_await put_config(api, *container, config);
  if (starts) co_await start(api, *container);
  cid_file->keep();
  co_return container;
}

static Task<ContainerPtr> run(Api &api, Image &image, RunBuilder builder, bool starts) {
  Creation creation;
  for (const auto &[key, value] : creation.labels()) builder.add_label(key, value);
  RunRequest request = builder.request(image.engine_name());  // a malformed option is told before any request
  check_version(api.engine, request);
  place_mac(api.engine, request.body);
  name_profiles(api.engine, request);
  if (!request.name.empty()) creation.name = request.name;
  CidFile cid_file(request.cid_file);
  ContainerPtr container;
  std::optional<Failure> failure;
  try {
    container = co_await create_and_start(api, image, request, &creation, &cid_file, starts);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return container;
  explain(&*failure, creation.name);
  co_await undo(api, creation, creation.may_exist(*failure));
  throw *failure;
}

Task<ContainerPtr> run_via_api(Api &api, Image &image, RunBuilder builder) {
  return run(api, image, std::move(builder), true);
}

Task<ContainerPtr> create_via_api(Api &api, Image &image, RunBuilder builder) {
  return run(api, image, std::move(builder), false);
}

}  // namespace conu
