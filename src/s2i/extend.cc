// Source-to-image: extending a builder image with source code.
#include "s2i/extend.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "filesystem/remove_tree.h"
#include "image/transfer.h"
#include "s2i/build.h"
#include "s2i/environment.h"
#include "s2i/s2i_program.h"
#include "s2i/users.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/log.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

std::string Build::script_subject(const char *name) const {
  return concat("the script ", name, " of ", image->subject());
}

void make_folder(const std::string &path, mode_t mode) {
  if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) throw_system_failure({"cannot make the folder ", path}, errno);
}

std::string Build::empty_folder() const {
  std::string folder = concat(work, "/empty");
  make_folder(folder, 0755);
  return folder;
}

Task<void> tell(Build &build, std::string line) {
  Step step;
  step.text = std::move(line);
  co_await build.steps.put(std::move(step));
}

// --- the folder for temporary files ----------------------------------------------------------------------------------

WorkFolder::~WorkFolder() {
  try {
    remove_tree(path());
  } catch (const Failure &failure) {
    log(LogLevel::warning, failure.message);
  }
}

Task<std::unique_ptr<WorkFolder>> WorkFolder::make() {
  auto point = co_await MountPoint::make("");
  co_return std::make_unique<WorkFolder>(std::move(point));
}

static Task<std::unique_ptr<WorkFolder>> make_work(Build &build) {
  if (build.options().keeps_folder) {
    std::string folder = concat(absolute_path(environment("TMPDIR").value_or("/tmp")), "/s2iXXXXXX");
    if (mkdtemp(folder.data()) == nullptr) throw_system_failure({"cannot make the folder ", folder}, errno);
    build.work = folder;
    co_await tell(build, concat("Temporary files stay in ", folder));
    co_return nullptr;
  }
  auto folder = co_await WorkFolder::make();
  build.work = folder->path();
  co_return folder;
}

// --- the builder -----------------------------------------------------------------------------------------------------

Task<void> pull_as_told(Build &build, Image &image, std::string policy) {
  bool pulls = policy == "always";
  if (policy.empty() || policy == "if-not-present") {
    bool present = co_await is_present(build.api, image);
    pulls = !present;
  }
  if (pulls) co_await pull(build.api, build.steps, image, "");
}

Task<Builder> look_at(Build &build, Image &image) {
  std::string document = co_await inspect(build.api, image, true);
  co_return read_builder(Json::parse(document, concat("the engine's answer about ", image.subject())));
}

Task<void> prepare_builder(Build &build) {
  co_await pull_as_told(build, *build.image, build.options().pull_policy);
  build.builder = co_await look_at(build, *build.image);
  check_users(build.options(), build.builder, build.image->subject());
  build.destination = build.options().destination;
  if (build.destination.empty()) build.destination = build.builder.destination;
  if (build.destination.empty()) build.destination = "/tmp";
}

ScriptPlaces places_of(const Build &build) {
  ScriptPlaces places;
  places.option_url = build.options().scripts_url;
  places.image_url = build.builder.scripts_url;
  places.work = build.work;
  if (!build.source.folder.empty()) places.source = &build.source;
  return places;
}

std::vector<std::string> options_for(const Build &build, const std::string &user) {
  std::vector<std::string> options;
  if (!user.empty()) options = {"--user", user};
  for (const std::string &variable : build.environment) options.insert(options.end(), {"--env", variable});
  return options;
}

// --- the build -------------------------------------------------------------------------------------------------------

static Task<void> prepare(Build &build) {
  co_await prepare_builder(build);
  SourceName name(build.extension.source, build.options());
  build.source = co_await fetch(name, build.options(), build.work);
  std::vector<std::string> names = {"assemble", "run", "save-artifacts"};
  build.scripts = co_await find_scripts(build.api.http.loop(), places_of(build), names);
  std::vector<std::string> warnings = build.builder.warnings;
  build.environment = s2i_environment(build.source.environment(), build.options(), &warnings);
  for (const std::string &warning : warnings) co_await tell(build, warning);
}

static std::vector<std::string> needed_scripts(const Build &build) {
  if (build.options().runtime_image.empty()) return {"assemble", "run"};
  return {"assemble"};  // what runs in the end is the other image's
}

static Task<void> make(Build &build) {
  auto work = co_await make_work(build);
  co_await prepare(build);
  if (build.builder.is_on_build()) {
    co_await build_on(build);
    co_return;
  }
  need_scripts(build.scripts, needed_scripts(build), build.image->subject());
  if (!build.options().runtime_image.empty()) co_await prepare_runtime_image(build);
  std::string previous;
  if (build.options().incremental) previous = co_await save_artifacts(build);
  co_await assemble(build);
  if (build.options().removes_previous && !previous.empty()) co_await remove_previous(build, previous);
}

Extension make_extension(std::string source, std::string new_name, std::vector<std::string> arguments) {
  Extension extension{std::move(source), std::move(new_name), std::move(arguments), is_program_wanted(), {}};
  ImageName name = combine(extension.new_name, "");
  if (!name.reference.digest.empty())
    throw_failure(Code::invalid_argument, {name.full_name(), " is no name to give: an image has a digest"});
  if (extension.by_program) return extension;
  extension.options = read_s2i_options(extension.arguments);
  SourceName read(extension.source, extension.options);
  return extension;
}

// The program says nothing of some of its failures.
static Task<void> find_made(Build &build) {
  build.result = Image::by_name(build.image->engine(), build.new_name);
  bool present = co_await is_present(build.api, *build.result);
  if (!present)
    throw_failure(Code::command_failed,
                  {"s2i build has ended without a failure, and made no ", build.result->subject()});
}

Task<ImagePtr> extend(Api &api, Steps &steps, ImagePtr builder, Extension extension) {
  Build build(api, steps, std::move(builder));
  build.extension = std::move(extension);
  build.new_name = combine(build.extension.new_name, "");
  if (build.extension.by_program) {
    co_await extend_by_program(steps, *build.image, build.extension);
    co_await find_made(build);
  } else {
    co_await make(build);
  }
  co_return build.result;
}

}  // namespace conu
