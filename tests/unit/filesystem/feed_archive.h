// Putting a whole archive into something that takes its entries.
#pragma once

#include <string>

#include "filesystem/archive_reader.h"

namespace conu {

template <class Extraction>
void feed_archive(Extraction &extraction, const std::string &archive) {
  ArchiveReader reader;
  reader.feed(archive);
  for (auto event = reader.next(); event != ArchiveReader::Event::hungry; event = reader.next()) {
    if (event == ArchiveReader::Event::entry)
      extraction.begin(reader.entry());
    else
      extraction.data(reader.data());
  }
  reader.finish();
}

}  // namespace conu
