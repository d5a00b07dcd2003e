// TLS: who is trusted, who is not, and large transfers, against a server of OpenSSL's.
#include "transport/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "check.h"
#include "loop/group.h"
#include "transport/certificates.h"
#include "transport/client.h"
#include "transport/scripted_server.h"

using namespace conu;

// The server's end of a connection under TLS.
class TlsPeer : public Peer {
 public:
  TlsPeer(Fd socket, SSL_CTX *context) : Peer(std::move(socket)), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, socket_.get());
    is_agreed_ = SSL_accept(ssl_) == 1;
  }
  ~TlsPeer() override { SSL_free(ssl_); }
  void close_write() override { SSL_shutdown(ssl_); }

 private:
  ssize_t raw_read(char *data, size_t size) override {
    return is_agreed_ ? SSL_read(ssl_, data, static_cast<int>(size)) : -1;
  }
  ssize_t raw_write(std::string_view bytes) override {
    return is_agreed_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) : -1;
  }
  SSL *ssl_;
  bool is_agreed_ = false;
};

struct Authority {
  Certificate ca{"the test's authority"};
  Certificate other_ca{"another authority"};
  Certificate client{"the test's client", "DNS:client.test", ca};
  Certificate stranger{"a stranger", "DNS:client.test", other_ca};
  TemporaryFolder folder;
  std::string ca_file = ca.write(folder, "ca.pem", "ca-key.pem");
  std::string other_ca_file = other_ca.write(folder, "other.pem", "other-key.pem");
  std::string client_file = client.write(folder, "cert.pem", "key.pem");
  std::string stranger_file = stranger.write(folder, "stranger.pem", "stranger-key.pem");
  std::string key(const std::string &name) const { return folder.path + "/" + name; }
};

static const Authority &authority() {
  static const Authority made;
  return made;
}

struct TlsServer {
  explicit TlsServer(Script script, const std::string &names = "DNS:localhost,IP:127.0.0.1", bool wants_client = false,
                     int newest = TLS1_3_VERSION)
      : certificate("the test's server", names, authority().ca),
        context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX_set_max_proto_version(context.get(), newest);
    SSL_CTX_use_certificate(context.get(), certificate.certificate());
    SSL_CTX_use_PrivateKey(context.get(), certificate.key());
    if (wants_client) {
      SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      SSL_CTX_load_verify_locations(context.get(), authority().ca_file.c_str(), nullptr);
      static const unsigned char id[] = "test";
      SSL_CTX_set_session_id_context(context.get(), id, 4);
    }
    server.emplace(std::move(script), ScriptedServer::on_tcp, [context = context.get()](Fd socket) {
      return std::unique_ptr<Peer>(std::make_unique<TlsPeer>(std::move(socket), context));
    });
  }

  // With what a client trusts, reached by its address or by another name.
  Endpoint endpoint(const std::string &host = "127.0.0.1") const {
    Endpoint endpoint = server->endpoint();
    endpoint.host = host;
    endpoint.url = "https://" + endpoint.authority();
    endpoint.tls.emplace();
    endpoint.tls->ca_file = authority().ca_file;
    return endpoint;
  }

  Certificate certificate;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX *)> context;
  std::optional<ScriptedServer> server;
};

static const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static void answer_all(Peer &peer) {
  try {
    for (;;) {
      peer.expect("");
      peer.send(ok);
    }
  } catch (const ScriptFailure &) {
  }
}

// --- trust
// --------------------------------------------------------------------------------------------------------------

TEST(a_server_with_a_certificate_for_its_address_or_name_is_trusted) {
  for (int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServer server(answer_all, "DNS:localhost,IP:127.0.0.1", false, newest);
    for (const char *host : {"127.0.0.1", "localhost"}) {
      Client client(server.endpoint(host));
      for (int i = 0; i < 3; i++) CHECK_EQUAL(client.get().body, "ok");
    }
    CHECK_EQUAL(server.server->accepted(), 2);  // kept, in spite of what TLS says by itself
  }
}

TEST(a_certificate_of_an_unknown_authority_is_refused) {
  TlsServer server(answer_all);
  Endpoint endpoint = server.endpoint();
  endpoint.tls->ca_file = authority().other_ca_file;
  Client client(endpoint);
  CHECK_FAILS(client.get(), Code::unauthorized, "the certificate of " + endpoint.url + " is not trusted");
  endpoint.tls->ca_file = "";  // those of the system do not know it either
  Client other(endpoint);
  CHECK_FAILS(other.get(), Code::unauthorized, "is not trusted");
}

TEST(a_certificate_for_another_name_or_address_is_refused) {
  for (const char *names : {"DNS:engine.test", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
    TlsServer server(answer_all, names);
    for (const char *host : {"127.0.0.1", "localhost"}) {
      Client client(server.endpoint(host));
      CHECK_FAILS(client.get(), Code::unauthorized, "is not trusted");
    }
  }
}

TEST(the_hint_of_a_refusal_says_what_to_look_at) {
  TlsServer server(answer_all, "DNS:engine.test");
  Client client(server.endpoint());
  std::string hint;
  try {
    client.get();
  } catch (const Failure &failure) {
    hint = failure.hint;
  }
  CHECK(hint.find("ca.pem") != hint.npos);
}

TEST(no_verification_takes_any_certificate) {
  TlsServer server(answer_all, "DNS:engine.test");
  Endpoint endpoint = server.endpoint();
  endpoint.tls->verify = false;
  endpoint.tls->ca_file = authority().other_ca_file;
  Client client(endpoint);
  CHECK_EQUAL(client.get().body, "ok");
}

TEST(a_client_certificate_is_shown_where_the_server_wants_one) {
  for (int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServer server(answer_all, "IP:127.0.0.1", true, newest);
    Endpoint endpoint = server.endpoint();
    endpoint.tls->certificate_file = authority().client_file;
    endpoint.tls->key_file = authority().key("key.pem");
    Client client(endpoint);
    CHECK_EQUAL(client.get().body, "ok");
  }
}

TEST(a_server_that_misses_the_clients_certificate_is_told_from_one_that_is_down) {
  for (int newest : {TLS1_2_VERSION, TLS1_3_VERSION})
    for (bool has_wrong_one : {true, false}) {
      TlsServer server(answer_all, "IP:127.0.0.1", true, newest);
      Endpoint endpoint = server.endpoint();
      if (has_wrong_one) {
        endpoint.tls->certificate_file = authority().stranger_file;
        endpoint.tls->key_file = authority().key("stranger-key.pem");
      }
      Client client(endpoint);
      std::optional<Failure> failure;
      try {
        client.get();
      } catch (const Failure &caught) {
        failure = caught;
      }
      CHECK(failure.has_value());
      CHECK_EQUAL(static_cast<int>(failure->code), static_cast<int>(Code::unreachable));
      check::is_true(failure->message.find("alert") != std::string::npos, failure->message, __FILE__, __LINE__);
      CHECK(failure->hint.find("client's certificate") != std::string::npos);
    }
}

TEST(material_that_cannot_be_used_is_named) {
  TlsServer server(answer_all);
  const std::string missing = authority().key("missing.pem"),
                    garbage = authority().folder.write("garbage.pem", "garbage");
  for (const std::string &path : {missing, garbage}) {
    Endpoint endpoint = server.endpoint();
    endpoint.tls->ca_file = path;
    CHECK_FAILS(Client(endpoint).get(), Code::unauthorized, "certificate authorities in " + path);
    endpoint = server.endpoint();
    endpoint.tls->certificate_file = path;
    endpoint.tls->key_file = authority().key("key.pem");
    CHECK_FAILS(Client(endpoint).get(), Code::unauthorized, "client certificate in " + path);
    endpoint.tls->certificate_file = authority().client_file;
    endpoint.tls->key_file = path;
    CHECK_FAILS(Client(endpoint).get(), Code::unauthorized, "client key in " + path);
  }
  Endpoint endpoint = server.endpoint();
  endpoint.tls->certificate_file = authority().client_file;
  endpoint.tls->key_file = authority().key("ca-key.pem");  // another one's
  CHECK_FAILS(Client(endpoint).get(), Code::unauthorized, "client key in");
}

// --- what is no TLS
// -----------------------------------------------------------------------------------------------------

TEST(a_server_that_speaks_no_tls_is_an_error) {
  for (const std::string &words : {std::string("HTTP/1.0 400 Bad Request\r\n\r\n"), std::string()}) {
    ScriptedServer server(
        [&](Peer &peer) {
          peer.exactly(1);
          peer.send(words);
        },
        ScriptedServer::on_tcp);
    Endpoint endpoint = server.endpoint();
    endpoint.tls.emplace();
    Client client(endpoint);
    CHECK_FAILS(client.get(), Code::unreachable, endpoint.url);
  }
}

TEST(a_server_that_speaks_only_tls_is_an_error_for_a_plain_client) {
  TlsServer server(answer_all);
  Client client(server.server->endpoint());
  CHECK_FAILS(client.get(), Code::unreachable, "GET /thing");
}

TEST(a_handshake_that_stands_still_is_a_timeout) {
  ScriptedServer server([](Peer &peer) { peer.to_the_end(); }, ScriptedServer::on_tcp);
  Endpoint endpoint = server.endpoint();
  endpoint.tls.emplace();
  Client client(endpoint);
  Request request = request_for("GET", "/thing");
  request.connect_timeout_ms = 60;
  CHECK_FAILS(client.send(request), Code::timeout, "no connection to " + endpoint.url);
  server.check();
}

// --- transfers
// ----------------------------------------------------------------------------------------------------------

// Numbers its bytes.
struct Numbers : BodySource {
  explicit Numbers(size_t total) : left(total) {}
  std::string_view next() override {
    piece.clear();
    for (size_t i = 0; i < 100000 && left > 0; i++, left--) piece += static_cast<char>(left % 251);
    return piece;
  }
  size_t left;
  std::string piece;
};

static std::string numbers(size_t total) {
  std::string all;
  Numbers source(total);
  for (auto piece = source.next(); !piece.empty(); piece = source.next()) all += piece;
  return all;
}

TEST(large_bodies_go_both_ways_at_once) {
  const size_t size = 6000000;
  for (int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    // Sends its answer while it reads: each piece comes back.
    TlsServer server(
        [&](Peer &peer) {
          peer.expect("POST /echo ");
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + numbers(size));
          answer_all(peer);
        },
        "IP:127.0.0.1", false, newest);
    Client client(server.endpoint());
    Request request = request_for("POST", "/echo");
    request.source = std::make_shared<Numbers>(size);
    CHECK(client.send(request).body == numbers(size));
    CHECK_EQUAL(client.get().body, "ok");
    CHECK_EQUAL(server.server->accepted(), 1);
  }
}

// A file as the whole body.
struct FileAlone : BodySource {
  explicit FileAlone(const std::string &path) : path(path), fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  std::string_view next() override { return {}; }
  FileRange file() override { return {fd.get(), 0, std::exchange(left, 0), path}; }
  std::string path;
  Fd fd;
  int64_t left = 1000000;
};

TEST(a_file_is_sent_under_tls) {
  TemporaryFolder folder;
  std::string path = folder.write("file", numbers(1000000));
  std::string got;
  TlsServer server([&](Peer &peer) {
    got = peer.body_of(peer.head());
    peer.send(ok);
    peer.to_the_end();
  });
  {
    Client client(server.endpoint());
    Request request = request_for("PUT", "/archive");
    request.source = std::make_shared<FileAlone>(path);
    CHECK_EQUAL(client.send(request).body, "ok");
  }
  CHECK(got == numbers(1000000));
}

TEST(what_arrives_is_what_was_sent) {
  const size_t size = 6000000;
  std::string got;
  TlsServer server([&](Peer &peer) {
    got = peer.body_of(peer.head());
    peer.send(ok);
    peer.to_the_end();
  });
  {
    Client client(server.endpoint());
    Request request = request_for("POST", "/load");
    request.source = std::make_shared<Numbers>(size);
    CHECK_EQUAL(client.send(request).body, "ok");
  }
  server.server->check();
  CHECK(got == numbers(size));
}

TEST(an_answer_may_come_in_many_small_records) {
  TlsServer server([](Peer &peer) {
    peer.head();
    for (char byte : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
      peer.send({&byte, 1});
    peer.to_the_end();
  });
  Client client(server.endpoint());
  CHECK_EQUAL(client.get().body, "hello");
}

TEST(an_end_that_tls_announces_ends_a_body_without_length) {
  TlsServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\n\r\nhello");
    peer.close_write();
    peer.to_the_end();
  });
  Client client(server.endpoint());
  CHECK_EQUAL(client.get().body, "hello");
}

TEST(an_end_that_tls_does_not_announce_cuts_a_body_off) {
  TlsServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\n\r\nhello");
  });
  Client client(server.endpoint());
  CHECK_FAILS(client.get(), Code::unreachable, "has broken off the connection");
}

TEST(a_connection_that_was_closed_or_spoke_meanwhile_is_replaced) {
  for (bool speaks : {true, false}) {
    TlsServer server([&](Peer &peer) {
      peer.expect("GET /thing ");
      peer.send(speaks ? ok + "HTTP/1.1 500 Stray\r\n\r\n" : ok);
      if (!speaks) peer.close_write();
      peer.to_the_end();
    });
    Client client(server.endpoint());
    for (int i = 1; i <= 3; i++) {
      CHECK_EQUAL(client.get().status, 200);
      on_loop(sleep_for(20));
      CHECK_EQUAL(server.server->accepted(), i);
    }
    CHECK_EQUAL(client.get().status, 200);
  }
}

static Task<std::string> talk(Exchange &exchange) {
  size_t written = 0;
  co_await exchange.write("question", &written);
  co_await exchange.close_write();
  std::string answer = co_await exchange.rest();
  co_return answer;
}

TEST(an_upgraded_connection_may_be_half_closed) {
  TlsServer server([](Peer &peer) {
    peer.head();
    peer.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\ngreeting");
    peer.send(peer.to_the_end() == "question" ? " and answer" : "");
    peer.close_write();
  });
  Client client(server.endpoint());
  Exchange exchange = client.open(request_for("POST", "/attach"));
  CHECK_EQUAL(client.loop.run(talk(exchange), nullptr), "greeting and answer");
  server.server->check();
}

int main() { return check::run_all("tls"); }
