// What an image's archive says of its layers is the same in whatever pieces it comes, and about nothing else than was
// asked. The input is lines that say what is in the archive, as chance alone makes no archive of archives; or, where it
// begins with a NUL, the archive itself.
#include "check/layer_scan.h"

#include <algorithm>

#include "archive.h"
#include "filesystem/tar_bytes.h"
#include "fuzz.h"

using namespace conu;

static const std::vector<std::string> paths = {"a", "a/b", "etc/secret", ""};

static std::string scanned(std::string_view archive, size_t piece_size) {
  std::string output;
  try {
    LayerScan scan(paths);
    for (size_t at = 0; at < archive.size(); at += piece_size) {
      std::string piece(archive.substr(at, piece_size));
      scan.take(piece);
    }
    for (const ScannedLayer &layer : scan.finish()) {
      output += "\n" + layer.instruction;
      for (const auto &[path, trace] : layer.traces) {
        require(std::find(paths.begin(), paths.end(), path) != paths.end());
        require(trace.holds || trace.removes || !trace.below.empty());
        output += "\n" + path + (trace.holds ? "h" : "") + (trace.removes ? "r" : "") + trace.below;
      }
    }
  } catch (const Failure &failure) {
    require(failure.code == Code::protocol || failure.code == Code::unsupported);
    output = failure.message;
  }
  return output;
}

// "layer.tar ..." is a member whose lines that begin with a blank are its entries, ">name target" a link,
// "{name content" a document. A name's first sign is its type, where it is a digit.
static std::string archive_of(std::string_view lines) {
  std::string archive, name, layer;
  auto end_layer = [&] {
    if (!name.empty()) archive += tar_file(name, layer + tar_end);
    name.clear(), layer.clear();
  };
  while (!lines.empty()) {
    std::string line(take_line(&lines));
    std::erase(line, '\0');
    if (line.empty()) continue;
    size_t blank = std::min(line.find(' ', 1), line.size());
    std::string first = line.substr(1, blank - 1), second = line.substr(std::min(blank + 1, line.size()));
    if (line[0] == ' ') {
      layer += tar_header(isdigit(first[0]) ? first[0] : '0', first.substr(isdigit(first[0]) ? 1 : 0), second);
      continue;
    }
    end_layer();
    if (line[0] == '>')
      archive += tar_header('2', first, second);
    else if (line[0] == '{')
      archive += tar_file(first, second);
    else
      name = line;
  }
  end_layer();
  return archive + tar_end;
}

void fuzz(std::string_view input) {
  if (input.size() < 2) return;
  size_t piece_size = static_cast<unsigned char>(input[1]) + 1;
  std::string archive = input[0] == '\0' ? std::string(input.substr(2)) : archive_of(input.substr(2));
  if (input[0] == '\0') set_checksums(&archive);
  require(scanned(archive, piece_size) == scanned(archive, archive.size() + 1));
}
