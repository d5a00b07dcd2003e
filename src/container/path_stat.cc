// What an engine tells of a path in a container.
#include "container/path_stat.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

std::string archive_path(const Container &container, const std::string &path) {
  Query query;
  query.add("path", path);
  return container.path(concat("/archive", query.text()));
}

// The modes are those of Go.
std::optional<PathStat> path_stat(const Exchange &exchange, const Container &container, const std::string &path) {
  std::string encoded(exchange.header("X-Docker-Container-Path-Stat")), text;
  if (encoded.empty() && exchange.status() >= 400) return std::nullopt;
  std::string what = concat("what the engine tells of ", path, " in ", container.subject(),
                            ", by the header X-Docker-Container-Path-Stat,");
  if (!base64_decode(encoded, &text)) throw_failure(Code::protocol, {what, " is no base64"});
  Json document = Json::parse(text, what);
  const int64_t folder = INT64_C(1) << 31, link = 1 << 27, device = 1 << 26;
  int64_t mode = document["mode"].integer_or(0);
  PathStat stat;
  stat.is_folder = (mode & folder) != 0;
  stat.is_device = (mode & device) != 0;
  stat.is_link = (mode & link) != 0;
  stat.link_target = document["linkTarget"].text_or("");
  return stat;
}

}  // namespace conu
