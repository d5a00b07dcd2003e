// What a builder says of its usage.
#include "s2i/build.h"
#include "s2i/s2i_program.h"
#include "s2i/script_run.h"
#include "util/text.h"

namespace conu {

namespace {

class WholeOutput : public ScriptOutput {
 public:
  using ScriptOutput::ScriptOutput;
  std::string text;

 protected:
  void notice(std::string_view line) override { text.append(line).append("\n"); }
};

}  // namespace

static Task<void> finish(Build &build, int exit_code, ScriptOutput &output) {
  if (exit_code != 0) throw_script_failure(build.script_subject("usage"), exit_code, output);
  co_return;
}

Task<std::string> usage(Api &api, ImagePtr image) {
  if (is_program_wanted()) {
    std::string said = co_await usage_by_program(*image);
    co_return said;
  }
  Steps unread;
  Build build(api, unread, std::move(image));
  build.extension = std::make_shared<Extension>();  // without options
  auto work = co_await WorkFolder::make();
  build.work = work->path();
  co_await prepare_builder(build);
  auto names = words({"usage"});
  ScriptPlaces places = places_of(build);
  co_await find_scripts(api.http.loop(), places, names, &build.scripts);
  need_scripts(build.scripts, names, build.image->subject());

  WholeOutput output(unread);
  ScriptRun run;
  run.image = build.image;
  run.script = build.scripts.path("usage", build.destination);
  run.destination = build.destination;
  run.user = build.builder.user;
  UploadPtr upload(new Upload{nullptr, build.scripts.uploaded(), build.empty_folder(), ""});
  run.archive = [upload, &output](Owner owner) {
    output.text.clear();  // of what was said where it had to be tried again, without tar
    return upload_archive(upload, owner);
  };
  run.after = [&](Container &, int exit_code) { return finish(build, exit_code, output); };
  co_await run_script(api, run, output);
  co_return std::string(trimmed(output.text));
}

}  // namespace conu
