// Bodies on their way to the engine: streamed, refused early, broken off.
#include <fcntl.h>
#include <signal.h>

#include "check.h"
#include "temporary_folder.h"
#include "transport/client.h"
#include "transport/scripted_server.h"
#include "util/file.h"

using namespace conu;

// Numbers its bytes, in pieces of all sizes; throws at one of them if it is told to.
class Numbers : public BodySource {
 public:
  Numbers(size_t total, bool knows_size) : total_(total), knows_size_(knows_size) {}
  static char byte_at(size_t index) { return static_cast<char>(index * 7 + index / 251); }

  std::string_view next() override {
    if (throws_at <= made) throw Failure(Code::io, "the source has broken");
    size_t size = std::min(sizes_[turn_++ % 6], total_ - made);
    piece_.clear();
    for (size_t i = 0; i < size; i++) piece_ += byte_at(made + i);
    made += size;
    return piece_;
  }
  int64_t size() const override { return knows_size_ ? static_cast<int64_t>(total_) : -1; }

  size_t throws_at = SIZE_MAX;
  size_t made = 0;

 private:
  size_t total_;
  bool knows_size_;
  size_t sizes_[6] = {1, 100000, 17, 4096, 65536, 3};
  size_t turn_ = 0;
  std::string piece_;
};

static Request upload_of(std::shared_ptr<Numbers> source) {
  Request request = request_for("POST", "/build");
  request.source = std::move(source);
  return request;
}

static const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(a_source_is_sent_whole_by_length_or_in_chunks) {
  for (bool knows_size : {true, false})
    for (size_t total : {size_t{0}, size_t{1}, size_t{100001}, size_t{3000000}}) {
      std::string got, head;
      ScriptedServer server([&](Peer &peer) {
        head = peer.head();
        got = peer.body_of(head);
        peer.send(ok);
        peer.head();
        peer.send(ok);
        peer.to_the_end();
      });
      Client client(server.endpoint());
      CHECK_EQUAL(client.send(upload_of(std::make_shared<Numbers>(total, knows_size))).body, "ok");
      CHECK_EQUAL(client.get().body, "ok");
      CHECK_EQUAL(server.accepted(), 1);  // the connection is as good as new
      client.http.drop_connections();
      server.check();
      CHECK_EQUAL(head.find("Transfer-Encoding: chunked") == head.npos, knows_size);
      CHECK_EQUAL(got.size(), total);
      bool same = true;
      for (size_t i = 0; i < total; i++) same &= got[i] == Numbers::byte_at(i);
      CHECK(same);
    }
}

TEST(a_server_that_answers_while_it_reads_is_heard) {
  ScriptedServer server([&](Peer &peer) {
    std::string head = peer.head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    peer.pause(20);
    peer.send("7\r\n, taken\r\n");
    size_t size = peer.body_of(head).size();
    peer.send("1\r\n " + std::string("\r\n") + "7\r\n" + std::to_string(size) + "\r\n0\r\n\r\n");
  });
  Client client(server.endpoint());
  CHECK_EQUAL(client.send(upload_of(std::make_shared<Numbers>(3000000, false))).body, "first, taken 3000000");
  server.check();
}

TEST(an_early_refusal_is_the_answer_whatever_happens_to_the_rest_of_the_body) {
  for (auto kind : {ScriptedServer::on_unix_socket, ScriptedServer::on_tcp})
    for (bool knows_size : {true, false})
      for (bool hangs_up : {true, false}) {
        ScriptedServer server(
            [&](Peer &peer) {
              peer.head();
              peer.exactly(10);
              peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much");
              peer.pause(30);
              if (!hangs_up) peer.to_the_end();
            },
            kind);
        Client client(server.endpoint());
        auto source = std::make_shared<Numbers>(50000000, knows_size);
        Answer answer = client.send(upload_of(source));
        CHECK_EQUAL(answer.status, 413);
        CHECK_EQUAL(answer.body, "too much");
        CHECK(source->made < 50000000);
        server.check();
      }
}

TEST(a_connection_whose_body_was_refused_half_way_is_not_used_again) {
  ScriptedServer server({[](Peer &peer) {
                           peer.head();
                           peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad");
                           peer.to_the_end();
                         },
                         [](Peer &peer) {
                           peer.expect("GET /thing ");
                           peer.send(ok);
                         }});
  Client client(server.endpoint());
  CHECK_EQUAL(client.send(upload_of(std::make_shared<Numbers>(50000000, true))).body, "bad");
  CHECK_EQUAL(client.get().body, "ok");
  server.check();
}

TEST(what_a_source_throws_ends_the_request_with_it) {
  for (bool knows_size : {true, false})
    for (size_t throws_at : {size_t{0}, size_t{1}, size_t{200000}}) {
      std::string got;
      ScriptedServer server([&](Peer &peer) {
        peer.head();
        got = peer.to_the_end();
      });
      Client client(server.endpoint());
      auto source = std::make_shared<Numbers>(1000000, knows_size);
      source->throws_at = throws_at;
      CHECK_FAILS(client.send(upload_of(source)), Code::io, "the source has broken");
      server.check();
      CHECK(got.size() < 1000000);
      CHECK(got.find("0\r\n\r\n") == got.npos);  // a body that is broken off does not look whole
    }
}

TEST(what_a_source_throws_is_told_after_the_head_of_the_answer_too) {
  std::atomic<bool> has_answer{false};
  struct Late : BodySource {
    explicit Late(std::atomic<bool> &has_answer) : has_answer(has_answer) {}
    std::string_view next() override {
      if (has_answer) throw Failure(Code::io, "the source has broken");
      return piece;
    }
    std::atomic<bool> &has_answer;
    std::string piece = std::string(100000, 'x');
  };
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n");
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Request request = request_for("POST", "/build");
  request.source = std::make_shared<Late>(has_answer);
  Exchange exchange = client.open(request);
  CHECK_EQUAL(client.next(exchange), "begun");
  has_answer = true;
  CHECK_FAILS(client.next(exchange), Code::io, "the source has broken");
  server.check();
}

// A file between two pieces of text.
struct FileInside : BodySource {
  FileInside(const std::string &path, int64_t size, bool knows_size)
      : fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)), range{fd.get(), 1, size - 1, path}, knows_size(knows_size) {}
  std::string_view next() override { return pieces[turn++]; }
  FileRange file() override { return turn == 1 ? range : FileRange(); }
  int64_t size() const override { return knows_size ? 12 + range.size : -1; }
  Fd fd;
  FileRange range;
  bool knows_size;
  std::string_view pieces[3] = {"before", "behind", ""};
  size_t turn = 0;
};

static std::string content_of(size_t size) {
  std::string content;
  for (size_t i = 0; i < size; i++) content += Numbers::byte_at(i);
  return content;
}

TEST(a_part_of_a_file_is_sent_between_pieces) {
  TemporaryFolder folder;
  std::string content = content_of(3000000);
  std::string path = folder.write("file", content);
  for (bool knows_size : {true, false}) {
    std::string got;
    ScriptedServer server([&](Peer &peer) {
      got = peer.body_of(peer.head());
      peer.send(ok);
      peer.to_the_end();
    });
    {
      Client client(server.endpoint());
      Request request = request_for("PUT", "/archive");
      request.source = std::make_shared<FileInside>(path, 3000000, knows_size);
      CHECK_EQUAL(client.send(request).body, "ok");
    }
    server.check();
    CHECK(got == "before" + content.substr(1) + "behind");
  }
}

TEST(a_file_that_the_kernel_cannot_send_is_read) {
  std::string expected = read_file("/proc/version").value_or("");
  std::string got;
  ScriptedServer server([&](Peer &peer) {
    got = peer.body_of(peer.head());
    peer.send(ok);
    peer.to_the_end();
  });
  {
    Client client(server.endpoint());
    Request request = request_for("PUT", "/archive");
    request.source = std::make_shared<FileInside>("/proc/version", static_cast<int64_t>(expected.size()), true);
    CHECK_EQUAL(client.send(request).body, "ok");
  }
  server.check();
  CHECK_EQUAL(got, "before" + expected.substr(1) + "behind");
}

TEST(a_file_that_is_shorter_than_it_was_is_told_by_name) {
  TemporaryFolder folder;
  std::string path = folder.write("file", "short");
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Request request = request_for("PUT", "/archive");
  request.source = std::make_shared<FileInside>(path, 1000000, true);
  CHECK_FAILS(client.send(request), Code::io, path + " became shorter");
  server.check();
}

TEST(a_server_that_goes_in_the_middle_of_a_file_raises_no_signal) {
  TemporaryFolder folder;
  std::string path = folder.write("file", content_of(3000000));
  signal(SIGPIPE, SIG_DFL);  // which would end this process
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.exactly(10);
  });
  Client client(server.endpoint());
  Request request = request_for("PUT", "/archive");
  request.source = std::make_shared<FileInside>(path, 3000000, true);
  CHECK_FAILS(client.send(request), Code::unreachable, "PUT /archive");
  server.check();
  sigset_t pending, blocked;
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  CHECK_EQUAL(sigismember(&pending, SIGPIPE), 0);
  CHECK_EQUAL(sigismember(&blocked, SIGPIPE), 0);
}

TEST(a_server_that_goes_in_the_middle_of_a_body_is_named) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.exactly(10);
  });
  Client client(server.endpoint());
  std::string message;
  try {
    client.send(upload_of(std::make_shared<Numbers>(50000000, false)));
  } catch (const Failure &failure) {
    CHECK(failure.code == Code::unreachable || failure.code == Code::protocol);
    message = failure.message;
  }
  CHECK(message.find(server.url()) != message.npos);
  CHECK(message.find("POST /build") != message.npos);
}

TEST(a_cancelled_upload_ends_with_its_call) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.pause(100);  // reads nothing
    peer.to_the_end();
  });
  Client client(server.endpoint());
  auto source = std::make_shared<Numbers>(50000000, true);
  Cancel soon(50);
  CHECK_FAILS(client.open(upload_of(source), &soon), Code::timeout, "deadline");
  client.loop.run(sleep_for(1), nullptr);
  CHECK_EQUAL(source.use_count(), 1);
  server.check();
}

// A body without end, for a server that takes all of it.
struct Endless : BodySource {
  std::string_view next() override { return piece; }
  std::string piece = std::string(64 << 10, 'x');
};

TEST(a_cancel_ends_an_upload_that_never_pauses) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.discard();
  });
  Client client(server.endpoint());
  Request request = request_for("POST", "/build");
  request.source = std::make_shared<Endless>();
  Cancel soon(100);
  int64_t start = now_ms();
  CHECK_FAILS(client.open(request, &soon), Code::timeout, "deadline");
  CHECK(now_ms() - start < 2000);
}

TEST(an_upload_takes_as_long_as_it_takes) {
  ScriptedServer server([](Peer &peer) {
    std::string head = peer.head();
    peer.pause(100);
    peer.body_of(head);
    peer.pause(100);
    peer.send(ok);
  });
  Client client(server.endpoint());
  Request request = upload_of(std::make_shared<Numbers>(3000000, true));
  request.head_timeout_ms = 80;
  CHECK_EQUAL(client.send(request).body, "ok");
  server.check();
}

int main() { return check::run_all("upload"); }
