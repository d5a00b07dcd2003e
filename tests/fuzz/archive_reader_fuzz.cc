// An archive says the same in whatever pieces it comes.
#include "filesystem/archive_reader.h"

#include "archive.h"
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

void fuzz(std::string_view input) {
  if (input.empty()) return;
  size_t piece_size = static_cast<unsigned char>(input[0]) + 1;
  std::string archive(input.substr(1));
  set_checksums(&archive);
  require(read(archive, piece_size) == read(archive, archive.size()));
}
