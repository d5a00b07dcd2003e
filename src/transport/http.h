// The HTTP/1.1 client of one loop: requests over keep-alive connections, bodies streamed in both directions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/group.h"
#include "transport/connection.h"
#include "transport/response_parser.h"

namespace conu {

// A request body that is made as it is sent, in chunks.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, a view that holds until the next call.
  virtual std::string_view next() = 0;
  // A part of a file that comes right behind the piece that next() gave last. At the end both are empty.
  virtual FileRange file() { return {}; }
  // Its size in bytes where that is known beforehand, else negative.
  virtual int64_t size() const { return -1; }
};

struct Request {
  std::string method = "GET";
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<BodySource> source;  // instead of `body`
  int64_t connect_timeout_ms = 60000;  // negative, here and below: no limit
  // For the head of the answer, where there is no source.
  int64_t head_timeout_ms = 60000;
  // For each further piece of the answer's body; negative: no limit.
  int64_t piece_timeout_ms = -1;
  // The answer comes in many small pieces: while they come fast they are read some at a time, see
  // Connection::gather().
  bool gathers = false;

  bool is_idempotent() const { return !source && (method == "GET" || method == "HEAD" || method == "DELETE"); }
  std::string name() const;  // for messages
};

class HttpClient;

// A request that has been sent, and the answer whose head has come.
class Exchange {
 public:
  Exchange(HttpClient &client, std::shared_ptr<Connection> connection, const Request &request);
  Exchange(Exchange &&) = default;
  ~Exchange();

  int status() const { return parser_.status(); }
  std::string_view header(std::string_view name) const { return parser_.header(name); }
  std::vector<std::pair<std::string, std::string>> headers() const { return parser_.headers(); }
  const std::string &name() const { return name_; }

  // The next piece of the body, a view that holds until the next call; empty at the end. The connection goes back to
  // the client at the end, and is closed where the body was not read whole. An await that a cancel or a time ended may
  // be repeated.
  //
  // After an upgrade (101), the body is all that comes until the other side ends it.
  Task<std::string_view> next();
  // The same of what has come already: empty where next() would have to wait, too. Views hold until next() is called.
  std::string_view at_hand();
  Task<std::string> rest(size_t limit = 256 << 20);

  // After an upgrade (101, or 200 with a body that ends with the connection) bytes go the other way, too, beside the
  // reading. `written` counts also where it fails.
  Task<void> write(std::string_view bytes, size_t *written);
  Task<void> close_write();
  void abort();  // ends both directions at once

 private:
  friend class HttpClient;
  struct Upload;
  static Task<void> upload(std::shared_ptr<Upload> upload);
  Task<void> send(const Request &request);
  Task<void> read_head();
  bool is_upgraded() const { return parser_.status() == 101; }
  std::shared_ptr<Connection> writable_connection();
  void set_broken(const Failure &failure);
  [[noreturn]] void fail(const Failure &failure);

  HttpClient *client_;
  std::shared_ptr<Connection> connection_;
  std::string name_;
  ResponseParser parser_;
  bool is_head_request_;
  bool got_bytes_ = false;
  bool is_over_ = false;       // of an upgraded connection: the other side sends no more
  std::exception_ptr broken_;  // what every further next() throws
  int64_t head_timeout_ms_;
  int64_t piece_timeout_ms_;
  std::shared_ptr<Upload> upload_;
  Background upload_line_;
};

class HttpClient {
 public:
  HttpClient(Loop &loop, Endpoint endpoint) : loop_(loop), endpoint_(std::move(endpoint)) {}

  // Sends a request and awaits the head of the answer, on a connection that is warm if there is one. One that turns out
  // to be dead is replaced: before sending always, after it where the request may be repeated and no byte of an answer
  // came. The request is needed until then.
  Task<Exchange> open(const Request &request);

  const Endpoint &endpoint() const { return endpoint_; }
  Loop &loop() { return loop_; }
  void give_back(std::shared_ptr<Connection> connection);
  void drop_connections() { idle_.clear(); }

 private:
  Task<std::shared_ptr<Connection>> connect(const Request &request);
  std::shared_ptr<Connection> take_warm();

  Loop &loop_;
  Endpoint endpoint_;
  std::vector<std::shared_ptr<Connection>> idle_;
};

}  // namespace conu
