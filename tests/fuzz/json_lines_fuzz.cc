// A stream has the same documents in whatever pieces it comes, and no document is lost or made up.
#include "engine/json_lines.h"

#include <vector>

#include "fuzz.h"

using namespace conu;

struct Output {
  std::vector<std::string> documents;
  bool failed = false;

  bool operator==(const Output &) const = default;
};

static Output read(std::string_view stream, size_t piece_size) {
  Output output;
  JsonLines lines;
  output.failed = !accepts(Code::protocol, [&] {
    while (!stream.empty()) {
      lines.feed(stream.substr(0, piece_size));
      stream.remove_prefix(std::min(piece_size, stream.size()));
      while (auto document = lines.next()) output.documents.push_back(*document);
    }
    lines.finish();
  });
  return output;
}

void fuzz(std::string_view input) {
  if (input.empty()) return;
  size_t piece_size = static_cast<unsigned char>(input[0]) % 16 + 1;
  input.remove_prefix(1);
  Output output = read(input, input.size());
  require(read(input, piece_size) == output);
  if (output.failed) return;
  std::string joined;
  for (const std::string &document : output.documents) joined += document + "\n";
  require(read(joined, 7) == output);
}
