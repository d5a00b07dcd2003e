// The files of an image by a mount.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "check/image_files.h"
#include "container/mount.h"
#include "filesystem/filesystem.h"
#include "loop/loop.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace {

class MountedFiles : public ImageFiles {
 public:
  MountedFiles(std::unique_ptr<Mount> mount, const std::string &subject) : files_(std::move(mount), subject) {}

  Task<std::optional<Json>> look_at(std::string path, bool) override { co_return find(path); }

  Task<std::string> read(std::string path) override {
    Fd file = files_.open_file(path, O_RDONLY, nullptr);
    std::string content, piece(1 << 20, '\0');
    for (;;) {
      ssize_t n = ::read(file.get(), piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_system_failure({"cannot read ", path}, errno);
      if (n == 0) co_return content;
      content.append(piece, 0, static_cast<size_t>(n));
      if (content.size() > most_to_read) throw_failure(Code::io, {path, " has more than 64 MiB"});
      co_await sleep_for(0);  // for a cancel
    }
  }

  Task<std::vector<Json>> privileged() override {
    std::vector<Json> found;
    std::vector<std::string> folders{""};
    for (int seen = 1; !folders.empty();) {
      std::string folder = std::move(folders.back());
      folders.pop_back();
      std::vector<std::string> names = files_.list(concat(folder, "/"), nullptr);
      for (const std::string &name : names) {
        std::optional<Json> status = find(concat(folder, "/", name));
        if (status && is(*status, "directory")) folders.push_back(concat(folder, "/", name));
        bool has_bits = status && ((*status)["mode"].integer_or(0) & 06000) != 0;
        if (has_bits && is(*status, "file")) found.push_back(*status);
        if (++seen % 256 == 0) co_await sleep_for(0);  // for a cancel
      }
    }
    co_return found;
  }

  Task<void> close() override {
    files_.unmount(nullptr);
    co_return;
  }

 private:
  static bool is(const Json &status, const char *type) { return status["type"].text_or("") == type; }

  std::optional<Json> find(const std::string &path) {
    try {
      return files_.stat(path, nullptr);
    } catch (const Failure &failure) {
      if (failure.code != Code::not_found) throw;
      return std::nullopt;
    }
  }

  Filesystem files_;
};

}  // namespace

Task<std::unique_ptr<ImageFiles>> mount_files(Api &api, Image &image, bool may_extract) {
  MountOptions options;
  options.may_extract = may_extract;
  std::unique_ptr<Mount> mount = co_await mount_image(api, image, "", options);
  co_return std::make_unique<MountedFiles>(std::move(mount), image.subject());
}

}  // namespace conu
