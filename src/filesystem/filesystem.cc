// The files of an image or of a container, by the paths that they have in there.
#include "filesystem/filesystem.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "filesystem/file_status.h"
#include "filesystem/tree_copy.h"
#include "util/failure.h"
#include "util/fork.h"
#include "util/log.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

using Last = Root::Last;

Filesystem::Filesystem(std::unique_ptr<Mount> mount, std::string subject, Root::Way way)
    : mount_(std::move(mount)),
      subject_(std::move(subject)),
      way_(way),
      root_(std::in_place, mount_->mount_point(), way),
      fork_generation_(fork_generation()) {}

Filesystem::~Filesystem() {
  root_.reset();
  bool is_parents = fork_generation_ != fork_generation();
  if (!is_parents) return;
  static_cast<void>(mount_.release());  // which goes on using it
  static_cast<void>(turns_.release());  // which a thread that is only there may wait for
}

// --- turns and failures ----------------------------------------------------------------------------------------------

bool OneAtATime::try_lock_for(std::chrono::milliseconds time) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!freed_.wait_for(lock, time, [this] { return !is_taken_; })) return false;
  is_taken_ = true;
  return true;
}

void OneAtATime::unlock() {
  std::lock_guard<std::mutex> lock(mutex_);
  is_taken_ = false;
  freed_.notify_one();
}

Filesystem::Turn Filesystem::turn(Cancel *cancel) {
  if (fork_generation_ != fork_generation())
    throw_failure(
        Code::state,
        {"the files of ", subject_, " at ", mount_point(), " are those of the process that this one was forked from"},
        "mount them again in this process");
  Turn turn(*turns_, std::defer_lock);
  const auto moment = std::chrono::milliseconds(20);
  do {
    auto reason = cancel != nullptr ? cancel->verdict() : nullptr;
    if (reason) throw *reason;
  } while (!turn.try_lock_for(moment));
  return turn;
}

Filesystem::Turn Filesystem::turn_for_files(Cancel *cancel) {
  Turn turn = this->turn(cancel);
  if (!root_) throw_failure(Code::state, {"the files of ", subject_, " at ", mount_point(), " have been unmounted"});
  return turn;
}

std::string Filesystem::named(const std::string &path) const { return concat(in_quotes(path), " in ", subject_); }

void Filesystem::fail(const char *what, const std::string &path, int error_number) const {
  Failure failure = system_failure(concat(what, " ", named(path)), error_number);
  if (error_number == ENOTDIR) failure.code = Code::not_found;
  if (error_number == EEXIST) failure.code = Code::conflict;
  if (error_number == EINVAL) failure.code = Code::invalid_argument;
  if (error_number == EROFS) failure.hint = "what is mounted of an image is never changed: copy it out with copy_from";
  throw failure;
}

void Filesystem::fail_by_type(const char *what, const std::string &path, unsigned mode) const {
  throw_failure(Code::conflict, {what, " ", named(path), ": it is ", type_in_words(mode)});
}

// --- finding ---------------------------------------------------------------------------------------------------------

const FileFacts *Filesystem::not_on_disk(const Place &place) const {
  if (!place.folder || mount_->facts() == nullptr) return nullptr;
  return mount_->facts()->find(place.path);
}

Place Filesystem::find(const char *what, const std::string &path, Last last) const {
  Place place = root_->find(path, last);
  struct stat status {};
  if (place.fd && fstat(place.fd.get(), &status) == 0 && is_whiteout(status)) place = Place::nothing(ENOENT);
  if (!place.fd && !place.folder) fail(what, path, place.error);
  return place;
}

// What is on disk.
Fd Filesystem::find_file(const char *what, const std::string &path, Last last, struct stat *status) const {
  Fd found = root_->open(path, last);
  int error = errno;
  if (found && fstat(found.get(), status) != 0) fail(what, path, errno);
  if (found && !is_whiteout(*status)) return found;
  if (!found && error == ENOENT)
    if (const FileFacts *facts = not_on_disk(root_->find(path, last))) fail_by_type(what, path, facts->mode);
  fail(what, path, found ? ENOENT : error);
}

// The type, as stat(2) has it; none where nothing is there.
std::optional<unsigned> Filesystem::type_of(const std::string &path) const {
  struct stat status {};
  Fd found = root_->open(path, Last::follow);
  int error = errno;
  if (found && fstat(found.get(), &status) != 0) fail("cannot look for", path, errno);
  if (found && is_whiteout(status)) return std::nullopt;
  if (found) return status.st_mode & S_IFMT;
  if (error == ENOENT && mount_->facts() != nullptr)
    if (const FileFacts *facts = not_on_disk(root_->find(path, Last::follow))) return facts->mode & S_IFMT;
  if (error == ENOENT || error == ENOTDIR) return std::nullopt;
  fail("cannot look for", path, error);
}

bool Filesystem::file_is_present(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  auto type = type_of(path);
  if (type && *type != S_IFREG) fail_by_type("cannot say whether there is a file", path, *type);
  return type.has_value();
}

bool Filesystem::directory_is_present(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  auto type = type_of(path);
  if (type && *type != S_IFDIR) fail_by_type("cannot say whether there is a directory", path, *type);
  return type.has_value();
}

std::string Filesystem::host_path(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  Place place = find("cannot find", path, Last::follow);
  return place.path.empty() ? mount_point() : concat(mount_point(), "/", place.path);
}

// --- looking ---------------------------------------------------------------------------------------------------------

Json Filesystem::stat(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot look at";
  Place place = find(what, path, Last::stay);
  const FileFacts *facts = not_on_disk(place);
  if (!place.fd && facts == nullptr) fail(what, path, ENOENT);
  FileStatus status;
  if (facts != nullptr)
    status.facts = *facts;
  else
    status = file_status(place.fd.get(), mount_->facts(), place.path);
  Json json = to_json(status);
  json.set("path", concat("/", place.path));
  if (!S_ISLNK(status.facts.mode)) return json;
  Place end = root_->find(path, Last::follow);
  if (end.fd || not_on_disk(end) != nullptr) json.set("resolved", concat("/", end.path));
  return json;
}

std::vector<std::string> Filesystem::list(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot list";
  Place place = find(what, path, Last::follow);
  struct stat status {};
  if (const FileFacts *facts = not_on_disk(place)) fail_by_type(what, path, facts->mode);
  if (!place.fd) fail(what, path, ENOENT);
  if (fstat(place.fd.get(), &status) != 0) fail(what, path, errno);
  if (!S_ISDIR(status.st_mode)) fail_by_type(what, path, status.st_mode);
  std::vector<std::string> names = files_in(place.fd.get(), path);
  if (mount_->facts() != nullptr)
    for (std::string &name : mount_->facts()->missing_in(place.path)) names.push_back(std::move(name));
  std::sort(names.begin(), names.end());
  return names;
}

std::string Filesystem::selinux_context(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot tell the SELinux context of", *name = "security.selinux";
  Place place = find(what, path, Last::follow);
  if (!place.fd && not_on_disk(place) == nullptr) fail(what, path, ENOENT);
  std::string context;
  const FileFacts *facts = mount_->facts() != nullptr ? mount_->facts()->find(place.path) : nullptr;
  if (mount_->facts() == nullptr) {
    ssize_t size = read_attribute(place.fd.get(), name, &context);
    if (size < 0 && errno == ENOTSUP)
      throw_failure(Code::unsupported, {what, " ", named(path), ": the file system keeps no labels"});
    if (size < 0 && errno != ENODATA) fail(what, path, errno);
  } else if (facts != nullptr && facts->attributes.contains(name)) {
    context = facts->attributes.at(name);
  }
  if (context.ends_with('\0')) context.pop_back();
  if (context.empty()) throw_failure(Code::not_found, {what, " ", named(path), ": it has none"});
  return context;
}

// --- contents --------------------------------------------------------------------------------------------------------

// What was found by O_PATH is opened as what it is, whatever has its name by now.
Fd Filesystem::open_file(const std::string &path, int flags, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot open";
  bool must_be_new = (flags & O_CREAT) && (flags & O_EXCL);
  Last last = must_be_new || (flags & O_NOFOLLOW) ? Last::stay : Last::follow;
  if (flags & O_CREAT) {
    Place place = find(what, path, last);
    if (const FileFacts *facts = not_on_disk(place)) fail_by_type(what, path, facts->mode);
    if (place.folder) return make_file(place, path, flags);
    if (must_be_new) fail("cannot make", path, EEXIST);
  }
  struct stat status {};
  Fd found = find_file(what, path, last, &status);
  if (flags & O_PATH) return found;
  bool is_folder = S_ISDIR(status.st_mode) && (flags & O_DIRECTORY);
  if (!S_ISREG(status.st_mode) && !is_folder) fail_by_type(what, path, status.st_mode);
  int wanted = (flags & ~(O_NOFOLLOW | O_CREAT)) | O_CLOEXEC | O_NOCTTY;
  Fd opened(open(path_of_descriptor(found.get()).c_str(), wanted, 0666));
  if (!opened) fail(what, path, errno);
  return opened;
}

Fd Filesystem::make_file(const Place &place, const std::string &path, int flags) const {
  if (asserts_folder(path)) fail("cannot make", path, EISDIR);
  std::string name = last_component(place.path);
  Fd made(openat(place.folder.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0666));
  if (!made) fail("cannot make", path, errno);
  return made;
}

Fd Filesystem::open_to_read(const char *what, const std::string &path, struct stat *status) const {
  // A process that writes into a pipe would notice that it was opened.
  bool has_processes = std::string_view(mount_->method()) == "merged";
  Fd file = has_processes ? Fd() : root_->open_to_read(path);
  if (file && fstat(file.get(), status) == 0 && S_ISREG(status->st_mode)) return file;
  Fd found = find_file(what, path, Last::follow, status);
  if (!S_ISREG(status->st_mode)) fail_by_type(what, path, status->st_mode);
  file.reset(open(path_of_descriptor(found.get()).c_str(), Root::read_flags));
  if (!file) fail(what, path, errno);
  return file;
}

std::string Filesystem::read_file(const std::string &path, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot read";
  const size_t most = 256 << 20, piece = 1 << 20;
  struct stat status {};
  Fd file = open_to_read(what, path, &status);
  CancelPoint point(cancel);
  std::string content;
  for (size_t size = 0;;) {
    point.check();
    if (size > most || status.st_size > static_cast<off_t>(most))
      throw_failure(Code::io, {"cannot read ", named(path), " as a whole: it has more than 256 MiB"},
                    "open it with get_file, and read it piece by piece");
    // One byte more than there should be: to get fewer means the end.
    auto left = static_cast<size_t>(std::max<off_t>(status.st_size - static_cast<off_t>(size) + 1, 4096));
    content.resize(size + std::min(left, piece));
    ssize_t n = read(file.get(), content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(what, path, errno);
    size += static_cast<size_t>(n);
    bool is_whole = size < content.size() && static_cast<off_t>(size) == status.st_size;
    content.resize(size);
    if (n == 0 || is_whole) return content;
  }
}

void Filesystem::copy_from(const std::string &source, const std::string &dest, Cancel *cancel) {
  Turn turn = turn_for_files(cancel);
  const char *what = "cannot copy";
  Place place = find(what, source, Last::follow);
  if (const FileFacts *facts = not_on_disk(place)) fail_by_type(what, source, facts->mode);
  if (!place.fd) fail(what, source, ENOENT);
  struct stat status {};
  if (fstat(place.fd.get(), &status) != 0) fail(what, source, errno);
  TreeCopy copy(mount_->facts(), cancel);
  if (S_ISREG(status.st_mode))
    copy.copy_file(place.fd.get(), place.path, dest, last_component(clean_path(source)));
  else if (S_ISDIR(status.st_mode))
    copy.copy_folder(std::move(place.fd), place.path, dest);
  else
    fail_by_type(what, source, status.st_mode);
}

// --- the end ---------------------------------------------------------------------------------------------------------

void Filesystem::reopen() noexcept {
  try {
    root_.emplace(mount_point(), way_);
  } catch (...) {
    log(LogLevel::warning, concat(mount_point(), " cannot be opened again"));  // some of it may have been removed
  }
}

void Filesystem::unmount(Cancel *cancel) {
  Turn turn = this->turn(cancel);
  if (is_unmounted_) return;
  root_.reset();  // it would keep the mount in use
  try {
    mount_->unmount();
    is_unmounted_ = true;
  } catch (const Failure &) {
    reopen();
    throw;
  }
}

}  // namespace conu
