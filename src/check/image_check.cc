// All checks of a document on an image.
#include "check/image_check.h"

#include "check/command_checks.h"
#include "check/file_checks.h"
#include "check/layer_checks.h"
#include "check/metadata_checks.h"
#include "loop/group.h"
#include "util/clock.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// Awaits a check, and measures it.
static Task<void> timed(Task<void> check, CheckResult *result) {
  int64_t start = monotonic_ns();
  co_await std::move(check);
  result->duration_ns = monotonic_ns() - start;
}

static CheckResult named(const char *kind, const std::string &name) {
  CheckResult result;
  result.name = name.empty() ? kind : concat(kind, ": ", name);
  return result;
}

// --- commands --------------------------------------------------------------------------------------------------------

namespace {

struct Commands {
  Api &api;
  ImagePtr image;
  const CheckDocument &document;
  Environment environment;
  std::vector<CheckResult> results;
  size_t next = 0;
};

}  // namespace

static Task<void> work_on(Commands *commands) {
  while (commands->next < commands->results.size()) {
    size_t i = commands->next++;
    const CommandCheck &check = commands->document.commands[i];
    CheckResult *result = &commands->results[i];
    co_await timed(
        check_command(commands->api, commands->image, commands->document, check, commands->environment, result),
        result);
  }
}

static Task<void> check_commands(Commands *commands) {
  for (const CommandCheck &check : commands->document.commands)
    commands->results.push_back(named("Command Test", check.name));
  std::vector<Task<void>> workers;
  for (size_t i = 0; i < 4 && i < commands->results.size(); i++) workers.push_back(work_on(commands));
  if (!workers.empty()) co_await when_all(std::move(workers));
}

// --- files -----------------------------------------------------------------------------------------------------------

static Task<void> check_all_files(ImageFiles &files, const CheckDocument &document, const Environment &environment,
                                  std::vector<CheckResult> *results) {
  for (const FileExistenceCheck &check : document.file_existence) {
    CheckResult result = named("File Existence Test", check.name);
    co_await timed(check_existence(files, check, environment, &result), &result);
    results->push_back(std::move(result));
  }
  for (const FileContentCheck &check : document.file_content) {
    CheckResult result = named("File Content Test", check.name);
    co_await timed(check_content(files, check, environment, &result), &result);
    results->push_back(std::move(result));
  }
  if (document.setuid) {
    CheckResult result = named("Set-uid Test", document.setuid->name);
    co_await timed(check_setuid(files, *document.setuid, &result), &result);
    results->push_back(std::move(result));
  }
}

static Task<void> check_files(Api &api, Image &image, Json facts, const CheckDocument &document,
                              const Environment &environment, std::vector<CheckResult> *results) {
  if (document.file_existence.empty() && document.file_content.empty() && !document.setuid) co_return;
  std::unique_ptr<ImageFiles> files = co_await open_files(api, image, facts);
  co_await with_cleanup(check_all_files(*files, document, environment, results), files->close());
}

// --- layers ----------------------------------------------------------------------------------------------------------

static Task<void> check_sizes_of(Api &api, Image &image, Json facts, const LayerSizeCheck &check, CheckResult *result) {
  std::string answer = co_await api.get(image.path("/history"), image.subject());
  check_sizes(facts, Json::parse(answer, concat("the engine's answer to GET ", image.path("/history"))), check, result);
}

static Task<void> check_layers(Api &api, Image &image, Json facts, const CheckDocument &document,
                               std::vector<CheckResult> *results) {
  if (document.sizes) {
    CheckResult result = named("Layer Size Test", document.sizes->name);
    co_await timed(check_sizes_of(api, image, facts, *document.sizes, &result), &result);
    results->push_back(std::move(result));
  }
  std::vector<std::string> paths;
  for (const LayerCheck &check : document.layers) paths.push_back(check.path.substr(1));
  for (const HiddenFileCheck &check : document.hidden) paths.push_back(check.path.substr(1));
  if (paths.empty()) co_return;
  std::vector<ScannedLayer> layers = co_await scan_layers(api, image, paths);
  for (const LayerCheck &check : document.layers) {
    results->push_back(named("Layer Test", check.name));
    check_layer(layers, check, &results->back());
  }
  for (const HiddenFileCheck &check : document.hidden) {
    results->push_back(named("Hidden File Test", check.name));
    check_hidden(layers, check, &results->back());
  }
}

// --- all -------------------------------------------------------------------------------------------------------------

static void append(std::vector<CheckResult> results, std::vector<CheckResult> *all) {
  for (CheckResult &result : results) all->push_back(std::move(result));
}

Task<CheckResults> check_image(Api &api, ImagePtr image, const CheckDocument &document) {
  int64_t start = monotonic_ns();
  std::string text = co_await inspect(api, *image, true);
  Json facts = Json::parse(text, concat("the inspect document of ", image->subject()));
  Environment environment = environment_in(facts);
  std::vector<CheckResult> file_results;
  // Mounting fails early where it fails, and takes no time.
  co_await check_files(api, *image, facts, document, environment, &file_results);
  Commands commands{api, image, document, environment, {}};
  co_await check_commands(&commands);
  CheckResults all;
  all.image = image->full_name();
  append(std::move(commands.results), &all.results);
  append(std::move(file_results), &all.results);
  if (document.metadata) {
    CheckResult result = named("Metadata Test", "");
    check_metadata(facts, *document.metadata, &result);
    all.results.push_back(std::move(result));
  }
  co_await check_layers(api, *image, facts, document, &all.results);
  all.duration_ns = monotonic_ns() - start;
  co_return all;
}

}  // namespace conu
