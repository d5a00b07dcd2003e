// The scripts of a build, and where each of them comes from.
#include "s2i/scripts.h"

#include <sys/stat.h>

#include "s2i/builder.h"
#include "s2i/download.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

const Script *Scripts::find(const std::string &name) const {
  for (const Found &found : found_)
    if (found.name == name) return &found.script;
  return nullptr;
}

std::string Scripts::path(const std::string &name, const std::string &destination) const {
  const Script *script = find(name);
  return script->in_image.empty() ? concat(destination, "/scripts/", name) : script->in_image;
}

Labels Scripts::uploaded() const {
  Labels uploaded;
  for (const Found &found : found_)
    if (found.script.in_image.empty()) uploaded.emplace_back(found.name, found.script.on_host);
  return uploaded;
}

// By a URL: what an image has is taken to be there, the others are looked for.
static Task<void> find_by_url(Loop &loop, const std::string &url, const std::string &name, const std::string &work,
                              Script *script, bool *is_there, std::string *refusals) {
  const std::string_view file_scheme = "file://";
  if (url.empty()) co_return;
  if (auto path = path_in_image(url, name)) {
    script->in_image = *path;
    *is_there = true;
  } else if (url.starts_with(file_scheme)) {
    script->on_host = absolute_path(concat(url.substr(file_scheme.size()), "/", name));
    struct stat status {};
    *is_there = stat(script->on_host.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  } else {
    script->on_host = concat(work, "/", name);
    std::string whole = concat(url, "/", name);
    int status = co_await download(loop, whole, script->on_host);
    *is_there = status == 200 || status == 201;
    if (!*is_there) *refusals += concat("; the answer to GET ", without_credentials(whole), " was ", decimal(status));
  }
}

Task<void> find_scripts(Loop &loop, const ScriptPlaces &places, const std::vector<std::string> &names,
                        Scripts *scripts) {
  bool is_by_option = false;
  for (const std::string &name : names) {
    Script script;
    bool is_there = false;
    co_await find_by_url(loop, places.option_url, name, places.work, &script, &is_there, &scripts->refusals);
    is_by_option |= is_there;
    auto in_source = places.source != nullptr && !is_there ? places.source->script(name) : std::nullopt;
    if (in_source) {
      script = Script{"", *in_source};
      is_there = true;
    }
    if (!is_there)
      co_await find_by_url(loop, places.image_url, name, places.work, &script, &is_there, &scripts->refusals);
    if (is_there) scripts->add(name, script);
  }
  if (!places.option_url.empty() && !is_by_option)
    throw_failure(Code::not_found,
                  {"there is no script at ", without_credentials(places.option_url), ", which --scripts-url names",
                   scripts->refusals},
                  "there have to be files assemble, run or save-artifacts");
}

void need_scripts(const Scripts &scripts, const std::vector<std::string> &names, const std::string &subject) {
  std::string missing;
  for (const std::string &name : names)
    if (!scripts.has(name)) missing += concat(missing.empty() ? "" : " and ", name);
  if (!missing.empty())
    throw_failure(Code::not_found, {"there is no script ", missing, " for ", subject, scripts.refusals},
                  "a builder names its scripts by the label io.openshift.s2i.scripts-url, a source has its own in "
                  ".s2i/bin, and --scripts-url tells where others are");
}

}  // namespace conu
