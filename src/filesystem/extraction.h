// Putting what an archive holds into a folder that may hold something already, and nothing outside of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filesystem/archive_reader.h"
#include "filesystem/entry_folders.h"
#include "filesystem/pieces.h"

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
  struct Folder {
    Parts parts;
    unsigned mode;
    timespec time;
  };

  Parts place_of(const std::string &name);
  void leave_folders(const Parts &next);
  void make_folder(const Parts &parts, const ArchiveEntry &entry);
  void begin_other(const Parts &parts, const ArchiveEntry &entry);
  void make_link(const ArchiveEntry &entry);
  void complete();
  void give_up() noexcept;

  EntryFolders folders_;
  std::string name_;
  bool is_whole_;
  std::string base_;          // the one that all entries are below
  std::vector<Folder> open_;  // folders that more may come into: mode and time are for when they are left
  // What is being made, under a name of its own.
  Parts parts_;
  std::string temporary_, temporary_prefix_;
  size_t made_ = 0;
  Fd file_;
  Pieces pieces_;  // of its data
  unsigned mode_ = 0;
  timespec time_{};
  ArchiveEntry::Type type_ = ArchiveEntry::Type::file;
  bool is_under_way_ = false;
};

}  // namespace conu
