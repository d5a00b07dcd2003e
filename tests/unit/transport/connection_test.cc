// Connecting, and what is said where it fails.
#include "transport/connection.h"

#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "loop/support.h"
#include "transport/client.h"
#include "transport/scripted_server.h"

using namespace conu;

static Endpoint unix_endpoint(const std::string &path) {
  Endpoint endpoint;
  endpoint.socket_path = path;
  endpoint.url = "unix://" + path;
  return endpoint;
}

static Failure failure_of(const Endpoint &endpoint) {
  Loop loop;
  try {
    loop.run(Connection::open(loop, endpoint), nullptr);
  } catch (const Failure &failure) {
    return failure;
  }
  return Failure(Code::internal, "it did not fail");
}

static void check_failure(const Failure &failure, Code code, const std::string &message, const std::string &hint) {
  CHECK_EQUAL(static_cast<int>(failure.code), static_cast<int>(code));
  CHECK_EQUAL(failure.message, message);
  check::is_true(failure.hint.find(hint) != std::string::npos, "the hint is " + failure.hint, __FILE__, __LINE__);
}

TEST(a_socket_that_is_not_there_is_told_with_a_hint) {
  TemporaryFolder folder;
  std::string path = folder.path + "/none.sock";
  check_failure(failure_of(unix_endpoint(path)), Code::unreachable,
                "cannot connect to unix://" + path + ": No such file or directory", "there is no such socket");
  path = folder.write("file", "") + "/none.sock";
  check_failure(failure_of(unix_endpoint(path)), Code::unreachable,
                "cannot connect to unix://" + path + ": Not a directory", "there is no such socket");
}

TEST(a_socket_that_nobody_listens_on_is_told_with_a_hint) {
  TemporaryFolder folder;
  std::string path = folder.path + "/dead.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  {
    Fd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(bind(listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  }
  check_failure(failure_of(unix_endpoint(path)), Code::unreachable,
                "cannot connect to unix://" + path + ": Connection refused", "nobody listens");
  path = folder.write("file", "");
  check_failure(failure_of(unix_endpoint(path)), Code::unreachable,
                "cannot connect to unix://" + path + ": Connection refused", "nobody listens");
}

// Root may open every socket, so the test has to be another user for a while.
TEST(a_socket_that_may_not_be_opened_is_told_with_a_hint) {
  ScriptedServer server([](Peer &) {});
  std::string path = server.endpoint().socket_path;
  pid_t child = fork();
  if (child == 0) {
    chmod(path.c_str(), 0);
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
    Failure failure = failure_of(server.endpoint());
    bool good = failure.code == Code::permission &&
                failure.message == "cannot connect to " + server.url() + ": Permission denied" &&
                failure.hint.find("group") != std::string::npos;
    _exit(good ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
}

TEST(a_path_that_is_too_long_is_an_argument_that_is_wrong) {
  std::string path = "/" + std::string(106, 'x');
  CHECK(failure_of(unix_endpoint(path)).code == Code::unreachable);  // as long as it may be
  check_failure(failure_of(unix_endpoint(path + "x")), Code::invalid_argument,
                "the path of the socket in unix://" + path + "x is longer than 107 bytes", "");
}

TEST(a_port_that_nobody_listens_on_is_told_with_a_hint) {
  Endpoint endpoint;
  {
    ScriptedServer server([](Peer &) {}, ScriptedServer::on_tcp);
    endpoint = server.endpoint();
  }
  check_failure(failure_of(endpoint), Code::unreachable, "cannot connect to " + endpoint.url + ": Connection refused",
                "see that the engine listens there");
}

TEST(a_host_of_several_addresses_is_tried_at_each) {
  ScriptedServer server(
      [](Peer &peer) {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      },
      ScriptedServer::on_tcp);
  Endpoint endpoint = server.endpoint();
  endpoint.host = "localhost";  // ::1 as well, on most machines, where nobody listens
  CHECK_EQUAL(Client(endpoint).get().body, "ok");
}

TEST(a_connection_leaves_nothing_behind) {
  on_loop(sleep_for(0));  // libuv keeps two descriptors of its first loop
  ScriptedServer server([](Peer &peer) { peer.to_the_end(); });
  int before = descriptors();
  for (int i = 0; i < 20; i++) {
    Loop loop;
    auto connection = loop.run(Connection::open(loop, server.endpoint()), nullptr);
    CHECK(connection->is_quiet());
    failure_of(unix_endpoint("/no/such.sock"));
  }
  server.check();
  CHECK_EQUAL(descriptors(), before);
}

int main() { return check::run_all("connection"); }
