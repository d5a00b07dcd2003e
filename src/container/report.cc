// What an engine reports of a container beside its state.
#include "container/report.h"

#include "container/state.h"
#include "util/text.h"

namespace conu {

Task<std::string> changes(Api &api, Container &container) {
  std::string answer;
  try {
    answer = co_await api.get(container.path("/changes"), container.subject());
  } catch (Failure &failure) {
    // Podman's 500 for a container that is gone.
    if (failure.message.find("layer not known") != std::string::npos) failure.code = Code::not_found;
    throw;
  }
  if (trimmed(answer) == "null") answer = "[]";  // no changes
  co_return answer;
}

// What does not run has no processes and uses nothing: Podman answers with no word then, Docker with zeros.
static Task<void> refuse(Api &api, Container &container, const char *what) {
  Json document = co_await inspect(api, container);
  throw_failure(Code::conflict,
                {container.subject(), " is ", status_in(document), ": the engine tells nothing of ", what});
}

Task<std::string> stats(Api &api, Container &container) {
  std::string answer = co_await api.get(container.path("/stats?stream=0&one-shot=1"), container.subject());
  bool is_empty = trimmed(answer).empty() || answer.find("\"read\":\"0001-01-01T00:00:00Z\"") != std::string::npos;
  if (is_empty) co_await refuse(api, container, "what it uses");
  co_return answer;
}

// Podman's columns, as far as it has those of Docker; so it needs no `ps` in the container.
static const char podman_columns[] = "?ps_args=user,hpid,pcpu,stime,tty,time,args";

static std::string in_dockers_words(const std::string &answer, const std::string &source) {
  Json titles = Json::array();
  for (const char *title : {"UID", "PID", "C", "STIME", "TTY", "TIME", "CMD"}) titles.append(Json::string(title));
  Json processes = Json::parse(answer, source)["Processes"];
  return Json::object().set("Titles", titles).set("Processes", processes).dump();
}

Task<std::string> top(Api &api, Container &container) {
  bool is_podman = api.engine.is_podman();
  std::string path = container.path("/top");
  if (is_podman) path += podman_columns;
  std::string answer = co_await api.get(path, container.subject());
  if (trimmed(answer).empty()) co_await refuse(api, container, "its processes");
  if (is_podman) co_return in_dockers_words(answer, concat("the engine's answer to GET ", container.path("/top")));
  co_return answer;
}

}  // namespace conu
