// An engine that a test makes up: it answers each request with what the test says.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "transport/scripted_server.h"

namespace conu {

inline std::string answer(int status, const std::string &body, const std::string &headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Test\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// As engines answer to `/_ping`.
inline std::string pong(const std::string &version, const std::string &headers = "") {
  return answer(200, "", "Api-Version: " + version + "\r\n" + headers);
}

class ScriptedEngine {
 public:
  // What to answer to a request, of which `line` is the first line: "GET /_ping HTTP/1.1".
  using Handler = std::function<std::string(const std::string &line)>;

  explicit ScriptedEngine(Handler handler, ScriptedServer::Kind kind = ScriptedServer::on_unix_socket)
      : handler_(std::move(handler)), server_([this](Peer &peer) { serve(peer); }, kind) {}

  const std::string &url() const { return server_.url(); }
  const Endpoint &endpoint() const { return server_.endpoint(); }
  int accepted() const { return server_.accepted(); }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  std::string last_line() { return requests().back().substr(0, requests().back().find("\r\n")); }

 private:
  void serve(Peer &peer) {
    try {
      for (;;) {
        std::string request = peer.expect("");
        {
          std::lock_guard lock(mutex_);
          requests_.push_back(request);
        }
        peer.send(handler_(request.substr(0, request.find("\r\n"))));
      }
    } catch (const ScriptFailure &) {
      // The client has gone, as clients do.
    }
  }

  Handler handler_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  ScriptedServer server_;
};

}  // namespace conu
