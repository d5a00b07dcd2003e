// The scripts of a build, and where each of them comes from.
#include "s2i/scripts.h"

#include <sys/stat.h>

#include "s2i/builder.h"
#include "s2i/download.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

std::string Scripts::path(const std::string &name, const std::string &destination) const {
  const Script &script = found_.at(name);
  return script.in_image.empty() ? concat(destination, "/scripts/", name) : script.in_image;
}

std::map<std::string, std::string> Scripts::uploaded() const {
  std::map<std::string, std::string> uploaded;
  for (const auto &[name, script] : found_)
    if (script.in_image.empty()) uploaded[name] = script.on_host;
  return uploaded;
}

// By a URL: what an image has is taken to be there, the others are looked for.
static Task<std::optional<Script>> find_by_url(Loop &loop, std::string url, std::string name, std::string work) {
  Script script;
  if (auto path = path_in_image(url, name)) {
    script.in_image = *path;
    co_return script;
  }
  const std::string_view file_scheme = "file://";
  if (url.starts_with(file_scheme)) {
    script.on_host = absolute_path(concat(url.substr(file_scheme.size()), "/", name));
    struct stat status {};
    bool is_there = stat(script.on_host.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    if (!is_there) co_return std::nullopt;
    co_return script;
  }
  script.on_host = concat(work, "/", name);
  bool is_there = co_await download(loop, concat(url, "/", name), script.on_host);
  if (!is_there) co_return std::nullopt;
  co_return script;
}

static Task<std::optional<Script>> find_script(Loop &loop, ScriptPlaces places, std::string name, bool *is_by_option) {
  std::optional<Script> script;
  if (!places.option_url.empty()) script = co_await find_by_url(loop, places.option_url, name, places.work);
  *is_by_option |= script.has_value();
  if (script) co_return script;
  if (places.source != nullptr) {
    auto path = places.source->script(name);
    if (path) script = Script{"", *path};
  }
  if (!script && !places.image_url.empty()) script = co_await find_by_url(loop, places.image_url, name, places.work);
  co_return script;
}

class ScriptSearch {
 public:
  static void add(Scripts *scripts, const std::string &name, std::optional<Script> script) {
    if (script) scripts->found_.emplace(name, std::move(*script));
  }
};

Task<Scripts> find_scripts(Loop &loop, ScriptPlaces places, std::vector<std::string> names) {
  Scripts scripts;
  bool is_by_option = false;
  for (const std::string &name : names) {
    auto script = co_await find_script(loop, places, name, &is_by_option);
    ScriptSearch::add(&scripts, name, std::move(script));
  }
  if (!places.option_url.empty() && !is_by_option)
    throw_failure(Code::not_found, {"there is no script at ", places.option_url, ", which --scripts-url names"},
                  "there have to be files assemble, run or save-artifacts");
  co_return scripts;
}

void need_scripts(const Scripts &scripts, const std::vector<std::string> &names, const std::string &subject) {
  std::string missing;
  for (const std::string &name : names)
    if (!scripts.has(name)) missing += concat(missing.empty() ? "" : " and ", name);
  if (!missing.empty())
    throw_failure(Code::not_found, {"there is no script ", missing, " for ", subject},
                  "a builder names its scripts by the label io.openshift.s2i.scripts-url, a source has its own in "
                  ".s2i/bin, and --scripts-url tells where others are");
}

}  // namespace conu
