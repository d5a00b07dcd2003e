// libarchive, loaded on first use: linked, it would cost every program milliseconds and megabytes that few of them
// need.
#pragma once

#include <archive.h>
#include <archive_entry.h>

namespace conu {

// Each function that is used, under its own name: `libarchive().archive_write_new()`.
// clang-format off
#define CONU_LIBARCHIVE_FUNCTIONS(F) \
  F(archive_entry_copy_stat) F(archive_entry_free) F(archive_entry_new) F(archive_entry_set_gid) \
  F(archive_entry_set_hardlink) F(archive_entry_set_pathname) F(archive_entry_set_size) F(archive_entry_set_symlink) F(archive_entry_set_uid) \
  F(archive_error_string) F(archive_write_close) F(archive_write_data) F(archive_write_free) \
  F(archive_write_header) F(archive_write_new) F(archive_write_open) F(archive_write_set_bytes_in_last_block) \
  F(archive_write_set_bytes_per_block) F(archive_write_set_format_pax_restricted)
// clang-format on

struct LibArchive {
#define CONU_MEMBER(name) decltype(&::name) name;
  CONU_LIBARCHIVE_FUNCTIONS(CONU_MEMBER)
#undef CONU_MEMBER
};

// Throws Failure(unsupported) with a hint where the library is not installed.
const LibArchive &libarchive();

}  // namespace conu
