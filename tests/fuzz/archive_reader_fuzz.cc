// An archive says the same in whatever pieces it comes.
#include "filesystem/archive_reader.h"

#include <cstdio>

#include "fuzz.h"

using namespace conu;

static std::string read(std::string_view archive, size_t piece_size) {
  std::string output;
  ArchiveReader reader;
  try {
    while (!archive.empty()) {
      std::string chunk(archive.substr(0, piece_size));
      archive.remove_prefix(chunk.size());
      reader.feed(chunk);
      for (auto event = reader.next(); event != ArchiveReader::Event::hungry; event = reader.next()) {
        const ArchiveEntry &entry = reader.entry();
        require(entry.size >= 0 && entry.mtime_ns >= 0 && entry.mtime_ns < 1000000000);
        require(entry.name.find('\0') == std::string::npos && entry.target.find('\0') == std::string::npos);
        if (event == ArchiveReader::Event::data) require(!reader.data().empty());
        output += event == ArchiveReader::Event::data ? std::string(reader.data()) : "\n" + entry.name + entry.target;
      }
    }
    reader.finish();
  } catch (const Failure &failure) {
    require(failure.code == Code::protocol);
    output += failure.message;
  }
  return output;
}

// Chance alone would hardly ever find a checksum.
static void set_checksums(std::string *archive) {
  for (size_t at = 0; at + 512 <= archive->size(); at += 512) {
    archive->replace(at + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (size_t i = at; i < at + 512; i++) sum += static_cast<unsigned char>((*archive)[i]);
    char text[8];
    snprintf(text, sizeof text, "%06o", sum);
    if (sum != 8 * ' ') archive->replace(at + 148, 7, text, 7);
    if (sum == 8 * ' ') archive->replace(at + 148, 8, 8, '\0');
  }
}

void fuzz(std::string_view input) {
  if (input.empty()) return;
  size_t piece_size = static_cast<unsigned char>(input[0]) + 1;
  std::string archive(input.substr(1));
  set_checksums(&archive);
  require(read(archive, piece_size) == read(archive, archive.size()));
}
