// A server that does what a test says: on a unix socket, or on a port of 127.0.0.1. Each connection that it accepts
// runs a script in a thread of its own.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "check.h"
#include "temporary_folder.h"
#include "transport/endpoint.h"
#include "util/fd.h"

// What a script throws where the client does not do what it should.
struct ScriptFailure {
  std::string message;
};

// The server's end of a connection.
class Peer {
 public:
  explicit Peer(conu::Fd socket) : socket_(std::move(socket)) {
    timeval patience{20, 0};  // a client that hangs must not hang the test
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  virtual ~Peer() = default;
  Peer(const Peer &) = delete;
  Peer &operator=(const Peer &) = delete;

  // A request's head, with the empty line behind it.
  std::string head() {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos)
      if (!receive_more()) throw ScriptFailure{"the client has gone instead of sending a request"};
    return take(end + 4);
  }
  // A request's head that begins with this, and its body, without chunks.
  std::string expect(const std::string &start) {
    std::string got = head();
    if (!got.starts_with(start)) throw ScriptFailure{"expected " + start + ", got " + got};
    return got + body_of(got);
  }
  std::string body_of(const std::string &head) {
    if (head.find("Transfer-Encoding: chunked") != head.npos) return chunks();
    auto length = head.find("Content-Length: ");
    return length == head.npos ? std::string() : exactly(std::stoul(head.substr(length + 16)));
  }
  std::string exactly(size_t size) {
    while (buffer_.size() < size)
      if (!receive_more()) throw ScriptFailure{"the client has gone in the middle of a body"};
    return take(size);
  }
  // All that the client sends until it closes its side, or breaks the connection off.
  std::string to_the_end() {
    while (receive_more()) {
    }
    return take(buffer_.size());
  }
  // Reads on until the client has gone, and keeps nothing.
  void discard() {
    while (receive_more()) buffer_.clear();
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = raw_write(bytes);
      if (n <= 0) throw ScriptFailure{"the client has gone while it was sent something"};
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  // In two parts, the second when the first was read (unix sockets only).
  void send_split(std::string_view bytes, size_t at) {
    send(bytes.substr(0, at));
    wait_until_read();
    send(bytes.substr(at));
  }
  void wait_until_read() {
    for (int unread = 1; unread > 0; std::this_thread::yield())
      if (ioctl(socket_.get(), TIOCOUTQ, &unread) != 0) throw ScriptFailure{"cannot see what was read"};
  }
  void pause(int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

  virtual void close_write() { shutdown(socket_.get(), SHUT_WR); }
  void close() { socket_.reset(); }
  void reset() {
    linger at_once{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

 protected:
  virtual ssize_t raw_read(char *data, size_t size) { return recv(socket_.get(), data, size, 0); }
  virtual ssize_t raw_write(std::string_view bytes) {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  conu::Fd socket_;

 private:
  bool receive_more() {
    char bytes[65536];
    ssize_t n = raw_read(bytes, sizeof bytes);
    if (n > 0) buffer_.append(bytes, static_cast<size_t>(n));
    return n > 0;
  }
  std::string take(size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }
  std::string line() {
    size_t end;
    while ((end = buffer_.find("\r\n")) == buffer_.npos)
      if (!receive_more()) throw ScriptFailure{"the client has gone in the middle of a chunk"};
    return take(end + 2);
  }
  std::string chunks() {
    std::string body;
    for (;;) {
      size_t size = std::stoul(line(), nullptr, 16);
      body += exactly(size);
      if (exactly(2) != "\r\n") throw ScriptFailure{"a chunk does not end with its line"};
      if (size == 0) return body;
    }
  }

  std::string buffer_;
};

using Script = std::function<void(Peer &)>;

class ScriptedServer {
 public:
  enum Kind { on_unix_socket, on_tcp };
  using MakePeer = std::function<std::unique_ptr<Peer>(conu::Fd)>;

  // The first connection runs the first script and so on; more of them than scripts are a failure.
  ScriptedServer(std::vector<Script> scripts, Kind kind = on_unix_socket) : ScriptedServer(kind) {
    scripts_ = std::move(scripts);
    listen_in_background();
  }
  // Every connection runs this script.
  ScriptedServer(Script script, Kind kind = on_unix_socket, MakePeer make_peer = nullptr) : ScriptedServer(kind) {
    for_every_ = std::move(script);
    if (make_peer) make_peer_ = std::move(make_peer);
    listen_in_background();
  }
  ~ScriptedServer() { stop(); }
  ScriptedServer(const ScriptedServer &) = delete;
  ScriptedServer &operator=(const ScriptedServer &) = delete;

  const conu::Endpoint &endpoint() const { return endpoint_; }
  const std::string &url() const { return endpoint_.url; }
  int accepted() const { return accepted_; }

  // Waits for the scripts to end, and fails where one of them did. The client has to be done with its connections.
  void check() {
    stop();
    std::lock_guard lock(mutex_);
    check::is_true(problems_.empty(), problems_, "the server's script", 0);
  }

 private:
  explicit ScriptedServer(Kind kind) {
    if (kind == on_unix_socket) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      endpoint_.socket_path = folder_.path + "/engine.sock";
      endpoint_.socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
      endpoint_.url = "unix://" + endpoint_.socket_path;
      listener_.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
      bind_to(reinterpret_cast<sockaddr *>(&address), sizeof address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof address;
      listener_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      bind_to(reinterpret_cast<sockaddr *>(&address), size);
      getsockname(listener_.get(), reinterpret_cast<sockaddr *>(&address), &size);
      endpoint_.host = "127.0.0.1";
      endpoint_.port = ntohs(address.sin_port);
      endpoint_.url = "tcp://127.0.0.1:" + std::to_string(endpoint_.port);
    }
  }

  void bind_to(const sockaddr *address, socklen_t size) {
    bool good = bind(listener_.get(), address, size) == 0 && listen(listener_.get(), 64) == 0;
    check::is_true(good, "the scripted server cannot listen", __FILE__, __LINE__);
  }

  void listen_in_background() {
    acceptor_ = std::thread([this] { accept_all(); });
  }

  void accept_all() {
    for (;;) {
      pollfd wanted{listener_.get(), POLLIN, 0};
      poll(&wanted, 1, 20);
      if (stopping_) return;
      if ((wanted.revents & POLLIN) == 0) continue;
      conu::Fd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!socket) continue;
      size_t index = static_cast<size_t>(accepted_++);
      connections_.emplace_back([this, index, fd = socket.release()] { serve(conu::Fd(fd), index); });
    }
  }

  void serve(conu::Fd socket, size_t index) {
    try {
      if (!for_every_ && index >= scripts_.size()) throw ScriptFailure{"a connection too many"};
      std::unique_ptr<Peer> peer = make_peer_(std::move(socket));
      for_every_ ? for_every_(*peer) : scripts_[index](*peer);
    } catch (const ScriptFailure &failure) {
      std::lock_guard lock(mutex_);
      problems_ += "connection " + std::to_string(index + 1) + ": " + failure.message + "\n";
    }
  }

  void stop() {
    stopping_ = true;
    if (acceptor_.joinable()) acceptor_.join();
    for (std::thread &connection : connections_) connection.join();
    connections_.clear();
  }

  TemporaryFolder folder_;
  conu::Endpoint endpoint_;
  conu::Fd listener_;
  std::vector<Script> scripts_;
  Script for_every_;
  MakePeer make_peer_ = [](conu::Fd socket) { return std::make_unique<Peer>(std::move(socket)); };
  std::atomic<bool> stopping_{false};
  std::atomic<int> accepted_{0};
  std::thread acceptor_;
  std::vector<std::thread> connections_;
  std::mutex mutex_;
  std::string problems_;
};
