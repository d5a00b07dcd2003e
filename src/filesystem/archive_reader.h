// Tar archives read piece by piece as they arrive: ustar, pax, and the long names of GNU.
//
// libarchive asks for bytes and blocks until it has them; here bytes come when they come, and data is passed on where
// it lies. It does not unpack: the archives of engines are plain.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace conu {

struct ArchiveEntry {
  enum class Type { file, folder, symlink, hard_link, fifo, character_device, block_device };
  Type type = Type::file;
  std::string name;    // as it stands in the archive
  std::string target;  // of a link
  unsigned mode = 0;   // permissions and special bits
  int64_t uid = 0, gid = 0;
  int64_t size = 0;  // of the data that follows
  int64_t mtime = 0;
  long mtime_ns = 0;
  unsigned major = 0, minor = 0;                  // of a device
  std::map<std::string, std::string> attributes;  // extended ones, with their namespaces
};

class ArchiveReader {
 public:
  // `bytes` must stay where they are until next() said `hungry`: the data are views into them.
  void feed(std::string_view bytes) { rest_ = bytes; }

  // hungry: feed it more. entry: another one begins, and the one before it is whole. data: a piece of its content.
  // Throws Failure(protocol) for what is no archive, or none of a kind that engines make.
  enum class Event { hungry, entry, data };
  Event next();
  const ArchiveEntry &entry() const { return entry_; }
  std::string_view data() const { return data_; }

  // The stream has ended: throws Failure(protocol) where the archive had not.
  void finish() const;

 private:
  bool take_header();  // false: more is needed
  bool read_header();  // true: an entry begins
  bool read_ustar();
  void read_extension();
  void read_pax();
  void apply_extensions();

  std::string_view rest_;  // of what was fed
  char header_[512] = {};
  size_t header_size_ = 0;  // bytes of the next header that have come
  int64_t data_left_ = 0;   // of the entry, or of the header extension
  int64_t padding_left_ = 0;
  char extension_type_ = 0;  // 0: the data is that of an entry
  std::string extension_;
  std::map<std::string, std::string, std::less<>> records_;  // what extensions say about the next entry
  int zero_blocks_ = 0;
  ArchiveEntry entry_;
  std::string_view data_;
};

}  // namespace conu
