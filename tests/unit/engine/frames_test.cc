// The output stream, cut at every place that a socket may cut it.
#include "engine/frames.h"

#include "check.h"

using namespace conu;

static std::string frame(int type, const std::string &payload) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(type);
  for (size_t i = 0; i < 4; i++) bytes[4 + i] = static_cast<char>(payload.size() >> (24 - 8 * i) & 0xff);
  return bytes + payload;
}

// What came on each channel, and how often the channel changed.
struct Output {
  std::string text[3];
  std::string order;
};

static void read(FrameReader &reader, std::string_view bytes, Output *output) {
  reader.feed(bytes);
  int channel = 0;
  std::string_view piece;
  while (reader.next(&channel, &piece)) {
    CHECK(channel == 1 || channel == 2);
    CHECK(!piece.empty());
    CHECK(piece.data() >= bytes.data() && piece.data() + piece.size() <= bytes.data() + bytes.size());
    output->text[channel] += piece;
    if (output->order.empty() || output->order.back() != static_cast<char>('0' + channel))
      output->order += static_cast<char>('0' + channel);
  }
}

TEST(channels_come_apart_wherever_the_stream_is_split) {
  const std::string stream = frame(1, "one\n") + frame(2, "") + frame(2, "err\xff") + frame(1, "") +
                             frame(0, "echoed stdin") + frame(2, std::string(300, 'e')) +
                             frame(1, std::string("\0z", 2));
  for (size_t first = 0; first <= stream.size(); first++)
    for (size_t second = first; second <= stream.size(); second++) {
      FrameReader reader(false);
      Output output;
      read(reader, std::string_view(stream).substr(0, first), &output);
      read(reader, std::string_view(stream).substr(first, second - first), &output);
      read(reader, std::string_view(stream).substr(second), &output);
      reader.finish();
      CHECK_EQUAL(output.text[1], std::string("one\nechoed stdin\0z", 18));
      CHECK_EQUAL(output.text[2], "err\xff" + std::string(300, 'e'));
      CHECK_EQUAL(output.order, "12121");
    }
}

TEST(channels_come_apart_byte_by_byte) {
  const std::string stream = frame(1, "ab") + frame(2, "cd") + frame(1, "ef");
  FrameReader reader(false);
  Output output;
  for (char c : stream) read(reader, std::string(1, c), &output);
  reader.finish();
  CHECK_EQUAL(output.text[1], "abef");
  CHECK_EQUAL(output.text[2], "cd");
}

TEST(between_two_frames_nothing_is_given_in_part) {
  FrameReader reader(false);
  Output output;
  const std::string stream = frame(1, "ab");
  for (size_t i = 0; i < stream.size(); i++) {
    CHECK(reader.is_between() == (i < 9));
    read(reader, stream.substr(i, 1), &output);
  }
  CHECK(reader.is_between());
}

TEST(a_terminals_output_is_passed_on_as_it_is) {
  FrameReader reader(true);
  Output output;
  const std::string first = frame(2, "not a frame");
  read(reader, first, &output);
  read(reader, "", &output);
  read(reader, "\r\n", &output);
  reader.finish();
  CHECK_EQUAL(output.text[1], first + "\r\n");
}

TEST(the_largest_length_allocates_nothing) {
  FrameReader reader(false);
  Output output;
  read(reader,
       std::string("\x01\0\0\0\xff\xff\xff\xff"
                   "begin",
                   13),
       &output);
  CHECK_EQUAL(output.text[1], "begin");
  CHECK_FAILS(reader.finish(), Code::protocol, "middle of a frame");
}

TEST(the_end_of_the_stream_inside_a_header_or_payload_is_an_error) {
  const std::string stream = frame(1, "abc");
  for (size_t length = 0; length <= stream.size(); length++) {
    FrameReader reader(false);
    Output output;
    read(reader, std::string_view(stream).substr(0, length), &output);
    if (length == 0 || length == stream.size())
      reader.finish();
    else
      CHECK_FAILS(reader.finish(), Code::protocol, "middle of a frame");
  }
}

TEST(what_came_before_an_error_frame_is_delivered_and_the_error_has_the_engines_words) {
  const std::string stream = frame(1, "before") + frame(3, "log driver\nfell over");
  for (size_t at = 0; at <= stream.size(); at++) {
    FrameReader reader(false);
    Output output;
    auto read_all = [&] {
      read(reader, std::string_view(stream).substr(0, at), &output);
      read(reader, std::string_view(stream).substr(at), &output);
    };
    CHECK_FAILS(read_all(), Code::engine, "log driver fell over");
    CHECK_EQUAL(output.text[1], "before");
  }
}

TEST(an_error_frame_may_be_empty_cut_off_or_endless) {
  Output output;
  FrameReader empty(false);
  CHECK_FAILS(read(empty, frame(3, ""), &output), Code::engine, "gives no reason");

  FrameReader cut(false);
  read(cut, frame(3, "half of it").substr(0, 12), &output);
  CHECK_FAILS(cut.finish(), Code::engine, "half");

  FrameReader endless(false);
  CHECK_FAILS(read(endless, frame(3, std::string(1 << 20, 'x')), &output), Code::engine, "xxx …");
}

TEST(what_is_no_frame_is_refused_instead_of_guessed_at) {
  Output output;
  FrameReader text(false);
  CHECK_FAILS(read(text, "plain text\n", &output), Code::protocol, "no valid frame header");
  FrameReader unknown(false);
  CHECK_FAILS(read(unknown, frame(4, "x"), &output), Code::protocol, "no valid frame header");
  FrameReader padded(false);
  CHECK_FAILS(read(padded, std::string("\x01\0\x01\0\0\0\0\x01x", 9), &output), Code::protocol,
              "no valid frame header");
  CHECK_EQUAL(output.text[1], "");
}

int main() { return check::run_all("frames"); }
