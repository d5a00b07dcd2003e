// Copying between the host and a container, as `docker cp` does it.
#include "container/copy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>

#include "container/path_stat.h"
#include "container/state.h"
#include "filesystem/extraction.h"
#include "filesystem/tree_archive.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

namespace {

// Where something is to go: whether it is there, and as what.
struct Place {
  std::string path;
  bool exists = false;
  bool is_folder = false;
  bool is_device = false;
  bool asserts_folder = false;
  std::string link_target;  // not empty: it is a link
};

// What is copied: a path that was given, and what it stands for.
struct Source {
  std::string path;  // absolute and clean
  bool is_content;   // what is in the folder, without the folder
  bool is_folder;
};

// The folder that is written to, and the name that the source gets in it; empty: its content goes right into it.
struct Target {
  std::string folder, name;
};

}  // namespace

static Failure no_folder(const std::string &path, Code code = Code::conflict) {
  return Failure(code, concat(path, " is no folder"));
}

static Target target_of(const Source &source, const Place &place) {
  if (place.is_device) throw_failure(Code::conflict, {"cannot copy to ", place.path, ": it is a device"});
  if (place.exists && place.is_folder) return {place.path, source.is_content ? "" : last_component(source.path)};
  if (place.exists && place.asserts_folder) throw no_folder(place.path);
  if (place.exists && source.is_folder)
    throw_failure(Code::conflict, {"cannot copy the folder ", source.path, " to ", place.path, ", which is no folder"});
  if (place.asserts_folder && !source.is_folder)
    throw_failure(Code::not_found, {"cannot copy the file ", source.path, ": there is no folder ", place.path},
                  "make the folder first, or leave the / behind it out");
  return {parent_path(place.path), last_component(place.path)};
}

static void need_path(const std::string &path, const char *name) {
  if (path.empty()) throw_failure(Code::invalid_argument, {"the argument ", name, " is empty"});
}

// --- on the host -----------------------------------------------------------------------------------------------------

static Source source_on_host(const std::string &given) {
  Source source{absolute_path(given), asserts_content(given), false};
  struct stat status {};
  if (lstat(source.path.c_str(), &status) != 0)
    throw_system_failure({"cannot copy ", source.path}, errno == ENOTDIR ? ENOENT : errno);
  if (asserts_folder(given) && S_ISLNK(status.st_mode) && stat(source.path.c_str(), &status) != 0)
    throw_system_failure({"cannot copy ", source.path}, errno);
  source.is_folder = S_ISDIR(status.st_mode);
  if (asserts_folder(given) && !source.is_folder) throw no_folder(source.path, Code::invalid_argument);
  if (source.path == "/") source.is_content = true;
  return source;
}

static Place place_on_host(const std::string &given) {
  Place place;
  place.path = absolute_path(given);
  place.asserts_folder = asserts_folder(given);
  struct stat status {};
  for (int links = 0;; links++) {
    place.exists = lstat(place.path.c_str(), &status) == 0;
    if (!place.exists && errno == ENOTDIR) throw no_folder(parent_path(place.path));
    if (!place.exists && errno != ENOENT) throw_system_failure({"cannot copy to ", place.path}, errno);
    if (!place.exists || !S_ISLNK(status.st_mode)) break;
    if (links == 40) throw_system_failure({"cannot copy to ", given}, ELOOP);
    char target[PATH_MAX];
    ssize_t size = readlink(place.path.c_str(), target, sizeof target);
    if (size < 0) throw_system_failure({"cannot read the link ", place.path}, errno);
    std::string text(target, static_cast<size_t>(size));
    place.path = clean_path(text.starts_with('/') ? text : concat(parent_path(place.path), "/", text));
  }
  place.is_folder = place.exists && S_ISDIR(status.st_mode);
  place.is_device = place.exists && (S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode));
  std::string parent = parent_path(place.path);
  if (!place.exists && stat(parent.c_str(), &status) != 0)
    throw_system_failure({"cannot copy to ", place.path, ": the folder ", parent}, errno);
  if (!place.exists && !S_ISDIR(status.st_mode)) throw no_folder(parent);
  return place;
}

// --- in the container ------------------------------------------------------------------------------------------------

static std::string absolute_in_container(const std::string &path) { return clean_path(concat("/", path)); }

// What a container has at a path.
static Task<Place> look_at(Api &api, Container &container, std::string path) {
  Place place;
  place.path = path;
  Exchange exchange = co_await api.send(api.request("HEAD"), archive_path(container, path));
  std::optional<PathStat> stat = path_stat(exchange, container, path);
  int status = exchange.status();
  co_await exchange.rest();
  if (!stat) co_return place;  // why, the request that follows will tell in words
  place.exists = status < 400;
  place.is_folder = stat->is_folder;
  place.is_device = stat->is_device;
  if (stat->is_link) place.link_target = stat->link_target;
  co_return place;
}

static Task<Place> place_in_container(Api &api, Container &container, std::string given) {
  std::string path = absolute_in_container(given);
  bool is_folder = asserts_folder(given);
  std::string asked = is_folder && path != "/" ? concat(path, "/") : path;
  Place place = co_await look_at(api, container, asked);
  place.path = path;
  if (!place.link_target.empty()) {
    std::string target = place.link_target;
    if (!target.starts_with('/')) target = concat(parent_path(path), "/", target);
    target = clean_path(target);
    place = co_await look_at(api, container, target);
  }
  place.asserts_folder = is_folder;
  if (place.exists || !api.engine.is_podman()) co_return place;
  // Podman would make the folders above.
  std::string parent = parent_path(place.path);
  Place above = co_await look_at(api, container, parent);
  if (above.exists) co_return place;
  co_await inspect_text(api, container.id(), container.subject());  // or it is the container that is not there
  throw_failure(Code::not_found, {container.subject(), " has no folder ", parent, " to copy to"}, "make it first", 404);
}

// The engines answer 500 to most of what is wrong with a path, each in its own words.
static void explain(Failure *failure) {
  auto says = [&](const char *phrase) { return failure->message.find(phrase) != std::string::npos; };
  if (failure->http_status < 400) return;
  if (says("marked read-only") || says("read-only file system")) {
    failure->code = Code::permission;
    failure->hint = "copy into a volume, or run the container without --read-only";
  } else if (says("cannot overwrite") || says("file exists") || says("not a directory")) {
    failure->code = Code::conflict;
    failure->hint = "a folder cannot take the place of a file, nor a file that of a folder";
  }
}

// --- copying ---------------------------------------------------------------------------------------------------------

Task<void> put_archive(Api &api, Container &container, std::string folder, std::shared_ptr<BodySource> archive,
                       std::string subject) {
  Request request = api.request("PUT");
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.source = std::move(archive);
  std::string path = concat(archive_path(container, folder), "&noOverwriteDirNonDir=true");
  Exchange exchange = co_await api.open(std::move(request), path, subject);
  co_await exchange.rest(1 << 20);
}

static Task<void> upload(Api &api, Container &container, Source source, Target target) {
  std::string followed = source.path;
  struct stat status {};
  // A folder that a link leads to is read as a folder.
  bool is_link = source.is_folder && lstat(followed.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  if (is_link) followed += "/";
  std::string subject = concat("copying ", source.path, " to ", target.folder, " in ", container.subject());
  auto archive = std::make_shared<TreeArchive>(followed, target.name);
  co_await put_archive(api, container, target.folder, archive, subject);
}

Task<void> copy_to(Api &api, Container &container, std::string given, std::string destination) {
  need_path(given, "src");
  need_path(destination, "dest");
  Source source = source_on_host(given);
  Place place = co_await place_in_container(api, container, destination);
  Target target = target_of(source, place);
  try {
    co_await upload(api, container, source, target);
  } catch (Failure &failure) {
    explain(&failure);
    throw;
  }
}

namespace {

// An archive on its way into a folder, which is chosen when it is known what comes.
class Download {
 public:
  Download(Source source, bool needs_folder, Place place, std::string subject)
      : source_(std::move(source)),
        needs_folder_(needs_folder),
        place_(std::move(place)),
        subject_(std::move(subject)) {}

  void take(std::string_view bytes) {
    archive_.feed(bytes);
    for (auto event = archive_.next(); event != ArchiveReader::Event::hungry; event = archive_.next()) {
      if (event == ArchiveReader::Event::data) {
        extraction_->data(archive_.data());
        continue;
      }
      if (!extraction_) choose_target();
      extraction_->begin(archive_.entry());
    }
  }
  void flush() {
    if (extraction_) extraction_->flush();
  }
  void finish() {
    archive_.finish();
    if (!extraction_)
      throw_failure(Code::protocol, "the archive is empty",
                    "engines do so for what is mounted there, or has a name that is no UTF-8: copy the folder above");
    extraction_->finish();
  }

 private:
  void choose_target() {
    source_.is_folder = archive_.entry().type == ArchiveEntry::Type::folder;
    if (needs_folder_ && !source_.is_folder) throw no_folder(subject_, Code::invalid_argument);
    Target target = target_of(source_, place_);
    extraction_.emplace(target.folder, target.name, source_.path == "/");
  }

  Source source_;
  bool needs_folder_;
  Place place_;
  std::string subject_;
  ArchiveReader archive_;
  std::optional<Extraction> extraction_;
};

}  // namespace

Task<std::optional<std::string>> content_of(Api &api, Container &container, std::string path, size_t limit) {
  Exchange exchange = co_await api.send(api.request("GET"), archive_path(container, path));
  std::string subject = concat(path, " in ", container.subject());
  std::string bytes = co_await exchange.rest(limit);
  if (exchange.status() == 404) co_return std::nullopt;
  if (exchange.status() >= 400) throw engine_failure(exchange.status(), bytes, exchange.name(), subject);
  ArchiveReader archive;
  archive.feed(bytes);
  std::string content;
  for (auto event = archive.next(); event != ArchiveReader::Event::hungry; event = archive.next()) {
    if (event == ArchiveReader::Event::data) content += archive.data();
    bool is_other = event == ArchiveReader::Event::entry && archive.entry().type != ArchiveEntry::Type::file;
    if (is_other) throw_failure(Code::conflict, {subject, " is no file"});
  }
  archive.finish();
  co_return content;
}

static Task<void> download(Api &api, Container &container, Source source, bool needs_folder, Place place) {
  std::string subject = concat(source.path, " in ", container.subject());
  std::string asked = needs_folder && source.path != "/" ? concat(source.path, "/") : source.path;
  Exchange exchange = co_await api.open(api.request("GET"), archive_path(container, asked), subject);
  Download download(source, needs_folder, place, subject);
  for (;;) {
    std::string_view bytes = co_await exchange.next();
    if (bytes.empty()) break;
    // All that has come is written at once.
    for (; !bytes.empty(); bytes = exchange.at_hand()) download.take(bytes);
    download.flush();
  }
  download.finish();
}

Task<void> copy_from(Api &api, Container &container, std::string given, std::string destination) {
  need_path(given, "src");
  need_path(destination, "dest");
  Source source{absolute_in_container(given), asserts_content(given), false};
  if (source.path == "/") source.is_content = true;
  Place place = place_on_host(destination);
  try {
    co_await download(api, container, source, asserts_folder(given), place);
  } catch (Failure &failure) {
    explain(&failure);
    // A path that leads through a file is no path to anything.
    bool leads_nowhere = failure.http_status >= 400 && failure.message.ends_with("not a directory");
    if (leads_nowhere && !asserts_folder(given)) {
      failure.code = Code::not_found;
      failure.hint.clear();
    }
    // What is wrong with an archive is told without its place.
    bool names_it = failure.message.find(source.path) != std::string::npos;
    if (failure.code == Code::protocol && !names_it)
      failure.message = concat(source.path, " in ", container.subject(), ": ", failure.message);
    throw;
  }
}

}  // namespace conu
