// The source that a builder is given.
#include "s2i/source.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "util/failure.h"
#include "util/file.h"
#include "util/path.h"
#include "util/program.h"
#include "util/text.h"

namespace conu {

// --- which files stay out --------------------------------------------------------------------------------------------

static bool is_file(const std::string &path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// A pattern that is none matches nothing.
SourceFilter::SourceFilter(std::string folder, const std::string &exclude) : folder_(std::move(folder)) {
  std::string text, path = concat(folder_, "/.s2iignore");
  if (is_file(path)) text = read_file(path).value_or("");
  for (std::string_view line : split(text, '\n')) {
    line = trimmed(line);
    bool is_exception = line.starts_with('!');
    if (line.empty() || line.starts_with('#')) continue;
    std::string pattern = clean_path(concat("/", line.substr(is_exception ? 1 : 0)));
    rules_.push_back({pattern.substr(1), is_exception});
  }
  if (!exclude.empty()) exclude_ = std::make_shared<Pattern>(exclude);
}

bool SourceFilter::ignores(const std::string &name) const {
  bool is_listed = false;
  for (const Rule &rule : rules_)
    if (is_listed == rule.is_exception && fnmatch(rule.pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0)
      is_listed = !rule.is_exception;
  return is_listed;
}

bool SourceFilter::excludes(const std::string &name) const {
  return exclude_ && exclude_->is_in(concat(folder_, "/", name));
}

bool SourceFilter::ignores_on_the_way(const std::string &name) const {
  for (size_t end = name.find('/'); end != name.npos; end = name.find('/', end + 1))
    if (ignores(name.substr(0, end))) return true;
  return ignores(name);
}

Source::Source() = default;
Source::~Source() = default;

// --- what is in it ---------------------------------------------------------------------------------------------------

bool Source::may_follow(const std::string &path) const {
  char real[PATH_MAX];
  return boundary.empty() || (realpath(path.c_str(), real) != nullptr && std::string_view(real).starts_with(boundary));
}

std::optional<std::string> Source::script(const std::string &name) const {
  for (const char *place : {".s2i/bin/", ".sti/bin/"}) {
    std::string inside = concat(place, name), path = concat(folder, "/", inside);
    // In a copy what stays out is not there; a clone's scripts are taken before its files are looked through.
    bool stays_out = !is_clone() && (filter.ignores_on_the_way(inside) || filter.excludes(inside));
    if (!stays_out && is_file(path) && may_follow(path)) return path;
  }
  return std::nullopt;
}

std::optional<std::string> Source::environment() const {
  const std::string name = ".s2i/environment";
  std::string path = concat(folder, "/", name);
  bool stays_out = filter.ignores_on_the_way(name) || (!is_clone() && filter.excludes(name));
  if (stays_out || !is_file(path) || !may_follow(path)) return std::nullopt;
  return read_file(path);
}

Labels Source::labels() const {
  Labels labels;
  auto add = [&](const char *name, const std::string &value) {
    if (!value.empty()) labels.emplace_back(concat("io.openshift.s2i.build.", name), value);
  };
  add("source-location", location);
  add("source-context-dir", context_dir);
  if (!commit) return labels;
  add("commit.author", commit->author);
  add("commit.date", commit->date);
  add("commit.id", commit->id);
  add("commit.ref", commit->ref);
  add("commit.message", commit->subject);
  return labels;
}

// --- where it is -----------------------------------------------------------------------------------------------------

// "https://host/x", "ssh://host/x", and "user@host:path", but no path that has a colon in it.
static bool is_elsewhere(const std::string &source) {
  size_t colon = source.find(':');
  return colon != source.npos && colon > 0 && source.find('/') > colon;
}

SourceName::~SourceName() = default;

SourceName::SourceName(const std::string &source, const S2iOptions &options) {
  const std::string_view file_scheme = "file://";
  text = source.substr(0, source.find('#'));  // of a URL; --ref takes the place of the rest
  bool is_file_url = source.starts_with(file_scheme);
  if (!is_file_url && is_elsewhere(source)) {
    is_cloned = true;
    return;
  }
  folder = is_file_url ? percent_decoded(std::string_view(text).substr(file_scheme.size())) : source;
  if (!is_file_url) text = source;
  if (is_file_url && !folder.starts_with('/'))
    throw_failure(Code::invalid_argument, {"the source ", source, " names a host, which a file:// URL must not"},
                  "file:///path is a folder of this host");
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) throw_system_failure({"cannot read the source ", folder}, errno);
  if (!S_ISDIR(status.st_mode)) throw_failure(Code::invalid_argument, {"the source ", folder, " is no folder"});
  std::string repository = concat(folder, "/.git");
  bool has_repository = stat(repository.c_str(), &status) == 0;
  if (has_repository && !options.copies && has_no_commits(folder))
    throw_failure(Code::invalid_argument, {"the git repository ", folder, " has no commits"},
                  "commit the source, or give --copy to take the files as they are");
  is_cloned = has_repository && !options.copies && find_program("git");
}

static void check_folder(const std::string &path, const Source &source) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    throw_system_failure({"cannot read the folder ", source.context_dir, " of the source ", source.location}, errno);
  if (!S_ISDIR(status.st_mode))
    throw_failure(Code::invalid_argument, {source.context_dir, " in the source ", source.location, " is no folder"});
}

Task<void> fetch(const SourceName &name, const S2iOptions &options, const std::string &work, Source *given) {
  Source &source = *given;
  source.context_dir = options.context_dir;
  if (name.is_cloned) {
    source.folder = concat(work, "/upload/src");
    co_await clone(name.text, source.folder, options.ref, !options.ignores_submodules);
    source.commit.emplace();
    co_await look_up_commit(source.folder, &*source.commit);
    source.location = source.commit->origin;
    source.boundary = concat(source.folder, "/");
  } else {
    source.location = name.folder;
    source.folder = absolute_path(name.folder);
    if (work.starts_with(source.folder == "/" ? "/" : concat(source.folder, "/")))
      throw_failure(Code::invalid_argument, {"the source ", source.folder, " has the folder for temporary files in it"},
                    "set TMPDIR to another folder");
  }
  if (!options.context_dir.empty()) {
    source.folder = clean_path(concat(source.folder, "/", options.context_dir));
    check_folder(source.folder, source);
    bool is_inside = concat(source.folder, "/") == source.boundary || source.may_follow(source.folder);
    if (!is_inside)
      throw_failure(Code::invalid_argument,
                    {"the folder ", source.context_dir, " leads out of the repository ", source.location});
  }
  // A clone stays as it is, of which a part is copied.
  bool is_copied = !name.is_cloned || !options.context_dir.empty();
  source.follows_links = is_copied && !options.keeps_symlinks;
  source.filter = SourceFilter(source.folder, options.exclude);
}

}  // namespace conu
