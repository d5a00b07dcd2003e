// Tar archives made piece by piece.
#include "filesystem/archive_writer.h"

#include <memory>
#include <new>

#include "filesystem/libarchive.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

ArchiveWriter::ArchiveWriter(bool keeps_owners) : keeps_owners_(keeps_owners) { open(); }

ArchiveWriter::~ArchiveWriter() { close(); }

void ArchiveWriter::open() {
  const LibArchive &lib = libarchive();
  archive_ = lib.archive_write_new();
  if (archive_ == nullptr) throw std::bad_alloc();
  lib.archive_write_set_format_pax_restricted(archive_);  // pax headers only where ustar does not do
  lib.archive_write_set_bytes_per_block(archive_, 0);
  lib.archive_write_set_bytes_in_last_block(archive_, 1);
  check(lib.archive_write_open(archive_, this, nullptr, collect, nullptr), "begin");
}

void ArchiveWriter::close() {
  given_up_ = true;  // or an entry that is not complete would be filled up, with gigabytes if need be
  libarchive().archive_write_free(archive_);
  given_up_ = false;
}

// Entries stand in an archive side by side and know nothing of each other, so another writer may go on with the next.
void ArchiveWriter::leave_out_data(int64_t size) {
  close();
  open();
  made_.append(static_cast<size_t>((512 - size % 512) % 512), '\0');
}

ssize_t ArchiveWriter::collect(archive *, void *self, const void *bytes, size_t size) {
  auto *writer = static_cast<ArchiveWriter *>(self);
  if (writer->given_up_) return -1;
  try {
    writer->made_.append(static_cast<const char *>(bytes), size);
  } catch (const std::bad_alloc &) {
    return -1;  // nothing is thrown through a C library
  }
  return static_cast<ssize_t>(size);
}

void ArchiveWriter::check(int result, const char *what) {
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;  // a warning: a name that is not UTF-8 is kept as it is
  const char *reason = libarchive().archive_error_string(archive_);
  throw_failure(Code::io, {"cannot ", what, " the archive: ", reason != nullptr ? reason : "unknown"});
}

void ArchiveWriter::begin(const std::string &name, const struct stat &status, const std::string &target) {
  add(name, status, target, "");
}

void ArchiveWriter::link(const std::string &name, const struct stat &status, const std::string &first_name) {
  add(name, status, "", first_name);
}

void ArchiveWriter::add(const std::string &name, const struct stat &status, const std::string &symlink,
                        const std::string &hard_link) {
  const LibArchive &lib = libarchive();
  std::unique_ptr<archive_entry, decltype(lib.archive_entry_free)> entry(lib.archive_entry_new(),
                                                                         lib.archive_entry_free);
  if (!entry) throw std::bad_alloc();
  lib.archive_entry_copy_stat(entry.get(), &status);
  lib.archive_entry_set_pathname(entry.get(), name.c_str());
  if (!keeps_owners_) {
    lib.archive_entry_set_uid(entry.get(), 0);
    lib.archive_entry_set_gid(entry.get(), 0);
  }
  if (!S_ISREG(status.st_mode) || !hard_link.empty()) lib.archive_entry_set_size(entry.get(), 0);
  if (!hard_link.empty())
    lib.archive_entry_set_hardlink(entry.get(), hard_link.c_str());
  else if (S_ISLNK(status.st_mode))
    lib.archive_entry_set_symlink(entry.get(), symlink.c_str());
  check(lib.archive_write_header(archive_, entry.get()), "add an entry to");
}

void ArchiveWriter::data(std::string_view bytes) {
  la_ssize_t written = libarchive().archive_write_data(archive_, bytes.data(), bytes.size());
  if (written < 0) check(static_cast<int>(written), "add data to");
}

void ArchiveWriter::finish() { check(libarchive().archive_write_close(archive_), "complete"); }

}  // namespace conu
