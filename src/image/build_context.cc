// The folder that an image is built from, as the tar archive that the engine is sent.
#include "image/build_context.h"

#include <sys/stat.h>

#include "filesystem/tree_archive.h"
#include "image/ignore_file.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

static TreeChoice what_is_not_ignored(const std::string &folder, const std::string &dockerfile) {
  IgnoreFile ignored(read_file(concat(folder, "/.dockerignore")).value_or(""));
  TreeChoice choice;
  choice.keeps_owners = false;
  choice.takes = [ignored, dockerfile](const std::string &name, mode_t mode) {
    // Pipes and devices are nothing that an image could be built from.
    bool is_material = S_ISDIR(mode) || S_ISREG(mode) || S_ISLNK(mode);
    bool is_always_sent = name == dockerfile || name == ".dockerignore";
    return is_material && (is_always_sent || !ignored.excludes(name));
  };
  choice.enters = [ignored, dockerfile](const std::string &name) {
    bool leads_to_dockerfile = dockerfile.starts_with(concat(name, "/"));
    return leads_to_dockerfile || !ignored.may_skip_folder(name);
  };
  return choice;
}

std::shared_ptr<BodySource> build_context(const std::string &folder, const std::string &given_dockerfile) {
  std::string dockerfile = given_dockerfile;
  while (dockerfile.starts_with("./")) dockerfile.erase(0, 2);  // as the names in the archive are
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) throw_system_failure({"cannot build from the folder ", folder}, errno);
  if (!S_ISDIR(status.st_mode))
    throw_failure(Code::invalid_argument, {"cannot build from ", folder, ": it is no folder"});
  bool is_outside = dockerfile.starts_with('/') || dockerfile == ".." || dockerfile.starts_with("../") ||
                    dockerfile.find("/../") != dockerfile.npos;
  if (is_outside)
    throw_failure(Code::invalid_argument, {"the Dockerfile ", dockerfile, " is not inside the folder ", folder},
                  "name it relative to the folder that is built from");
  std::string path = concat(folder, "/", dockerfile);
  if (stat(path.c_str(), &status) != 0) throw_system_failure({"cannot read the Dockerfile ", path}, errno);
  if (!S_ISREG(status.st_mode)) throw_failure(Code::invalid_argument, {"the Dockerfile ", path, " is no file"});
  return std::make_shared<TreeArchive>(folder, "", what_is_not_ignored(folder, dockerfile));
}

}  // namespace conu
