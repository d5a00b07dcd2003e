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

Extension::~Extension() = default;
Runtime::Runtime() = default;
Runtime::~Runtime() = default;
Build::Build(Api &api, Steps &steps, ImagePtr image) : api(api), steps(steps), image(std::move(image)) {}
Build::~Build() = default;

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

Task<void> tell(Build &build, const std::string &line) {
  Step step;
  step.text = line;
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

// Null: it stays.
static Task<void> make_work(Build &build, std::unique_ptr<WorkFolder> *folder) {
  if (build.options().keeps_folder) {
    build.work = concat(absolute_path(environment("TMPDIR").value_or("/tmp")), "/s2iXXXXXX");
    if (mkdtemp(build.work.data()) == nullptr) throw_system_failure({"cannot make the folder ", build.work}, errno);
    std::string line = concat("Temporary files stay in ", build.work);
    co_await tell(build, line);
    co_return;
  }
  *folder = co_await WorkFolder::make();
  build.work = (*folder)->path();
}

// --- the builder -----------------------------------------------------------------------------------------------------

Task<void> look_at(Build &build, Image &image, Builder *builder) {
  std::string document = co_await inspect(build.api, image, true);
  read_builder(Json::parse(document, concat("the engine's answer about ", image.subject())), builder);
}

Task<void> prepare_builder(Build &build) {
  co_await pull_by(build.api, build.steps, *build.image, build.options().pull_policy);
  co_await look_at(build, *build.image, &build.builder);
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
  places.source = build.source.get();
  return places;
}

std::vector<std::string> options_for(const Build &build, const std::string &user) {
  std::vector<std::string> options;
  auto add = [&](const char *option, const std::string &value) {
    options.emplace_back(option);
    options.push_back(value);
  };
  if (!user.empty()) add("--user", user);
  for (const std::string &variable : build.environment) add("--env", variable);
  return options;
}

// --- the build -------------------------------------------------------------------------------------------------------

// Of what was asked for and has no effect, and of what is out of use.
static void add_warnings(const Build &build, std::vector<std::string> *warnings) {
  const S2iOptions &options = build.options();
  if (!options.ref.empty() && !build.source->is_clone())
    warnings->push_back(concat("warning: --ref has no effect: ", build.source->location, " is taken as it is"));
  bool is_of_container = options.incremental || !options.runtime_image.empty() || !options.assemble_user.empty() ||
                         !options.injections.empty() || !options.container_options.empty();
  if (is_of_container && build.builder.is_on_build())
    warnings->push_back(concat("warning: options for assemble have no effect: ", build.image->subject(),
                               " has ONBUILD instructions instead"));
  for (const auto &[name, path] : build.scripts.uploaded())
    if (path.find("/.sti/bin/") != path.npos) warnings->push_back(concat("warning: .sti/bin is out of use: ", path));
}

static Task<void> prepare(Build &build) {
  co_await prepare_builder(build);
  build.source = std::make_shared<Source>();
  co_await fetch(*build.extension->source_name, build.options(), build.work, build.source.get());
  auto names = words({"assemble", "run", "save-artifacts"});
  ScriptPlaces places = places_of(build);
  co_await find_scripts(build.api.http.loop(), places, names, &build.scripts);
  std::vector<std::string> warnings = build.builder.warnings;
  build.environment = s2i_environment(build.source->environment(), build.options(), &warnings);
  add_warnings(build, &warnings);
  for (const std::string &warning : warnings) co_await tell(build, warning);
}

static std::vector<std::string> needed_scripts(const Build &build) {
  if (build.options().runtime_image.empty()) return words({"assemble", "run"});
  return words({"assemble"});  // what runs in the end is the other image's
}

static Task<void> make(Build &build) {
  std::unique_ptr<WorkFolder> work;
  co_await make_work(build, &work);
  co_await prepare(build);
  if (build.builder.is_on_build()) {
    co_await build_on(build);
    co_return;
  }
  need_scripts(build.scripts, needed_scripts(build), build.image->subject());
  if (!build.options().runtime_image.empty()) co_await prepare_runtime_image(build);
  std::string previous;
  if (build.options().incremental) co_await save_artifacts(build, &previous);
  co_await assemble(build);
  if (build.options().removes_previous && !previous.empty()) co_await remove_previous(build, previous);
}

ExtensionPtr make_extension(std::string source, std::string new_name, std::vector<std::string> arguments) {
  auto made = std::make_shared<Extension>();
  Extension &extension = *made;
  extension.source = std::move(source);
  extension.new_name = std::move(new_name);
  extension.arguments = std::move(arguments);
  extension.by_program = is_program_wanted();
  ImageName name = combine(extension.new_name, "");
  if (!name.reference.digest.empty())
    throw_failure(Code::invalid_argument, {name.full_name(), " is no name to give: an image has a digest"});
  if (extension.by_program) return made;
  read_s2i_options(extension.arguments, &extension.options);
  extension.source_name.emplace(extension.source, extension.options);
  return made;
}

// The program says nothing of some of its failures.
static Task<void> find_made(Build &build) {
  build.result = Image::by_name(build.image->engine(), build.new_name);
  bool present = co_await is_present(build.api, *build.result);
  if (!present)
    throw_failure(Code::command_failed,
                  {"s2i build has ended without a failure, and made no ", build.result->subject()});
}

Task<ImagePtr> extend(Api &api, Steps &steps, ImagePtr builder, ExtensionPtr extension) {
  Build build(api, steps, std::move(builder));
  build.extension = std::move(extension);
  build.new_name = combine(build.extension->new_name, "");
  if (build.extension->by_program) {
    co_await extend_by_program(steps, *build.image, *build.extension);
    co_await find_made(build);
  } else {
    co_await make(build);
  }
  co_return build.result;
}

}  // namespace conu
