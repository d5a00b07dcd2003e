// Answers of every kind, cut at every byte, cut off at every byte, and none at all.
#include <fstream>

#include "check.h"
#include "transport/client.h"
#include "transport/scripted_server.h"

using namespace conu;

struct Sample {
  std::string name;
  std::string bytes;
  int status = 200;
  std::string body;
  std::string method = "GET";
  bool keeps_alive = true;
};

static const std::vector<Sample> &samples() {
  static const std::vector<Sample> all = {
      {"length", "HTTP/1.1 200 OK\r\nX-Test: yes\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
      {"empty", "HTTP/1.1 201 Created\r\nX-Test: yes\r\nContent-Length: 0\r\n\r\n", 201, ""},
      {"an error", "HTTP/1.1 404 Not Found\r\nX-Test: yes\r\nContent-Length: 4\r\n\r\nnone", 404, "none"},
      {"lower case", "HTTP/1.1 200 OK\r\nx-test: yes\r\ncontent-length:5\r\n\r\nhello", 200, "hello"},
      {"chunked",
       "HTTP/1.1 200 OK\r\nX-Test: yes\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n "
       "\r\n5\r\nworld\r\n0\r\n\r\n",
       200, "hello world"},
      {"chunked with line ends",
       "HTTP/1.1 200 OK\r\nX-Test: yes\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n2\r\n0\r\r\n0\r\n\r\n",
       200, "\r\n\r\n0\r"},
      {"chunked, with extensions and trailers",
       "HTTP/1.1 200 OK\r\nX-Test: yes\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n"
       "B;name=value\r\nhello world\r\n000\r\nDigest: abc\r\nOther: x\r\n\r\n",
       200, "hello world"},
      {"behind others",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nX-Test: yes\r\nContent-Length: 5\r\n\r\nhello",
       200, "hello"},
      {"204", "HTTP/1.1 204 No Content\r\nX-Test: yes\r\n\r\n", 204, ""},
      {"304", "HTTP/1.1 304 Not Modified\r\nX-Test: yes\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"to HEAD", "HTTP/1.1 200 OK\r\nX-Test: yes\r\nContent-Length: 5\r\n\r\n", 200, "", "HEAD"},
      {"chunked, to HEAD", "HTTP/1.1 200 OK\r\nX-Test: yes\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "", "HEAD"},
      {"connection: close", "HTTP/1.1 200 OK\r\nX-Test: yes\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
       200, "hello", "GET", false},
      {"until close", "HTTP/1.1 200 OK\r\nX-Test: yes\r\n\r\nhello", 200, "hello", "GET", false},
      {"of HTTP/1.0", "HTTP/1.0 200 OK\r\nX-Test: yes\r\n\r\nhello", 200, "hello", "GET", false},
  };
  return all;
}

static void check_answer(const Sample &sample, size_t at, const Answer &answer) {
  std::string where = sample.name + ", cut at " + std::to_string(at);
  check::is_true(answer.status == sample.status, where + ": status " + std::to_string(answer.status), __FILE__,
                 __LINE__);
  check::is_true(answer.header == "yes", where + ": header " + answer.header, __FILE__, __LINE__);
  check::is_true(answer.body == sample.body, where + ": body " + answer.body, __FILE__, __LINE__);
}

TEST(an_answer_may_be_cut_at_every_byte) {
  for (const Sample &sample : samples()) {
    std::atomic<size_t> at{1};
    ScriptedServer server([&](Peer &peer) {
      do {
        if (at >= sample.bytes.size()) return;
        peer.expect(sample.method + " /thing ");
        peer.send_split(sample.bytes, at);
        if (!sample.keeps_alive) peer.close_write();
      } while (sample.keeps_alive && ++at);
      peer.to_the_end();
    });
    Client client(server.endpoint());
    size_t count = sample.bytes.size() - 1;
    for (size_t i = 1; i <= count; i++) {
      if (!sample.keeps_alive) at = i;
      check_answer(sample, i, client.send(request_for(sample.method, "/thing")));
    }
    CHECK_EQUAL(server.accepted(), sample.keeps_alive ? 1 : static_cast<int>(count));
    client.http.drop_connections();
    client.loop.settle();
    server.check();
  }
}

TEST(an_answer_may_come_byte_by_byte) {
  for (const Sample &sample : samples()) {
    ScriptedServer server([&](Peer &peer) {
      peer.expect(sample.method + " /thing ");
      for (char byte : sample.bytes) {
        peer.send({&byte, 1});
        peer.wait_until_read();
      }
    });
    Client client(server.endpoint());
    check_answer(sample, 0, client.send(request_for(sample.method, "/thing")));
    server.check();
  }
}

TEST(an_answer_that_is_cut_off_at_any_byte_is_an_error) {
  for (const Sample &sample : samples()) {
    if (!sample.keeps_alive && sample.name != "connection: close") continue;  // their end is the connection's
    std::atomic<size_t> at{0};
    ScriptedServer server([&](Peer &peer) {
      peer.expect(sample.method + " /thing ");
      peer.send(std::string_view(sample.bytes).substr(0, at));
    });
    Client client(server.endpoint());
    for (; at < sample.bytes.size(); at++)
      CHECK_FAILS(client.send(request_for(sample.method, "/thing")), Code::unreachable,
                  sample.method + " /thing at " + server.url() + ": the connection was closed ");
    CHECK_EQUAL(server.accepted(), static_cast<int>(sample.bytes.size()));  // nothing was tried twice
  }
}

TEST(what_is_no_http_is_an_error) {
  for (const std::string &garbage : std::initializer_list<std::string>{
           "hello\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", std::string(8, '\0') + "\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
           "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\nno colon\n\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n"}) {
    ScriptedServer server([&](Peer &peer) {
      peer.expect("GET /thing ");
      peer.send(garbage);
      peer.to_the_end();  // it is the client who hangs up
    });
    Client client(server.endpoint());
    CHECK_FAILS(client.get(), Code::protocol, "GET /thing cannot be used: it is no HTTP");
    server.check();
  }
}

TEST(an_alert_of_tls_is_an_error) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send("\x15\x03\x01\x02\x02\x28");
  });
  Client client(server.endpoint());
  CHECK_FAILS(client.get(), Code::unreachable, "GET /thing at " + server.url());
}

TEST(a_head_may_be_long_but_not_endless) {
  ScriptedServer server({[](Peer &peer) {
                           peer.expect("GET /thing ");
                           peer.send("HTTP/1.1 200 OK\r\nX-Long: " + std::string(50000, 'x') +
                                     "\r\nX-Test: yes\r\nContent-Length: 2\r\n\r\nok");
                           peer.to_the_end();
                         },
                         [](Peer &peer) {
                           peer.expect("GET /thing ");
                           peer.send("HTTP/1.1 200 OK\r\nX-Long: " + std::string(60000, 'x'));
                           peer.send(std::string(3000, 'x'));
                           peer.to_the_end();
                         },
                         [](Peer &peer) {
                           peer.expect("GET /thing ");
                           peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                                     std::string(70000, 'x'));
                           peer.to_the_end();
                         }});
  Client client(server.endpoint());
  Answer answer = client.get();
  CHECK_EQUAL(answer.header, "yes");
  CHECK_EQUAL(answer.body, "ok");
  client.http.drop_connections();
  CHECK_FAILS(client.get(), Code::protocol, "GET /thing cannot be used");
  CHECK_FAILS(client.get(), Code::protocol, "GET /thing cannot be used");
  server.check();
}

TEST(an_answer_of_any_number_of_interim_heads_is_awaited) {
  ScriptedServer server([](Peer &peer) {
    peer.expect("GET /thing ");
    for (int i = 0; i < 5000; i++) peer.send("HTTP/1.1 102 Processing\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    peer.to_the_end();
  });
  Client client(server.endpoint());
  CHECK_EQUAL(client.get().body, "ok");
}

static size_t resident_pages() {
  size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident;
}

static Task<size_t> count_bytes(Exchange &exchange) {
  size_t count = 0;
  for (;;) {
    std::string_view piece = co_await exchange.next();
    if (piece.empty()) co_return count;
    count += piece.size();
  }
}

TEST(a_body_of_any_length_is_streamed_in_constant_memory) {
  const size_t size = 300 << 20;
  for (bool chunked : {false, true}) {
    ScriptedServer server([&](Peer &peer) {
      std::string block(1 << 20, 'x');
      peer.expect("GET /thing ");
      peer.send(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
      for (size_t sent = 0; sent < size; sent += block.size()) {
        if (chunked) peer.send("100000\r\n");
        peer.send(block);
        if (chunked) peer.send("\r\n");
      }
      if (chunked) peer.send("0\r\n\r\n");
      peer.to_the_end();
    });
    Client client(server.endpoint());
    Exchange exchange = client.open(request_for("GET", "/thing"));
    client.next(exchange);
    size_t before = resident_pages();
    size_t rest = client.loop.run(count_bytes(exchange), nullptr);
    CHECK(rest > size - (1 << 20));
    CHECK(resident_pages() < before + 2048);  // 8 MiB
    client.http.drop_connections();
    server.check();
  }
}

TEST(a_cancel_ends_a_body_that_never_pauses) {
  ScriptedServer server([&](Peer &peer) {
    std::string block(1 << 20, 'x');
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    try {
      for (;;) peer.send(block);
    } catch (const ScriptFailure &) {
      // At last.
    }
  });
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("GET", "/thing"));
  Cancel soon(100);
  int64_t start = now_ms();
  CHECK_FAILS(client.loop.run(count_bytes(exchange), &soon), Code::timeout, "deadline");
  CHECK(now_ms() - start < 2000);
}

TEST(what_is_kept_whole_is_limited) {
  ScriptedServer server([](Peer &peer) {
    peer.expect("GET /thing ");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x'));
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("GET", "/thing"));
  CHECK_FAILS(client.loop.run(exchange.rest(1000), nullptr), Code::protocol, "longer than 1000 bytes");
  server.check();
}

int main() { return check::run_all("answers"); }
