// A file or a folder of the host with all that is in it, as the tar archive that an engine is sent.
#pragma once

#include <sys/stat.h>

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
};

// Reads as it is sent; a large file goes out of the file itself. Files keep mode and time (in whole seconds); files
// with several names stay one; links are not followed; sockets are left out.
class TreeArchive : public BodySource {
 public:
  // `name` is what `path` is called in the archive; empty: what is in the folder, without the folder.
  TreeArchive(std::string path, std::string name, TreeChoice choice = {});

  std::string_view next() override;
  FileRange file() override { return std::exchange(range_, {}); }
  int64_t size() const override { return size_; }

 private:
  std::string path_of(const std::string &name) const;
  void advance();
  void add_children(const std::string &name);
  void add_entry(const std::string &name);
  void add_file(const std::string &name);
  void add_data();

  const std::string path_, name_;
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
