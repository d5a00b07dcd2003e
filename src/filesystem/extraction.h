// Putting what an archive holds into a folder, and nothing outside of it.
//
// Names are taken apart here, and the kernel only ever sees one component of them at a time, below a folder that is
// open already, and follows no link: an archive can neither name a place outside nor make a way there.
#pragma once

#include <sys/uio.h>

#include <string>
#include <string_view>
#include <vector>

#include "filesystem/archive_reader.h"
#include "util/fd.h"

namespace conu {

class Extraction {
 public:
  // All entries must be below one folder of the archive, or be one file: that becomes `name` in `folder`. Empty: what
  // is below it goes into `folder` itself. `is_whole`: the archive is that of a root folder, which has no name.
  Extraction(std::string folder, std::string name, bool is_whole);
  ~Extraction();
  Extraction(const Extraction &) = delete;
  Extraction &operator=(const Extraction &) = delete;

  // Files belong to who extracts; mode and time are those of the archive. What is there already is replaced, but never
  // a folder by something else or something else by a folder: that is Failure(conflict). A file has its name once it is
  // whole. Failure(protocol) for an archive that leads out of its folder.
  void begin(const ArchiveEntry &entry);
  void data(std::string_view bytes);  // must stay where they are until flush() or finish()
  void flush();
  void finish();

 private:
  using Parts = std::vector<std::string>;
  struct Folder {
    Parts parts;
    unsigned mode;
    timespec time;
  };

  Parts parts_of(const std::string &name);
  std::string path_of(const Parts &parts) const;
  Fd walk(const Parts &parts, size_t count, bool creates) const;
  void enter(const Parts &parts);
  void leave_folders(const Parts &next);
  void make_folder(const Parts &parts, const ArchiveEntry &entry);
  void begin_other(const Parts &parts, const ArchiveEntry &entry);
  void make_link(const ArchiveEntry &entry);
  void complete();
  void give_up() noexcept;
  [[noreturn]] void fail(const std::string &what, const Parts &parts, int error_number) const;

  std::string folder_, name_;
  bool is_whole_;
  std::string base_;  // the one that all entries are below
  Fd root_;
  Parts parent_parts_;  // of the folder that is open
  Fd parent_;
  std::vector<Folder> open_;  // folders that more may come into: mode and time are for when they are left
  // What is being made, under a name of its own.
  Parts parts_;
  std::string temporary_, temporary_prefix_;
  size_t made_ = 0;
  Fd file_;
  std::vector<iovec> pieces_;  // of its data, to be written at once
  unsigned mode_ = 0;
  timespec time_{};
  ArchiveEntry::Type type_ = ArchiveEntry::Type::file;
  bool is_under_way_ = false;
};

}  // namespace conu
