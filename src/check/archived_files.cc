// The files of an image one by one, by the engine's archives of them.
#include <sys/stat.h>

#include <algorithm>

#include "check/image_files.h"
#include "check/results.h"
#include "container/export.h"
#include "container/path_stat.h"
#include "filesystem/archive_reader.h"
#include "filesystem/file_status.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace {

// What came of a path.
struct Fetched {
  int status = 0;
  std::string body;  // of an answer that is an error
  std::optional<PathStat> stat;
  std::optional<ArchiveEntry> entry;
  std::string content;
};

// What engines tell wrongly of a single path, is asked of a copy of all files.
class ArchivedFiles : public ImageFiles {
 public:
  ArchivedFiles(Api &api, Image &image, ContainerPtr container)
      : api_(api), image_(image), container_(std::move(container)) {}

  Task<std::optional<Json>> look_at(std::string path, bool needs_owner) override {
    Fetched fetched;
    bool tells_owners = true;
    if (needs_owner && !all_) tells_owners = co_await knows_owners();
    bool needs_all = all_ || is_made_by_docker(path) || !tells_owners;
    if (!needs_all) {
      fetched = co_await fetch(path, false);
      needs_all = !is_told(fetched);
    }
    if (needs_all) {
      co_await open_all();
      std::optional<Json> status = co_await all_->look_at(path, needs_owner);
      co_return status;
    }
    if (!fetched.entry) co_return std::nullopt;
    Json status = to_json(status_of(*fetched.entry));
    co_return status.set("path", path);
  }

  Task<std::string> read(std::string path) override {
    Fetched fetched;
    bool needs_all = all_ || is_made_by_docker(path);
    if (!needs_all) {
      fetched = co_await fetch(path, true);
      if (fetched.status < 400 && fetched.stat->is_link) {
        std::string target = fetched.stat->link_target;
        fetched = co_await fetch(target, true);
      }
      needs_all = !is_told(fetched) || (fetched.entry && fetched.entry->type == ArchiveEntry::Type::symlink);
    }
    if (needs_all) {
      co_await open_all();
      std::string content = co_await all_->read(path);
      co_return content;
    }
    if (!fetched.entry) throw_failure(Code::not_found, {path, " is not there"});
    unsigned mode = status_of(*fetched.entry).facts.mode;
    if (!S_ISREG(mode)) throw_failure(Code::conflict, {path, " is no file, but ", type_in_words(mode)});
    co_return std::move(fetched.content);
  }

  Task<std::vector<Json>> privileged() override {
    co_await open_all();
    std::vector<Json> found = co_await all_->privileged();
    co_return found;
  }

  Task<void> close() override {
    if (all_) co_await all_->close();
    all_.reset();
    co_await remove_container(api_, container_->id(), container_->subject(), true, true);
  }

 private:
  Task<void> open_all() {
    if (all_) co_return;
    all_ = co_await mount_files(api_, image_, true);
  }

  // Podman tells none, and Docker where it has users of its own (userns-remap) who they are on its host.
  Task<bool> knows_owners() {
    if (api_.engine.is_podman()) co_return false;
    if (!has_users_of_host_) {
      std::string answer = co_await api_.get("/info", "what the engine says of itself");
      Json options = Json::parse(answer, "the engine's answer to GET /info")["SecurityOptions"];
      has_users_of_host_ = options.dump().find("\"name=userns") == std::string::npos;
    }
    co_return *has_users_of_host_;
  }

  // What Docker puts into every container hides what the image has there.
  bool is_made_by_docker(const std::string &path) const {
    static const char *const paths[] = {
        "/.dockerenv",      "/dev",      "/dev/console",  "/dev/pts", "/dev/shm", "/etc/hosts",
        "/etc/resolv.conf", "/etc/mtab", "/etc/hostname", "/proc",    "/sys"};
    return !api_.engine.is_podman() && std::find(std::begin(paths), std::end(paths), path) != std::end(paths);
  }

  // Podman follows links, and says nothing of the link itself; nor does it say whom a file belongs to. An error other
  // than 404 is about the way: a file where a folder should be, links in a circle.
  bool is_told(const Fetched &fetched) const {
    if (fetched.status >= 400) return fetched.status == 404 && !fetched.stat;
    return fetched.entry && !(api_.engine.is_podman() && fetched.stat->is_link);
  }

  static FileStatus status_of(const ArchiveEntry &entry) {
    FileStatus status;
    status.facts = facts_of(entry);
    status.size = entry.size;
    if (entry.type == ArchiveEntry::Type::symlink) status.target = entry.target;
    return status;
  }

  // Of a folder comes what is in it, too: then the first entry is enough, and the rest is left in the connection.
  Task<Fetched> fetch(std::string path, bool with_content) {
    const int64_t small = 64 << 10;
    Fetched fetched;
    Exchange exchange = co_await api_.send(api_.request("GET"), archive_path(*container_, path));
    fetched.status = exchange.status();
    fetched.stat = path_stat(exchange, *container_, path);
    if (fetched.status >= 400) {
      fetched.body = co_await exchange.rest(64 << 10);
      check_container(fetched, exchange.name());
      co_return fetched;
    }
    ArchiveReader archive;
    for (;;) {
      std::string_view bytes = co_await exchange.next();
      if (bytes.empty()) break;
      archive.feed(bytes);
      for (auto event = archive.next(); event != ArchiveReader::Event::hungry; event = archive.next()) {
        if (event == ArchiveReader::Event::data) {
          fetched.content.append(with_content ? archive.data() : std::string_view());
          continue;
        }
        if (!fetched.entry) fetched.entry = archive.entry();
        int64_t size = archive.entry().size;
        bool is_file = archive.entry().type == ArchiveEntry::Type::file;
        if (is_file && with_content && size > static_cast<int64_t>(most_to_read))
          throw_failure(Code::io, {path, " has more than 64 MiB"});
        if (fetched.entry->type == ArchiveEntry::Type::folder || (!with_content && size > small)) co_return fetched;
      }
    }
    co_return fetched;
  }

  void check_container(const Fetched &fetched, const std::string &request) const {
    Failure failure = engine_failure(fetched.status, fetched.body, request, container_->subject());
    bool is_gone = failure.message.find("o such container") != std::string::npos ||
                   failure.message.find("no container with") != std::string::npos;
    if (is_gone) throw_failure(Code::engine, failure.message, "someone else has removed it");
  }

  Api &api_;
  Image &image_;
  ContainerPtr container_;
  std::unique_ptr<ImageFiles> all_;
  std::optional<bool> has_users_of_host_;
};

}  // namespace

Task<std::unique_ptr<ImageFiles>> archived_files(Api &api, Image &image) {
  ContainerPtr container = co_await create_for_files(api, image);
  co_return std::make_unique<ArchivedFiles>(api, image, container);
}

// A volume hides what the image has there, which only Docker copies into it before a start.
static bool needs_all_files(const Api &api, const Json &document) {
  return api.engine.is_podman() && document["Config"]["Volumes"].size() > 0;
}

Task<std::unique_ptr<ImageFiles>> open_files(Api &api, Image &image, Json document) {
  Scope &scope = co_await current_scope();
  std::unique_ptr<ImageFiles> files;
  try {
    files = co_await mount_files(api, image, needs_all_files(api, document));
    co_return files;
  } catch (const Failure &failure) {
    if (scope.is_cancelled() || is_of_the_call(failure) || needs_all_files(api, document)) throw;
  }
  files = co_await archived_files(api, image);
  co_return files;
}

}  // namespace conu
