// Putting a whole tree into an empty folder, as somebody who means to look at it and trusts it in nothing.
//
// What is on disk is harmless and can be read by who made it; what it does not tell of the tree is remembered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filesystem/archive_reader.h"
#include "filesystem/entry_folders.h"
#include "filesystem/pieces.h"
#include "filesystem/tree_facts.h"

namespace conu {

// Of a tree that is put on disk, the content of sparse files counted as it comes. Negative: any number.
struct ExtractionLimits {
  int64_t entries = 2000000;
  int64_t bytes = int64_t{64} << 30;
};

class TreeExtraction {
 public:
  TreeExtraction(std::string folder, ExtractionLimits limits);

  // Links are made as they are, and never followed. Devices and FIFOs are not made; special bits, owners that this user
  // cannot give and extended attributes are not set; what its owner could not read, can be read. An entry takes the
  // place of one of the same name. Failure(protocol) for a name or a hard link that leads out of the tree, and
  // Failure(io) where it is larger than the limits.
  void begin(const ArchiveEntry &entry);
  void data(std::string_view bytes);  // must stay where they are until flush() or finish()
  void flush();
  TreeFacts finish();

 private:
  struct Folder {
    Parts parts;
    ArchiveEntry entry;
  };

  Parts place_of(const std::string &name) const;
  void count(const ArchiveEntry &entry);
  void enter(const Parts &parts);
  void make_folder(const Parts &parts, const ArchiveEntry &entry);
  void leave_folders(const Parts &next);
  void make_file(const Parts &parts, const ArchiveEntry &entry);
  void make_symlink(const Parts &parts, const ArchiveEntry &entry);
  void make_link(const Parts &parts, const ArchiveEntry &entry);
  bool link_to(const Parts &target, const Parts &parts);
  void clear(const Parts &parts);
  bool set_owner(int file, const char *name, const ArchiveEntry &entry) const;
  void dress(int file, const Parts &parts, const ArchiveEntry &entry);
  void complete();
  void remember(const Parts &parts, const ArchiveEntry &entry, bool is_on_disk = true);
  void remember(const std::string &path, FileFacts facts);

  EntryFolders folders_;
  const ExtractionLimits limits_;
  const bool is_root_;
  int64_t entries_ = 0, bytes_ = 0;
  size_t remembered_ = 0, missing_ = 0;
  TreeFacts facts_;
  std::vector<Folder> open_;  // that more may come into: they get what they are to have when they are left
  Fd file_;                   // that is being written
  Parts parts_;
  ArchiveEntry entry_;
  Pieces pieces_;
};

}  // namespace conu
