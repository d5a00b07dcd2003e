// The way of builders with ONBUILD instructions: a Dockerfile, whose instructions run theirs first.
#include <sys/stat.h>

#include "image/build.h"
#include "s2i/build.h"
#include "s2i/upload.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

// What the image runs: one of these, which has to be in the root of the source and executable, or is uploaded there.
static std::string entry_point(const Build &build) {
  if (build.scripts.is_uploaded("run")) return "run";
  for (const char *name : {"run", "start", "exec", "execute"})
    for (const char *ending : {"", ".sh"}) {
      std::string file = concat(name, ending), path = concat(build.source->folder, "/", file);
      struct stat status {};
      bool is_program = stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
      if (is_program && !build.source->filter.ignores(file)) return file;
    }
  throw_failure(Code::not_found,
                {"there is nothing to run in the source ", build.source->location, " for ", build.image->subject(),
                 ", which has ONBUILD instructions"},
                "an executable file run, start, exec or execute, with or without .sh, has to be in its root");
}

static std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '$') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

static std::string dockerfile_of(const Build &build) {
  std::string text = concat("FROM ", build.image->engine_name(), "\n");
  for (const std::string &variable : build.environment) {
    size_t end = variable.find('=');
    text += concat("ENV ", variable.substr(0, end), "=", quoted(variable.substr(end + 1)), "\n");
  }
  struct stat status {};
  std::string assemble = concat(build.source->folder, "/assemble");
  bool assembles = build.scripts.is_uploaded("assemble") || stat(assemble.c_str(), &status) == 0;
  if (assembles) text += "RUN sh assemble\n";
  return text += concat("ENTRYPOINT [\"./", entry_point(build), "\"]\n");
}

Task<void> build_on(Build &build) {
  std::string path = concat(build.work, "/Dockerfile");
  write_new_file(path, dockerfile_of(build), 0644);
  UploadPtr upload(new Upload{build.source, build.scripts.uploaded(), "", ""});
  BuildOptions options;
  options.path = build.source->location;
  options.context = build_archive(upload, path);
  options.no_cache = true;
  options.base = co_await image_id(build.api, *build.image);
  options.tags.push_back(build.new_name.reference.normalized());
  build.result = co_await conu::build(build.api, build.steps, build.image->engine(), options);
}

}  // namespace conu
