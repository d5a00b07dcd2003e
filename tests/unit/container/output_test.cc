// Output as engines send it: frames cut at every byte, in chunks and over an upgraded connection, and broken off.
#include "container/output.h"

#include "check.h"
#include "transport/client.h"
#include "transport/scripted_server.h"

using namespace conu;

static std::string frame(int type, const std::string &payload) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(type);
  bytes[7] = static_cast<char>(payload.size());
  return bytes + payload;
}

static const std::string stream = frame(1, "one\n") + frame(1, "two\n") + frame(2, "err\n") + frame(1, "end");
static const std::string upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

static std::string chunk(const std::string &bytes) {
  char head[20];
  snprintf(head, sizeof head, "%zx\r\n", bytes.size());
  return head + bytes + "\r\n";
}

static Task<std::string> read_all(Exchange exchange, bool raw) {
  Output output(std::move(exchange), raw, "the output");
  std::string all;
  for (;;) {
    auto piece = co_await output.next();
    if (!piece) co_return all;
    all += std::to_string(piece->channel) + ":" + std::string(piece->bytes) + "|";
  }
}

static std::string read_from(const Script &script, bool raw = false) {
  ScriptedServer server(script);
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("POST", "/x"));
  std::string all = client.loop.run(read_all(std::move(exchange), raw), nullptr);
  server.check();
  return all;
}

// Pieces of one channel may come together or apart: that depends on when they are read.
static std::string joined(std::string all) {
  for (int channel : {1, 2}) {
    std::string seam = "|" + std::to_string(channel) + ":", head = std::to_string(channel) + ":";
    for (size_t at = all.find(seam); at != all.npos; at = all.find(seam, at)) {
      size_t begin = all.rfind('|', at - 1);
      bool same = all.compare(begin == all.npos ? 0 : begin + 1, head.size(), head) == 0;
      if (same)
        all.erase(at, seam.size());
      else
        at++;
    }
  }
  return all;
}

TEST(frames_come_out_whole_wherever_an_upgraded_connection_cuts_them) {
  for (size_t at = 0; at <= stream.size(); at++)
    CHECK_EQUAL(joined(read_from([&](Peer &peer) {
                  peer.expect("POST /x ");
                  peer.send_split(upgraded + stream, upgraded.size() + at);
                })),
                "1:one\ntwo\n|2:err\n|1:end|");
}

TEST(frames_come_out_whole_wherever_chunks_cut_them) {
  for (size_t at = 1; at < stream.size(); at++)
    CHECK_EQUAL(joined(read_from([&](Peer &peer) {
                  peer.expect("POST /x ");
                  peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(stream.substr(0, at)) +
                            chunk(stream.substr(at)) + "0\r\n\r\n");
                })),
                "1:one\ntwo\n|2:err\n|1:end|");
}

TEST(frames_of_one_channel_that_came_together_are_one_piece) {
  CHECK_EQUAL(read_from([&](Peer &peer) {
                peer.expect("POST /x ");
                peer.send(upgraded + stream);
              }),
              "1:one\ntwo\n|2:err\n|1:end|");
}

TEST(a_terminals_output_comes_as_it_is) {
  CHECK_EQUAL(joined(read_from(
                  [&](Peer &peer) {
                    peer.expect("POST /x ");
                    peer.send(upgraded + "any\r\nbytes \x01\x02");
                  },
                  true)),
              "1:any\r\nbytes \x01\x02|");
}

TEST(what_came_before_garbage_is_given_first) {
  ScriptedServer server([&](Peer &peer) {
    peer.expect("POST /x ");
    peer.send(upgraded + frame(1, "good\n") + "no frame at all");
  });
  Client client(server.endpoint());
  Output output(client.open(request_for("POST", "/x")), false, "the output");
  auto piece = client.loop.run(output.next(), nullptr);
  CHECK(piece.has_value());
  CHECK_EQUAL(std::string(piece->bytes), "good\n");
  for (int i = 0; i < 2; i++) CHECK_FAILS(client.loop.run(output.next(), nullptr), Code::protocol, "the output");
}

TEST(an_end_in_the_middle_of_a_frame_is_a_failure) {
  CHECK_FAILS(read_from([&](Peer &peer) {
                peer.expect("POST /x ");
                peer.send(upgraded + stream.substr(0, stream.size() - 1));
              }),
              Code::protocol, "the output: the engine's output stream ended in the middle of a frame");
}

TEST(an_answer_in_chunks_that_is_cut_off_is_no_end) {
  CHECK_FAILS(read_from([&](Peer &peer) {
                peer.expect("POST /x ");
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(stream));
              }),
              Code::unreachable, "in the middle of the answer");
}

int main() { return check::run_all("output"); }
