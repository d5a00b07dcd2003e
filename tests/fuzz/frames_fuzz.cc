// A stream says the same in whatever pieces it comes.
#include "engine/frames.h"
#include "fuzz.h"

using namespace conu;

struct Output {
  std::string channels[3];
  std::string error;

  bool operator==(const Output &) const = default;
};

static Output read(std::string_view stream, bool raw, size_t piece_size) {
  Output output;
  FrameReader reader(raw);
  try {
    while (!stream.empty()) {
      std::string chunk(stream.substr(0, piece_size));
      stream.remove_prefix(chunk.size());
      reader.feed(chunk);
      int channel = 0;
      std::string_view piece;
      while (reader.next(&channel, &piece)) {
        require(channel == 1 || channel == 2);
        require(!piece.empty());
        output.channels[channel] += piece;
      }
    }
    reader.finish();
  } catch (const Failure &failure) {
    require(failure.code == Code::protocol || failure.code == Code::engine);
    output.error = failure.message;
  }
  return output;
}

void fuzz(std::string_view input) {
  if (input.empty()) return;
  size_t piece_size = static_cast<unsigned char>(input[0]) % 16 + 1;
  input.remove_prefix(1);
  require(read(input, false, piece_size) == read(input, false, input.size()));
  require(read(input, true, piece_size).channels[1] == input);
}
