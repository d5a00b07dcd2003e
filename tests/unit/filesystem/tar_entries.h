// What a tar archive holds, read by libarchive.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <unistd.h>

#include <string>
#include <vector>

#include "check.h"
#include "transport/http.h"
#include "util/failure.h"

struct TarEntry {
  std::string name;
  mode_t type = 0;  // S_IFREG, S_IFDIR, S_IFLNK
  mode_t mode = 0;
  int64_t uid = -1, gid = -1, size = 0, time = 0;
  std::string target;
  std::string content;
};

inline std::vector<TarEntry> entries_of(const std::string &bytes, bool with_content = true) {
  std::vector<TarEntry> entries;
  archive *reader = archive_read_new();
  archive_read_support_format_tar(reader);
  int result = archive_read_open_memory(reader, bytes.data(), bytes.size());
  archive_entry *entry = nullptr;
  while (result == ARCHIVE_OK && (result = archive_read_next_header(reader, &entry)) == ARCHIVE_OK) {
    TarEntry read;
    read.name = archive_entry_pathname(entry);
    read.type = archive_entry_filetype(entry);
    read.mode = archive_entry_perm(entry);
    read.uid = archive_entry_uid(entry);
    read.gid = archive_entry_gid(entry);
    read.size = archive_entry_size(entry);
    read.time = archive_entry_mtime(entry);
    if (const char *target = archive_entry_symlink(entry)) read.target = target;
    if (with_content) {
      read.content.resize(static_cast<size_t>(read.size));
      if (archive_read_data(reader, read.content.data(), read.content.size()) != read.size) result = ARCHIVE_FATAL;
    }
    entries.push_back(read);
    if (!with_content) break;
  }
  std::string problem = archive_error_string(reader) != nullptr ? archive_error_string(reader) : "";
  archive_read_free(reader);
  check::is_true(result == (with_content ? ARCHIVE_EOF : ARCHIVE_OK), "the archive is broken: " + problem, __FILE__,
                 __LINE__);
  return entries;
}

// All that a source gives: the bytes that it makes, and the ranges of files between them.
inline std::string bytes_of(conu::BodySource &source) {
  std::string bytes;
  for (;;) {
    std::string_view piece = source.next();
    bytes += piece;
    conu::FileRange range = source.file();
    if (piece.empty() && range.size == 0) return bytes;
    std::string data(static_cast<size_t>(range.size), '\0');
    if (range.size > 0 && pread(range.fd, data.data(), data.size(), range.offset) != range.size)
      throw conu::Failure(conu::Code::io, range.name + " became shorter");
    bytes += data;
  }
}
