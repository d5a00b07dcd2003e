// The HTTP client: connections that are kept and replaced, time, cancelling, upgrades.
#include "transport/http.h"

#include "check.h"
#include "loop/group.h"
#include "transport/client.h"
#include "transport/scripted_server.h"

using namespace conu;

static const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static void answer_ok(Peer &peer) {
  peer.expect("GET /thing ");
  peer.send(ok);
}

// Answers every request, until the client has gone.
static void answer_all(Peer &peer) {
  try {
    for (;;) {
      peer.expect("");
      peer.send(ok);
    }
  } catch (const ScriptFailure &) {
  }
}

// --- what is sent
// -------------------------------------------------------------------------------------------------------

TEST(a_request_has_what_engines_need) {
  std::string got;
  ScriptedServer server([&](Peer &peer) {
    got = peer.expect("");
    peer.send(ok);
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Request request = request_for("POST", "/v1.41/images/create?fromImage=a%2Fb");
  request.headers.emplace_back("X-Registry-Auth", "e30=");
  request.body = "{\"a\":1}";
  client.send(request);
  client.http.drop_connections();
  server.check();
  CHECK(got.starts_with("POST /v1.41/images/create?fromImage=a%2Fb HTTP/1.1\r\nHost: localhost\r\n"));
  CHECK(got.find("\r\nUser-Agent: libconu/") != got.npos);
  CHECK(got.find("\r\nX-Registry-Auth: e30=\r\n") != got.npos);
  CHECK(got.ends_with("\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
}

TEST(only_requests_that_have_a_body_say_its_length) {
  std::string got;
  ScriptedServer server([&](Peer &peer) {
    for (int i = 0; i < 3; i++) {
      got += peer.expect("");
      peer.send(ok);
    }
    peer.to_the_end();
  });
  Client client(server.endpoint());
  client.send(request_for("GET", "/a"));
  client.send(request_for("DELETE", "/b"));
  CHECK(client.send(request_for("POST", "/c")).body == "ok");
  client.http.drop_connections();
  server.check();
  CHECK_EQUAL(got.find("Content-Length"), got.rfind("Content-Length"));
  CHECK(got.ends_with("Content-Length: 0\r\n\r\n"));
}

TEST(the_host_header_names_host_and_port) {
  std::string got;
  ScriptedServer server(
      [&](Peer &peer) {
        got = peer.expect("GET /thing ");
        peer.send(ok);
        peer.to_the_end();
      },
      ScriptedServer::on_tcp);
  Client client(server.endpoint());
  client.get();
  client.http.drop_connections();
  server.check();
  CHECK(got.find("\r\nHost: 127.0.0.1:" + std::to_string(server.endpoint().port) + "\r\n") != got.npos);
  Endpoint v6;
  v6.host = "::1";
  v6.port = 2375;
  CHECK_EQUAL(v6.authority(), "[::1]:2375");
}

// --- connections that are kept
// ------------------------------------------------------------------------------------------

TEST(a_connection_is_used_again) {
  for (auto kind : {ScriptedServer::on_unix_socket, ScriptedServer::on_tcp}) {
    ScriptedServer server(answer_all, kind);
    Client client(server.endpoint());
    int before = descriptors();
    for (int i = 0; i < 50; i++) CHECK_EQUAL(client.get().body, "ok");
    CHECK_EQUAL(server.accepted(), 1);
    CHECK(descriptors() <= before + 2);
    CHECK_EQUAL(client.send(request_for("POST", "/x")).body, "ok");
    CHECK_EQUAL(server.accepted(), 1);
  }
}

TEST(a_connection_whose_answer_was_not_read_whole_is_not_used_again) {
  ScriptedServer server(answer_all);
  Client client(server.endpoint());
  {
    Exchange exchange = client.open(request_for("GET", "/thing"));
    CHECK_EQUAL(exchange.status(), 200);
  }
  CHECK_EQUAL(client.get().body, "ok");
  CHECK_EQUAL(server.accepted(), 2);
}

TEST(stray_bytes_behind_an_answer_lead_to_a_new_connection) {
  for (bool at_once : {true, false}) {
    ScriptedServer server({[&](Peer &peer) {
                             peer.expect("GET /thing ");
                             peer.send(at_once ? ok + "HTTP/1.1 500 Stray\r\n\r\n" : ok);
                             peer.wait_until_read();
                             if (!at_once) peer.send("HTTP/1.1 500 Stray\r\n\r\n");
                             peer.to_the_end();
                           },
                           answer_ok});
    Client client(server.endpoint());
    CHECK_EQUAL(client.get().status, 200);
    on_loop(sleep_for(20));
    CHECK_EQUAL(client.send(request_for("GET", "/thing")).status, 200);
    CHECK_EQUAL(server.accepted(), 2);
    client.http.drop_connections();
    server.check();
  }
}

TEST(a_connection_that_was_closed_meanwhile_is_replaced_for_every_request) {
  for (const char *method : {"GET", "POST"}) {
    ScriptedServer server({answer_ok, answer_all});  // the first closes after its answer, as an engine that restarts
    Client client(server.endpoint());
    client.get();
    on_loop(sleep_for(20));
    CHECK_EQUAL(client.send(request_for(method, "/again")).body, "ok");
    CHECK_EQUAL(server.accepted(), 2);
  }
}

static void die_on_the_second_request(Peer &peer) {
  answer_ok(peer);
  peer.head();
}

TEST(a_connection_that_dies_under_a_get_is_replaced_once) {
  ScriptedServer server({die_on_the_second_request, answer_all});
  Client client(server.endpoint());
  client.get();
  CHECK_EQUAL(client.get().body, "ok");
  CHECK_EQUAL(server.accepted(), 2);
}

TEST(a_connection_that_dies_under_a_post_fails_it) {
  ScriptedServer server(std::vector<Script>{die_on_the_second_request});
  Client client(server.endpoint());
  client.get();
  CHECK_FAILS(client.send(request_for("POST", "/create")), Code::unreachable, "POST /create at " + server.url());
  server.check();
}

TEST(a_request_is_not_repeated_once_something_of_its_answer_came) {
  Script begin_an_answer = [](Peer &peer) {
    die_on_the_second_request(peer);
    peer.send("HTTP/1.1 20");
  };
  ScriptedServer server(std::vector<Script>{begin_an_answer});
  Client client(server.endpoint());
  client.get();
  CHECK_FAILS(client.get(), Code::unreachable, "in the middle");
  server.check();
}

TEST(a_new_connection_that_dies_is_not_tried_again) {
  for (auto kind : {ScriptedServer::on_unix_socket, ScriptedServer::on_tcp}) {
    ScriptedServer server([](Peer &peer) { peer.head(); }, kind);
    Client client(server.endpoint());
    CHECK_FAILS(client.get(), Code::unreachable, "closed before an answer came");
    CHECK_EQUAL(server.accepted(), 1);
  }
  ScriptedServer server([](Peer &peer) { peer.head(), peer.reset(); }, ScriptedServer::on_tcp);
  Client client(server.endpoint());
  CHECK_FAILS(client.get(), Code::unreachable, "GET /thing: " + server.url() + " has broken off the connection");
}

static Task<void> fetch_into(HttpClient &http, std::string target, std::string *body) {
  Answer answer = co_await fetch(http, request_for("GET", target));
  *body = answer.body;
}

TEST(several_requests_run_at_once_on_connections_of_their_own) {
  std::atomic<int> waiting{0};
  ScriptedServer server([&](Peer &peer) {
    std::string target = peer.expect("GET /").substr(5, 1);
    waiting++;
    while (waiting < 2) std::this_thread::yield();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + target);
    answer_all(peer);
  });
  Client client(server.endpoint());
  std::string a, b;
  client.loop.run(when_all(list_of(fetch_into(client.http, "/a", &a), fetch_into(client.http, "/b", &b))), nullptr);
  CHECK_EQUAL(a + b, "ab");
  for (int i = 0; i < 10; i++) client.get();
  CHECK_EQUAL(server.accepted(), 2);
}

TEST(all_dead_connections_are_given_up_before_a_new_one_is_made) {
  std::atomic<int> waiting{0};
  Script die_later = [&](Peer &peer) {
    peer.expect("GET /");
    waiting++;
    while (waiting < 2) std::this_thread::yield();
    peer.send(ok);
    peer.head();
  };
  ScriptedServer server({die_later, die_later, answer_all});
  Client client(server.endpoint());
  std::string a, b;
  client.loop.run(when_all(list_of(fetch_into(client.http, "/a", &a), fetch_into(client.http, "/b", &b))), nullptr);
  CHECK_EQUAL(client.get().body, "ok");
  CHECK_EQUAL(server.accepted(), 3);
}

// --- time
// ---------------------------------------------------------------------------------------------------------------

TEST(an_answer_that_does_not_come_is_a_timeout) {
  ScriptedServer server([](Peer &peer) { peer.to_the_end(); });
  Client client(server.endpoint());
  Request request = request_for("GET", "/thing");
  request.head_timeout_ms = 60;
  int64_t start = now_ms();
  CHECK_FAILS(client.send(request), Code::timeout, "no answer of " + server.url() + " to GET /thing after 60 ms");
  CHECK(now_ms() - start >= 60);
  CHECK(now_ms() - start < 5000);
  server.check();  // and the connection is closed
}

TEST(half_a_head_is_a_timeout_too) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\nContent-");
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Request request = request_for("GET", "/thing");
  request.head_timeout_ms = 60;
  CHECK_FAILS(client.send(request), Code::timeout, "no answer");
}

TEST(a_body_that_goes_silent_is_a_timeout_where_that_is_wanted) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
    peer.pause(600);
    peer.send("def");
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Request request = request_for("GET", "/thing");
  request.head_timeout_ms = 500;
  CHECK_EQUAL(client.send(request).body, "abcdef");  // the time is for the head alone
  client.http.drop_connections();
  request.piece_timeout_ms = 30;
  Exchange exchange = client.open(request);
  CHECK_EQUAL(client.next(exchange), "abc");
  CHECK_FAILS(client.next(exchange), Code::timeout, "GET /thing");
  on_loop(sleep_for(700));
  CHECK_EQUAL(client.rest(exchange), "def");  // it may be asked again
}

TEST(a_listener_that_is_full_is_waited_for) {
  TemporaryFolder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Endpoint endpoint;
  endpoint.socket_path = folder.path + "/full.sock";
  endpoint.url = "unix://" + endpoint.socket_path;
  endpoint.socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  Fd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(bind(listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  CHECK(listen(listener.get(), 0) == 0);
  Fd first(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(connect(first.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);

  Client client(endpoint);
  Request request = request_for("GET", "/thing");
  request.connect_timeout_ms = 60;
  CHECK_FAILS(client.send(request), Code::timeout, "no connection to " + endpoint.url + " after 60 ms");
  std::thread server([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    Fd ignored(accept(listener.get(), nullptr, nullptr));
    Peer peer(Fd(accept(listener.get(), nullptr, nullptr)));
    answer_ok(peer);
  });
  std::string body;
  try {
    body = client.get().body;
  } catch (const Failure &failure) {
    body = failure.message;
  }
  server.join();
  CHECK_EQUAL(body, "ok");
}

// --- cancelling
// ---------------------------------------------------------------------------------------------------------

TEST(a_cancelled_request_closes_its_connection) {
  ScriptedServer server({[](Peer &peer) { peer.to_the_end(); }, answer_all});
  Client client(server.endpoint());
  Cancel soon(50);
  CHECK_FAILS(client.open(request_for("GET", "/thing"), &soon), Code::timeout, "deadline");
  CHECK_EQUAL(client.get().body, "ok");
  CHECK_EQUAL(server.accepted(), 2);
}

TEST(a_cancelled_next_loses_no_byte_and_may_be_repeated) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n";
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    for (char byte : bytes) {
      peer.send({&byte, 1});
      peer.pause(2);
    }
    peer.head();
    peer.send(ok);
    peer.to_the_end();
  });
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("GET", "/thing"));
  std::string body;
  int cancelled = 0;
  for (bool more = true; more;) {
    Cancel soon(3);
    try {
      std::string piece = client.next(exchange, &soon);
      more = !piece.empty();
      body += piece;
    } catch (const Failure &failure) {
      CHECK(failure.code == Code::timeout);
      cancelled++;
    }
  }
  CHECK_EQUAL(body, "abcdefgh");
  CHECK(cancelled > 0);
  CHECK_EQUAL(client.next(exchange), "");
  CHECK_EQUAL(client.get().body, "ok");
  CHECK_EQUAL(server.accepted(), 1);
}

TEST(a_body_that_breaks_off_fails_however_often_it_is_asked) {
  ScriptedServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
  });
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("GET", "/thing"));
  CHECK_EQUAL(client.next(exchange), "abc");
  CHECK_FAILS(client.next(exchange), Code::unreachable, "in the middle");
  CHECK_FAILS(client.next(exchange), Code::unreachable, "in the middle");
}

// --- upgrades
// -----------------------------------------------------------------------------------------------------------

static Task<std::string> talk(Exchange &exchange) {
  size_t written = 0;
  co_await exchange.write("question", &written);
  CHECK_EQUAL(written, size_t{8});
  co_await exchange.close_write();
  std::string answer = co_await exchange.rest();
  co_return answer;
}

TEST(an_upgraded_connection_keeps_what_came_behind_the_head_and_may_be_half_closed) {
  for (const std::string &head :
       {std::string("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")}) {
    for (size_t at = 1; at < head.size() + 8; at++) {
      ScriptedServer server([&](Peer &peer) {
        peer.expect("POST /attach ");
        peer.send_split(head + "greeting", at);
        std::string question = peer.to_the_end();  // it ends, and the other way is still open
        peer.send(question == "question" ? " and answer" : question);
      });
      Client client(server.endpoint());
      Exchange exchange = client.open(request_for("POST", "/attach"));
      CHECK_EQUAL(exchange.status(), head.find("101") != head.npos ? 101 : 200);
      CHECK_EQUAL(client.loop.run(talk(exchange), nullptr), "greeting and answer");
      server.check();
    }
  }
}

TEST(a_stream_that_ends_with_its_connection_may_be_read_as_a_body) {
  ScriptedServer server([](Peer &peer) {
    peer.expect("GET /logs ");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    for (const char *line : {"one ", "two ", "three"}) {
      peer.wait_until_read();
      peer.send(line);
    }
  });
  Client client(server.endpoint());
  CHECK_EQUAL(client.get("/logs").body, "one two three");
}

TEST(small_pieces_that_come_fast_are_read_many_at_a_time) {
  const size_t count = 3000;
  ScriptedServer server([&](Peer &peer) {
    peer.expect("GET /logs ");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    for (size_t i = 0; i < count; i++) peer.send("piece");
  });
  Client client(server.endpoint());
  Request request = request_for("GET", "/logs");
  request.gathers = true;
  Exchange exchange = client.open(std::move(request));
  size_t reads = 0, bytes = 0;
  for (std::string piece = client.next(exchange); !piece.empty(); piece = client.next(exchange)) {
    reads++;
    bytes += piece.size();
  }
  CHECK_EQUAL(bytes, 5 * count);
  CHECK(reads < count / 4);
}

int main() { return check::run_all("http"); }
