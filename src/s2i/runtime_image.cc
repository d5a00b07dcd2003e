// Taking what was assembled over into an image of its own, without what it took to assemble it.
#include <sys/stat.h>

#include "container/copy.h"
#include "image/transfer.h"
#include "s2i/build.h"
#include "s2i/script_run.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

// --- before the build ------------------------------------------------------------------------------------------------

[[noreturn]] static void reject(const std::string &artifact, Text why) {
  throw_failure(Code::invalid_argument, {"the runtime artifact ", in_quotes(artifact), " ", why},
                "it is SOURCE[:FOLDER]: an absolute path in the builder's container, and a folder below the one that "
                "the runtime image works in");
}

// SOURCE[:FOLDER]
static Artifact parse_artifact(const std::string &text) {
  size_t colon = text.find(':');
  Artifact artifact{text.substr(0, colon), colon != text.npos ? text.substr(colon + 1) : ""};
  if (!artifact.source.starts_with('/')) reject(text, "has a source that is no absolute path");
  if (text.find_first_of(";*?\"<>|%#$!+{}&[],'`") != text.npos) reject(text, "has a character that has no place there");
  std::string clean = clean_path(artifact.folder);
  if (leads_out(clean)) reject(text, "has a folder that is absolute or leads out");
  artifact.folder = clean;
  return artifact;
}

Task<void> prepare_runtime_image(Build &build) {
  build.runtime = std::make_unique<Runtime>();
  Runtime &runtime = *build.runtime;
  runtime.image = Image::by_name(build.image->engine(), combine(build.options().runtime_image, ""));
  co_await pull_by(build.api, build.steps, *runtime.image, build.options().runtime_pull_policy);
  co_await look_at(build, *runtime.image, &runtime.told);
  std::vector<std::string> artifacts = build.options().runtime_artifacts;
  std::string label = runtime.told.label("io.openshift.s2i.assemble-input-files");
  if (artifacts.empty())
    for (std::string_view part : split(label, ';'))
      if (!trimmed(part).empty()) artifacts.emplace_back(trimmed(part));
  if (artifacts.empty())
    throw_failure(Code::invalid_argument, {"nothing is named to be taken over into ", runtime.image->subject()},
                  "name it by --runtime-artifact, or by the image's label io.openshift.s2i.assemble-input-files");
  for (const std::string &artifact : artifacts) runtime.artifacts.push_back(parse_artifact(artifact));
  ScriptPlaces places = places_of(build);
  places.image_url = runtime.told.scripts_url;
  places.work = concat(build.work, "/runtime-scripts");
  make_folder(places.work, 0755);
  auto names = words({"assemble-runtime", "run"});
  co_await find_scripts(build.api.http.loop(), places, names, &runtime.scripts);
  need_scripts(runtime.scripts, names, runtime.image->subject());
}

// --- after assemble --------------------------------------------------------------------------------------------------

static Task<void> take_artifacts(Build &build, Container &container, const std::string &folder) {
  make_folder(folder, 0755);
  for (const Artifact &artifact : build.runtime->artifacts) {
    std::string path = folder;
    for (std::string_view part : split(artifact.folder, '/')) {
      path += concat("/", part);
      make_folder(path, 0755);
    }
    co_await copy_from(build.api, container, artifact.source, path);
  }
}

static Task<void> put_artifacts(Build &build, Container &container, const std::string &folder) {
  TreeChoice choice;
  choice.keeps_owners = false;
  choice.dress = [](const std::string &, struct stat &status) {
    if (S_ISLNK(status.st_mode)) return;
    bool is_executable = S_ISDIR(status.st_mode) || (status.st_mode & 0111) != 0;
    status.st_mode = (status.st_mode & S_IFMT) | (is_executable ? 0755 : 0644);
  };
  std::vector<TreeRoot> roots = {{folder, ""}};
  auto scripts = build.runtime->scripts.uploaded();
  if (!scripts.empty()) roots.push_back({build.empty_folder(), "scripts"});
  for (const auto &[name, path] : scripts) roots.push_back(script_root(path, concat("scripts/", name)));
  auto archive = std::make_shared<TreeArchive>(roots, choice);
  std::string workdir = clean_path(concat("/", build.runtime->told.workdir));
  co_await put_archive(build.api, container, workdir, archive, concat("the artifacts for ", container.subject()));
}

static Task<void> finish(Build &build, Container &container, int exit_code, ScriptOutput &output) {
  const Runtime &runtime = *build.runtime;
  if (exit_code != 0)
    throw_script_failure(concat("the script assemble-runtime of ", runtime.image->subject()), exit_code, output);
  std::string run = runtime.script("run");
  co_await commit_result(build, container, runtime.told, run);
}

std::string Runtime::script(const char *name) const {
  return scripts.path(name, clean_path(concat("/", told.workdir)));
}

Task<void> take_to_runtime_image(Build &build, Container &container) {
  std::string folder = concat(build.work, "/runtime-artifacts");
  co_await take_artifacts(build, container, folder);
  ScriptOutput output(build.steps, build.options().quiet);
  ScriptRun run;
  run.image = build.runtime->image;
  run.script = build.runtime->script("assemble-runtime");
  std::string user = build.options().runtime_user;
  if (user.empty()) user = build.runtime->told.label("io.openshift.s2i.assemble-runtime-user");
  run.options = options_for(build, user);
  run.before = [&build, folder](Container &made) { return put_artifacts(build, made, folder); };
  run.after = [&build, &output](Container &made, int exit_code) { return finish(build, made, exit_code, output); };
  co_await run_script(build.api, run, output);
}

}  // namespace conu
