// Files for assemble alone, which are empty in the image.
#include <sys/stat.h>

#include <cerrno>

#include "container/copy.h"
#include "filesystem/tree_archive.h"
#include "s2i/build.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

// SOURCE[:DESTINATION], where a destination that is not absolute is below the folder that the builder works in.
static Task<void> put(Build &build, Container &container, std::string injection, bool with_content) {
  size_t colon = injection.find(':');
  std::string source = injection.substr(0, colon), workdir = concat("/", build.builder.workdir);
  std::string destination = colon != injection.npos ? injection.substr(colon + 1) : "";
  destination = clean_path(destination.starts_with('/') ? destination : concat(workdir, "/", destination));
  struct stat status {};
  if (stat(source.c_str(), &status) != 0)
    throw_system_failure({"cannot read ", source, ", which --inject names"}, errno);
  TreeChoice choice;
  choice.keeps_owners = false;
  std::string root = last_component(destination);
  choice.dress = [with_content, root](const std::string &name, struct stat &entry) {
    mode_t folder_mode = name == root ? 0755 : 0777;
    if (S_ISREG(entry.st_mode) || S_ISDIR(entry.st_mode))
      entry.st_mode = (entry.st_mode & S_IFMT) | (S_ISDIR(entry.st_mode) ? folder_mode : 0666);
    if (S_ISREG(entry.st_mode) && !with_content) entry.st_size = 0;
  };
  auto archive = std::make_shared<TreeArchive>(absolute_path(source), root, choice);
  std::string subject = concat("injecting ", source, " into ", container.subject());
  co_await put_archive(build.api, container, parent_path(destination), archive, subject);
}

Task<void> inject(Build &build, Container &container) {
  for (const std::string &injection : build.options().injections) co_await put(build, container, injection, true);
}

Task<void> empty_injected(Build &build, Container &container) {
  for (const std::string &injection : build.options().injections) co_await put(build, container, injection, false);
}

}  // namespace conu
