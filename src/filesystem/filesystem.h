// The files of an image or of a container, by the paths that they have in there.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "filesystem/mount.h"
#include "filesystem/root.h"
#include "filesystem/tree_facts.h"
#include "json/json.h"
#include "loop/cancel.h"
#include "util/fd.h"

namespace conu {

// Who comes has to wait, but not for ever. It is no std::timed_mutex, whose waiting gcc 12's thread sanitizer does not
// see.
class OneAtATime {
 public:
  bool try_lock_for(std::chrono::milliseconds time);
  void unlock();

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool is_taken_ = false;
};

// Paths are those of a process whose root folder the tree is: links are followed in there, "..", too. Relative ones
// begin at the root. Any number of threads may call; one after the other gets its turn.
class Filesystem {
 public:
  // `subject` is whose files they are, for messages: "the image debian:12".
  Filesystem(std::unique_ptr<Mount> mount, std::string subject, Root::Way way = Root::Way::kernel);
  ~Filesystem();  // unmounts at best effort
  Filesystem(const Filesystem &) = delete;
  Filesystem &operator=(const Filesystem &) = delete;

  const std::string &mount_point() const { return mount_->mount_point(); }
  const char *method() const { return mount_->method(); }

  // Failure(not_found) where nothing has the path, Failure(conflict) where it is of another kind.
  std::string host_path(const std::string &path, Cancel *cancel);  // the last component may be missing
  std::string read_file(const std::string &path, Cancel *cancel);
  Fd open_file(const std::string &path, int flags, Cancel *cancel);
  bool file_is_present(const std::string &path, Cancel *cancel);
  bool directory_is_present(const std::string &path, Cancel *cancel);
  Json stat(const std::string &path, Cancel *cancel);  // of a link itself
  std::vector<std::string> list(const std::string &path, Cancel *cancel);
  void copy_from(const std::string &source, const std::string &dest, Cancel *cancel);
  std::string selinux_context(const std::string &path, Cancel *cancel);

  // Once it has succeeded, again is no failure, and every other call is Failure(state).
  void unmount(Cancel *cancel);

 private:
  using Turn = std::unique_lock<OneAtATime>;
  Turn turn(Cancel *cancel);
  Turn turn_for_files(Cancel *cancel);
  std::string named(const std::string &path) const;
  [[noreturn]] void fail(const char *what, const std::string &path, int error_number) const;
  [[noreturn]] void fail_by_type(const char *what, const std::string &path, unsigned mode) const;
  const FileFacts *not_on_disk(const Place &place) const;
  std::optional<unsigned> type_of(const std::string &path) const;
  Fd open_to_read(const char *what, const std::string &path, struct stat *status) const;
  Fd find_file(const char *what, const std::string &path, Root::Last last, struct stat *status) const;
  Place find(const char *what, const std::string &path, Root::Last last) const;
  void reopen() noexcept;
  Fd make_file(const Place &place, const std::string &path, int flags) const;

  std::unique_ptr<OneAtATime> turns_ = std::make_unique<OneAtATime>();
  std::unique_ptr<Mount> mount_;
  const std::string subject_;
  const Root::Way way_;
  std::optional<Root> root_;  // until it is unmounted
  bool is_unmounted_ = false;
  unsigned fork_generation_;
};

}  // namespace conu
