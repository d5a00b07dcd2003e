// What --use-api-socket gives a container beside the engine's socket.
#include "container/shared_engine.h"

#include <sys/stat.h>

#include "container/run_values.h"
#include "engine/credentials.h"
#include "filesystem/archive_writer.h"
#include "util/text.h"

namespace conu {

static const char config_folder[] = "run/secrets/docker";

Task<std::string> shared_config(Api &api, Json body) {
  Json known = co_await registry_credentials(api);
  if (known.size() == 0) co_return "";
  Json auths = Json::object();
  for (const auto &[registry, credentials] : known.members()) {
    Json entry = Json::object();
    std::string user = credentials["username"].text_or("");
    if (!user.empty()) entry.set("auth", base64(concat(user, ":", credentials["password"].text_or(""))));
    for (const char *token : {"identitytoken", "registrytoken"}) entry.set(token, credentials[token]);
    auths.set(registry, entry);
  }
  member(body, "Env", Json::array()).append(Json::string(concat("DOCKER_CONFIG=/", config_folder)));
  co_return Json::object().set("auths", auths).dump();
}

Task<void> put_config(Api &api, Container &container, std::string config) {
  struct stat status {};
  status.st_mode = S_IFREG | 0600;
  status.st_size = static_cast<off_t>(config.size());
  ArchiveWriter archive;
  archive.begin(concat(config_folder, "/config.json"), status, "");
  archive.data(config);
  archive.finish();
  Request request = api.request("PUT");
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.body = archive.take();
  std::string path = container.path("/archive?path=%2F");
  std::string subject = concat("the credentials of --use-api-socket for ", container.subject());
  Exchange exchange = co_await api.open(std::move(request), path, subject);
  co_await exchange.rest(1 << 20);
}

}  // namespace conu
