// The folder that an image is built from, as the tar archive that the engine is sent.
#include "image/build_context.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "filesystem/archive_writer.h"
#include "image/ignore_file.h"
#include "util/failure.h"
#include "util/fd.h"
#include "util/file.h"

namespace conu {

namespace {

class BuildContext : public BodySource {
 public:
  BuildContext(const std::string &folder, const std::string &dockerfile)
      : folder_(folder), dockerfile_(dockerfile), ignored_(read_file(folder + "/.dockerignore").value_or("")) {
    add_children("");
  }

  std::string_view next() override {
    const size_t enough = 64 << 10;
    while (archive_.size() < enough && !finished_) advance();
    made_ = archive_.take();
    return made_;
  }

 private:
  std::string path_of(const std::string &name) const { return folder_ + "/" + name; }

  bool is_always_sent(const std::string &name) const { return name == dockerfile_ || name == ".dockerignore"; }
  bool leads_to_dockerfile(const std::string &name) const { return dockerfile_.starts_with(name + "/"); }

  // Adds the next file, folder or piece of a file.
  void advance() {
    if (file_) {
      add_data();
    } else if (pending_.empty()) {
      archive_.finish();
      finished_ = true;
    } else {
      std::string name = std::move(pending_.back());
      pending_.pop_back();
      add_entry(name);
    }
  }

  // In the order of their names, so that the same folder gives the same archive.
  void add_children(const std::string &folder) {
    std::string path = folder.empty() ? folder_ : path_of(folder);
    std::unique_ptr<DIR, int (*)(DIR *)> stream(opendir(path.c_str()), closedir);
    if (!stream) throw system_failure("cannot read the folder " + path, errno);
    std::vector<std::string> names;
    while (const dirent *entry = readdir(stream.get())) {
      std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(folder.empty() ? name : folder + "/" + name);
    }
    std::sort(names.rbegin(), names.rend());
    pending_.insert(pending_.end(), names.begin(), names.end());
  }

  void add_entry(const std::string &name) {
    std::string path = path_of(name);
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) {
      if (errno == ENOENT) return;  // it went while the folder was read
      throw system_failure("cannot read " + path, errno);
    }
    bool excluded = ignored_.excludes(name) && !is_always_sent(name);
    if (S_ISDIR(status.st_mode)) {
      if (!excluded) archive_.begin(name, status, "");
      if (!excluded || !ignored_.may_skip_folder(name) || leads_to_dockerfile(name)) add_children(name);
    } else if (!excluded && S_ISLNK(status.st_mode)) {
      archive_.begin(name, status, link_target(path));
    } else if (!excluded && S_ISREG(status.st_mode)) {
      file_.reset(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (!file_ || fstat(file_.get(), &status) != 0) throw system_failure("cannot read " + path, errno);
      file_path_ = path;
      left_ = status.st_size;
      archive_.begin(name, status, "");
    }
    // Sockets, pipes and devices are nothing that an image could be built from.
  }

  static std::string link_target(const std::string &path) {
    std::string target(4096, '\0');
    ssize_t n = readlink(path.c_str(), target.data(), target.size());
    if (n < 0) throw system_failure("cannot read the link " + path, errno);
    target.resize(static_cast<size_t>(n));
    return target;
  }

  void add_data() {
    if (left_ == 0) {
      file_.reset();
      return;
    }
    ssize_t n = read(file_.get(), buffer_.data(), std::min<size_t>(buffer_.size(), static_cast<size_t>(left_)));
    if (n < 0 && errno == EINTR) return;
    if (n < 0) throw system_failure("cannot read " + file_path_, errno);
    if (n == 0) throw Failure(Code::io, file_path_ + " became shorter while it was sent");
    left_ -= n;
    archive_.data({buffer_.data(), static_cast<size_t>(n)});
  }

  std::string folder_;
  std::string dockerfile_;
  IgnoreFile ignored_;
  ArchiveWriter archive_;
  std::vector<std::string> pending_;  // relative to the folder; the next one is the last
  Fd file_;                           // whose data is being sent
  std::string file_path_;
  int64_t left_ = 0;
  bool finished_ = false;
  std::string buffer_ = std::string(64 << 10, '\0');
  std::string made_;
};

}  // namespace

std::shared_ptr<BodySource> build_context(const std::string &folder, const std::string &given_dockerfile) {
  std::string dockerfile = given_dockerfile;
  while (dockerfile.starts_with("./")) dockerfile.erase(0, 2);  // as the names in the archive are
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) throw system_failure("cannot build from the folder " + folder, errno);
  if (!S_ISDIR(status.st_mode))
    throw Failure(Code::invalid_argument, "cannot build from " + folder + ": it is no folder");
  bool is_outside = dockerfile.starts_with('/') || dockerfile == ".." || dockerfile.starts_with("../") ||
                    dockerfile.find("/../") != dockerfile.npos;
  if (is_outside)
    throw Failure(Code::invalid_argument, "the Dockerfile " + dockerfile + " is not inside the folder " + folder,
                  "name it relative to the folder that is built from");
  std::string path = folder + "/" + dockerfile;
  if (stat(path.c_str(), &status) != 0) throw system_failure("cannot read the Dockerfile " + path, errno);
  if (!S_ISREG(status.st_mode)) throw Failure(Code::invalid_argument, "the Dockerfile " + path + " is no file");
  return std::make_shared<BuildContext>(folder, dockerfile);
}

}  // namespace conu
