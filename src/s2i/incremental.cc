// What an earlier build has left for the next one.
#include "filesystem/tree_extraction.h"
#include "image/transfer.h"
#include "s2i/build.h"
#include "s2i/script_run.h"
#include "s2i/users.h"
#include "util/failure.h"
#include "util/log.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

// Whether it is, or leads to, something that is not below the folder of the archive.
static bool is_outside(const ArchiveEntry &entry) {
  std::string name = clean_path(entry.name), target = entry.target;
  bool is_relative = entry.type == ArchiveEntry::Type::symlink && !target.starts_with('/');
  if (is_relative) target = clean_path(concat(parent_path(name), "/", target));
  return leads_out(name) || leads_out(target);
}

namespace {

// The standard output of save-artifacts is an archive.
class ArtifactsOutput : public ScriptOutput {
 public:
  ArtifactsOutput(Steps &steps, const std::string &folder) : ScriptOutput(steps), tree_(folder, {}) {}

  Task<void> take(Piece piece) override {
    if (piece.channel != 1) {
      co_await ScriptOutput::take(piece);
      co_return;
    }
    has_begun_ = true;
    archive_.feed(piece.bytes);
    for (auto event = archive_.next(); event != ArchiveReader::Event::hungry; event = archive_.next()) {
      if (event == ArchiveReader::Event::entry)
        begin(archive_.entry());
      else if (is_taken_)
        tree_.data(archive_.data());
    }
    tree_.flush();
  }

  void complete() {
    if (has_begun_) archive_.finish();
    tree_.finish();
  }

 private:
  void begin(const ArchiveEntry &entry) {
    is_taken_ = !is_outside(entry);
    if (is_taken_)
      tree_.begin(entry);
    else
      log(LogLevel::warning,
          concat("the artifact ", excerpt(entry.name), " is left out: it leads out of their folder"));
  }

  TreeExtraction tree_;
  ArchiveReader archive_;
  bool has_begun_ = false, is_taken_ = false;
};

}  // namespace

static Task<void> finish(Build &build, int exit_code, ArtifactsOutput &output) {
  if (exit_code != 0) throw_script_failure(build.script_subject("save-artifacts"), exit_code, output);
  output.complete();
  co_return;
}

static Task<void> find_script(Build &build, Image &previous, std::string *script) {
  Builder told;
  co_await look_at(build, previous, &told);
  auto path = path_in_image(told.scripts_url, "save-artifacts");
  bool is_uploaded = build.scripts.is_uploaded("save-artifacts");
  if (is_uploaded || !path) path = concat(build.destination, "/scripts/save-artifacts");
  *script = *path;
}

static Task<void> run_save_artifacts(Build &build, ImagePtr previous) {
  ArtifactsOutput output(build.steps, build.artifacts);
  ScriptRun run;
  run.image = previous;
  co_await find_script(build, *previous, &run.script);
  std::string user = assemble_user(build.options(), build.builder);
  if (!user.empty()) run.options = words({"--user", user});
  run.after = [&](Container &, int exit_code) { return finish(build, exit_code, output); };
  co_await run_script(build.api, run, output);
}

// Whether it is there, once it has been pulled as the option says. That there is no earlier build is no failure.
static Task<bool> is_there(Build &build, Image &previous) {
  std::optional<Failure> failure;
  try {
    co_await pull_by(build.api, build.steps, previous, build.options().previous_pull_policy);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) log(LogLevel::info, concat("no earlier build was pulled: ", failure->message));
  bool present = co_await is_present(build.api, previous);
  co_return present;
}

Task<void> save_artifacts(Build &build, std::string *id) {
  ImagePtr previous = Image::by_name(build.image->engine(), build.new_name);
  bool present = co_await is_there(build, *previous);
  if (!present) co_return;
  *id = co_await image_id(build.api, *previous);
  if (!build.scripts.has("save-artifacts")) co_return;
  build.artifacts = concat(build.work, "/artifacts");
  make_folder(build.artifacts, 0700);
  std::optional<Failure> failure;
  try {
    co_await run_save_artifacts(build, previous);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return;
  Scope &scope = co_await current_scope();
  if (scope.is_cancelled()) throw *failure;
  std::string line = concat("WARNING: Clean build will be performed because of error saving previous build artifacts: ",
                            failure->message);
  co_await tell(build, line);
  build.artifacts = concat(build.work, "/no-artifacts");
  make_folder(build.artifacts, 0700);
}

// That the old image stays is no reason to fail: something else may use it.
Task<void> remove_previous(Build &build, const std::string &id) {
  try {
    std::string id_now = co_await image_id(build.api, *build.result);
    ImagePtr previous = Image::by_id(build.image->engine(), id);
    if (id_now != id) co_await remove_image(build.api, *previous, false, false);
  } catch (const Failure &failure) {
    log(LogLevel::warning, concat("the image of the earlier build stays: ", failure.message));
  }
}

}  // namespace conu
