// What a builder's container is given.
#include "s2i/upload.h"

#include <sys/stat.h>

#include <climits>
#include <cstdlib>
#include <ctime>

#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

// Of this process. umask(2) cannot be asked without being set, for all threads.
static mode_t current_umask() {
  std::string status = read_file("/proc/self/status").value_or("");
  size_t at = status.find("\nUmask:");
  return at != status.npos ? static_cast<mode_t>(strtoul(status.c_str() + at + 7, nullptr, 8)) : 022;
}

static bool is_material(const std::string &name, mode_t mode) {
  if (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)) return true;
  if (S_ISSOCK(mode)) return false;
  throw_failure(Code::invalid_argument,
                {name, " in the source is a ", S_ISFIFO(mode) ? "pipe" : "device", ", which no image can have of it"},
                "remove it, or have it left out by .s2iignore or --exclude");
}

Upload::~Upload() = default;

// What stays out of the source, of which an entry is called `name` in it.
static bool stays_out(const Upload &upload, const std::string &name) {
  const Source &source = *upload.source;
  if (source.filter.ignores(name) || source.filter.excludes(name)) return true;
  // A script that is uploaded has been moved.
  const std::string path = concat(source.folder, "/", name);
  for (const auto &[script, on_host] : upload.scripts)
    if (path == on_host) return true;
  return false;
}

TreeRoot script_root(const std::string &path, const std::string &name) {
  char real[PATH_MAX];
  return {realpath(path.c_str(), real) != nullptr ? real : path, name};
}

static TreeChoice choice_of(const UploadPtr &upload, std::string_view prefix) {
  TreeChoice choice;
  if (!upload->source) return choice;
  choice.takes = [upload, prefix](const std::string &name, mode_t mode) {
    if (!name.starts_with(prefix)) return true;
    std::string inside = name.substr(prefix.size());
    return !stays_out(*upload, inside) && is_material(inside, mode);
  };
  if (upload->source->follows_links)
    choice.follows = [upload](const std::string &path) {
      const Source &source = *upload->source;
      return path.starts_with(concat(source.folder, "/")) && source.may_follow(path);
    };
  return choice;
}

std::shared_ptr<BodySource> upload_archive(UploadPtr upload, Owner owner) {
  TreeChoice choice = choice_of(upload, "src/");
  bool is_copied = upload->source != nullptr && !upload->source->is_clone();
  choice.dress = [owner, is_copied, now = time(nullptr), hidden = current_umask()](const std::string &name,
                                                                                   struct stat &status) {
    status.st_uid = owner.user;
    status.st_gid = owner.group;
    bool is_of_source = name == "src" || name.starts_with("src/");
    if (is_of_source && is_copied && S_ISDIR(status.st_mode)) status.st_mode &= ~hidden;
    if (is_of_source && is_copied) status.st_mtim.tv_sec = now;
    if (name.starts_with("scripts") && !S_ISLNK(status.st_mode)) status.st_mode = (status.st_mode & S_IFMT) | 0755;
  };
  std::vector<TreeRoot> roots;
  if (!upload->artifacts.empty()) roots.push_back({upload->artifacts, "artifacts"});
  roots.push_back({upload->empty_folder, "scripts"});
  for (const auto &[name, path] : upload->scripts) roots.push_back(script_root(path, concat("scripts/", name)));
  roots.push_back({upload->source != nullptr ? upload->source->folder : upload->empty_folder, "src"});
  return std::make_shared<TreeArchive>(roots, choice);
}

std::shared_ptr<BodySource> build_archive(UploadPtr upload, const std::string &dockerfile) {
  TreeChoice choice = choice_of(upload, "");
  choice.keeps_owners = false;
  std::vector<TreeRoot> roots = {{upload->source->folder, ""}, {dockerfile, "Dockerfile"}};
  choice.dress = [](const std::string &name, struct stat &status) {
    if (name == "run" || name == "assemble") status.st_mode |= 0111;
  };
  for (const auto &[name, path] : upload->scripts) roots.push_back(script_root(path, name));
  return std::make_shared<TreeArchive>(roots, choice);
}

}  // namespace conu
