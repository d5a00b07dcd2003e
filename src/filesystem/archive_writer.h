// Tar archives made piece by piece, over libarchive, which is loaded on first use.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

struct archive;
struct archive_entry;

namespace conu {

class ArchiveWriter {
 public:
  // Entries belong to user and group 0, or to their owners. Failure(unsupported) with a hint where libarchive is not
  // installed.
  explicit ArchiveWriter(bool keeps_owners = false);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter &) = delete;
  ArchiveWriter &operator=(const ArchiveWriter &) = delete;

  // Begins an entry: `status` gives its type, mode, size and times, `target` is where a symbolic link points to. Then
  // as many bytes of data follow as its size says.
  void begin(const std::string &name, const struct stat &status, const std::string &target);
  void data(std::string_view bytes);
  // Adds another name for a file that is in the archive already.
  void link(const std::string &name, const struct stat &status, const std::string &first_name);
  // The data of the entry that was begun comes from elsewhere: what is made next belongs behind it.
  void leave_out_data(int64_t size);
  void finish();  // the end of the archive

  // What has been made and not been taken yet.
  std::string take() { return std::exchange(made_, {}); }
  size_t size() const { return made_.size(); }

 private:
  void open();
  void close();
  void add(const std::string &name, const struct stat &status, const std::string &symlink,
           const std::string &hard_link);
  static ssize_t collect(archive *, void *self, const void *bytes, size_t size);
  void check(int result, const char *what);

  const bool keeps_owners_;
  archive *archive_ = nullptr;
  std::string made_;
  bool given_up_ = false;
};

}  // namespace conu
