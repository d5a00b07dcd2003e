// The folders of a tree that an archive's entries are put into.
//
// Names are taken apart, and no link is followed on the way to a folder: an archive can neither name a place outside
// nor make a way there.
#pragma once

#include <string>
#include <vector>

#include "util/fd.h"
#include "util/text.h"

namespace conu {

using Parts = std::vector<std::string>;  // of a path

// What an entry's name consists of. Failure(protocol) for one with "..", or too long to be of use to anybody.
Parts parts_of(const std::string &name);
std::string joined(const Parts &parts, size_t count);

[[noreturn]] void reject_entry(const std::string &name, const char *reason);

class EntryFolders {
 public:
  explicit EntryFolders(std::string root);

  // Opens the folder that these parts name the content of, and makes those that are missing.
  void enter(const Parts &parts);
  int parent() const { return parent_.get(); }  // that folder
  // The folder that the first `count` parts name. Failure(protocol) where one of them is something else.
  Fd open(const Parts &parts, size_t count, int flags, bool creates = false) const;

  std::string path_of(const Parts &parts) const;  // on the host
  [[noreturn]] void fail(Text what, const Parts &parts, int error_number) const;

 private:
  std::string path_;
  Fd root_;
  Parts parent_parts_;
  Fd parent_;
};

}  // namespace conu
