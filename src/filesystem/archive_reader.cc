// Tar archives read piece by piece as they arrive (POSIX.1-2017, pax; tar(5)).
#include "filesystem/archive_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

[[noreturn]] static void reject(Text reason) {
  throw_failure(Code::protocol, {"the archive cannot be used: ", reason});
}

// --- fields ----------------------------------------------------------------------------------------------------------

static std::string_view text_field(const char *header, size_t offset, size_t size) {
  return {header + offset, strnlen(header + offset, size)};
}

// Octal digits, or behind a byte of 0x80 or 0xff a big-endian number, of which 64 bits must do.
static int64_t number_field(const char *header, size_t offset, size_t size) {
  auto byte_at = [&](size_t i) { return static_cast<unsigned char>(header[offset + i]); };
  if (byte_at(0) & 0x80) {
    unsigned char filler = byte_at(0) == 0xff ? 0xff : 0;
    bool fits = byte_at(0) == 0xff || byte_at(0) == 0x80;
    uint64_t value = filler == 0 ? 0 : UINT64_MAX;
    for (size_t i = 1; i < size; i++) {
      fits = fits && (i + 8 >= size || byte_at(i) == filler);
      value = value << 8 | byte_at(i);
    }
    if (!fits) reject("a number in a header is too big");
    return static_cast<int64_t>(value);
  }
  std::string_view text = trimmed(text_field(header, offset, size));
  auto number = text.empty() ? 0 : number_in(text, 8);
  if (!number) reject(concat("a header has ", in_quotes(text), " in the place of a number"));
  return *number;
}

static bool has_good_checksum(const char *header) {
  int64_t sum = 0;
  for (size_t i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  return number_field(header, 148, 8) == sum;
}

static int64_t decimal(const std::string &key, std::string_view text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) reject(concat(key, " is ", in_quotes(text)));
  return number;
}

// --- entries ---------------------------------------------------------------------------------------------------------

ArchiveReader::Event ArchiveReader::next() {
  for (;;) {
    if (zero_blocks_ >= 2) rest_ = {};  // what follows the end is no part of the archive
    if (rest_.empty()) return Event::hungry;
    if (data_left_ > 0) {
      auto size = static_cast<size_t>(std::min<int64_t>(data_left_, static_cast<int64_t>(rest_.size())));
      data_ = rest_.substr(0, size);
      rest_.remove_prefix(size);
      data_left_ -= static_cast<int64_t>(size);
      if (extension_type_ == 0) return Event::data;
      extension_.append(data_);
      if (data_left_ == 0) read_extension();
    } else if (padding_left_ > 0) {
      auto size = std::min(static_cast<size_t>(padding_left_), rest_.size());
      rest_.remove_prefix(size);
      padding_left_ -= static_cast<int64_t>(size);
    } else if (take_header() && read_header()) {
      return Event::entry;
    }
  }
}

bool ArchiveReader::take_header() {
  size_t size = std::min(sizeof header_ - header_size_, rest_.size());
  memcpy(header_ + header_size_, rest_.data(), size);
  rest_.remove_prefix(size);
  header_size_ += size;
  return header_size_ == sizeof header_;
}

bool ArchiveReader::read_header() {
  header_size_ = 0;
  if (std::all_of(header_, header_ + sizeof header_, [](char c) { return c == 0; })) {
    zero_blocks_++;
    return false;
  }
  zero_blocks_ = 0;
  if (!has_good_checksum(header_)) reject("a header has a wrong checksum");
  int64_t size = number_field(header_, 124, 12);
  if (size < 0 || size > INT64_MAX - 512) reject("an entry has an impossible size");
  char type = header_[156];
  if (strchr("xgLK", type) != nullptr && type != 0) {
    const int64_t most = 1 << 20;
    if (size > most) reject("the extension of a header is too long");
    extension_type_ = type;
    extension_.clear();
    data_left_ = size;
    padding_left_ = (512 - size % 512) % 512;
    if (size == 0) read_extension();
    return false;
  }
  entry_ = ArchiveEntry();
  entry_.size = size;
  bool has_data = read_ustar();
  apply_extensions();
  if (!has_data) entry_.size = 0;  // some writers give the size of what a link points to
  data_left_ = entry_.size;
  padding_left_ = (512 - entry_.size % 512) % 512;
  return true;
}

// False: an entry of this type has no data.
bool ArchiveReader::read_ustar() {
  using Type = ArchiveEntry::Type;
  std::string_view name = text_field(header_, 0, 100);
  std::string_view prefix = text_field(header_, 345, 155);
  bool has_prefix = memcmp(header_ + 257, "ustar", 6) == 0 && !prefix.empty();
  entry_.name = has_prefix ? concat(prefix, "/", name) : std::string(name);
  entry_.target = text_field(header_, 157, 100);
  entry_.mode = static_cast<unsigned>(number_field(header_, 100, 8)) & 07777;
  entry_.uid = number_field(header_, 108, 8);
  entry_.gid = number_field(header_, 116, 8);
  entry_.mtime = number_field(header_, 136, 12);
  switch (header_[156]) {
    case '\0':
      if (entry_.name.ends_with('/')) entry_.type = Type::folder;  // before there was a type for it
      return entry_.type == Type::file;
    case '0':
    case '7':
      return true;
    case '1':
      entry_.type = Type::hard_link;
      return false;
    case '2':
      entry_.type = Type::symlink;
      return false;
    case '3':
    case '4':
      entry_.type = header_[156] == '3' ? Type::character_device : Type::block_device;
      entry_.major = static_cast<unsigned>(number_field(header_, 329, 8));
      entry_.minor = static_cast<unsigned>(number_field(header_, 337, 8));
      return false;
    case '5':
      entry_.type = Type::folder;
      return false;
    case '6':
      entry_.type = Type::fifo;
      return false;
    default:
      reject(concat("the entry ", in_quotes(entry_.name), " is of an unknown type ", in_quotes({header_ + 156, 1})));
  }
}

// --- extensions ------------------------------------------------------------------------------------------------------

void ArchiveReader::read_extension() {
  char type = std::exchange(extension_type_, 0);
  if (type == 'x') read_pax();
  // GNU's long names end with a NUL.
  if (type == 'L') records_["path"] = extension_.c_str();
  if (type == 'K') records_["linkpath"] = extension_.c_str();
  // 'g' is about all entries: git puts a comment there, nobody else uses it.
}

// Records of "LENGTH KEY=VALUE\n", the length being that of the whole record.
void ArchiveReader::read_pax() {
  std::string_view rest = extension_;
  while (!rest.empty()) {
    size_t length = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    auto digits = static_cast<size_t>(end - rest.data());
    bool good =
        error == std::errc() && length > digits + 2 && length <= rest.size() && *end == ' ' && rest[length - 1] == '\n';
    if (!good) reject("the extension of a header is malformed");
    std::string_view record = rest.substr(digits + 1, length - digits - 2);
    rest.remove_prefix(length);
    auto equals = record.find('=');
    if (equals == record.npos) reject("the extension of a header is malformed");
    std::string key(record.substr(0, equals));
    if (key.starts_with("GNU.sparse.")) reject("it has sparse files in the way of GNU");
    records_[key] = record.substr(equals + 1);
  }
}

void ArchiveReader::apply_extensions() {
  const std::string_view attribute = "SCHILY.xattr.";
  for (const auto &[key, value] : records_) {
    if (key.starts_with(attribute)) entry_.attributes[key.substr(attribute.size())] = value;
    if (value.empty()) continue;  // it takes a global record back, of which there are none
    if (key == "path") entry_.name = value;
    if (key == "linkpath") entry_.target = value;
    if (key == "uid") entry_.uid = decimal(key, value);
    if (key == "gid") entry_.gid = decimal(key, value);
    if (key == "size") entry_.size = decimal(key, value);
    if (key == "mtime") {
      auto point = value.find('.');
      entry_.mtime = decimal(key, std::string_view(value).substr(0, point));
      std::string fraction = point == value.npos ? "" : value.substr(point + 1, 9);
      fraction.resize(9, '0');
      entry_.mtime_ns = static_cast<long>(decimal(key, fraction));
      if (entry_.mtime_ns < 0) reject(concat("mtime is ", in_quotes(value)));
      bool is_before_zero = value.starts_with('-') && entry_.mtime_ns > 0;  // the fraction counts away from zero
      if (is_before_zero) {
        entry_.mtime--;
        entry_.mtime_ns = 1000000000 - entry_.mtime_ns;
      }
    }
  }
  records_.clear();
  if (entry_.size < 0 || entry_.size > INT64_MAX - 512) reject("an entry has an impossible size");
  for (const std::string *text : {&entry_.name, &entry_.target})
    if (text->find('\0') != text->npos) reject("a name has a NUL in it");
}

void ArchiveReader::finish() const {
  if (zero_blocks_ < 2) reject("it is cut off");
}

}  // namespace conu
