// Removing what libconu has created.
#include "session/cleanup.h"

#include <optional>

namespace conu {

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

Task<void> remove_container(Api &api, std::string id, std::string subject, bool force, bool volumes) {
  Query query;
  query.flag("force", force).flag("v", volumes);
  std::string path = "/containers/" + id + query.text();
  const int64_t pauses_ms[] = {20, 100, 500, -1};
  for (int64_t pause : pauses_ms) {
    std::optional<Failure> failure;
    try {
      co_await try_remove(api, path, subject, force);
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (!failure) co_return;
    if (!force || pause < 0 || !is_about_to_end(*failure)) throw *failure;
    co_await sleep_for(pause);
  }
}

}  // namespace conu
