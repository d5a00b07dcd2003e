// Files and folders of the host with all that is in them, as the tar archive that an engine is sent.
#pragma once

#include <sys/stat.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "filesystem/archive_writer.h"
#include "transport/http.h"
#include "util/fd.h"

namespace conu {

// What of a folder goes into its archive. Names are those in the archive; without a question all is meant.
struct TreeChoice {
  bool keeps_owners = true;  // or all belongs to user and group 0
  std::function<bool(const std::string &name, mode_t mode)> takes;
  std::function<bool(const std::string &folder)> enters;  // though it is not taken itself
  // What the archive is to say of an entry, where that is not what the disk says. A file of size 0 is empty there.
  std::function<void(const std::string &name, struct stat &status)> dress;
  // Which links, by their paths on the host, stand for what they lead to; without a question none does. Where some do,
  // files with several names are several files. One that leads nowhere stays a link; Failure(invalid_argument) where
  // one leads to a folder that it is in.
  std::function<bool(const std::string &path)> follows;
};

// Where a part of an archive is on the host. `name` is what it is called in the archive; empty: what is in the folder,
// without the folder.
struct TreeRoot {
  std::string path, name;
};

// Reads as it is sent; a large file goes out of the file itself. Files keep mode and time (in whole seconds); files
// with several names stay one; links stay links; sockets are left out.
class TreeArchive : public BodySource {
 public:
  TreeArchive(std::string path, std::string name, TreeChoice choice = {});
  // Several, one behind the other; none has the same entry as another one.
  TreeArchive(std::vector<TreeRoot> roots, TreeChoice choice);

  std::string_view next() override;
  FileRange file() override { return std::exchange(range_, {}); }
  int64_t size() const override { return size_; }

 private:
  const TreeRoot &root() const { return roots_.front(); }
  std::string path_of(const std::string &name) const;
  void begin_root();
  void advance();
  void add_children(const std::string &name);
  void add_entry(const std::string &name);
  void dress(const std::string &name, struct stat *status) const;
  void follow(const std::string &name, struct stat *status) const;
  void add_file(const std::string &name);
  void add_data();

  std::deque<TreeRoot> roots_;  // the first is the one that is being read
  const TreeChoice choice_;
  ArchiveWriter archive_;
  std::vector<std::string> pending_;                      // by their names in the archive; the next one is the last
  std::map<std::pair<dev_t, ino_t>, std::string> names_;  // of files that have several
  Fd file_;                                               // whose data is being sent
  std::string file_path_;
  int64_t left_ = 0;
  std::string ready_, given_;  // what next() will give, and what it gave
  FileRange range_;            // what goes out behind it
  bool finished_ = false;
  int64_t size_ = -1;
  std::string buffer_;
};

}  // namespace conu
