// Running the script assemble in a container of the builder.
#include "s2i/build.h"
#include "s2i/script_run.h"
#include "s2i/users.h"

namespace conu {

static Task<void> finish(Build &build, Container &container, int exit_code, ScriptOutput &output) {
  if (exit_code != 0) throw_script_failure(build.script_subject("assemble"), exit_code, output);
  co_await empty_injected(build, container);
  if (build.options().runtime_image.empty()) {
    std::string run = build.scripts.path("run", build.destination);
    co_await commit_result(build, container, build.builder, run);
  } else {
    co_await take_to_runtime_image(build, container);
  }
}

Task<void> assemble(Build &build) {
  ScriptOutput output(build.steps, build.options().quiet);
  std::string user = assemble_user(build.options(), build.builder);
  ScriptRun run;
  run.image = build.image;
  run.script = build.scripts.path("assemble", build.destination);
  run.options = options_for(build, user);
  const std::vector<std::string> &given = build.options().container_options;
  run.options.insert(run.options.end(), given.begin(), given.end());
  run.destination = build.destination;
  run.user = user.empty() ? build.builder.user : user;
  UploadPtr upload(new Upload{build.source, build.scripts.uploaded(), build.empty_folder(), build.artifacts});
  run.archive = [upload](Owner owner) { return upload_archive(upload, owner); };
  run.before = [&build](Container &container) { return inject(build, container); };
  run.after = [&build, &output](Container &container, int exit_code) {
    return finish(build, container, exit_code, output);
  };
  co_await run_script(build.api, run, output);
}

}  // namespace conu
