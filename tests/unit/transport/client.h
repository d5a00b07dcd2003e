// What the tests of the transport share: a client on a loop of its own, and whole answers.
#pragma once

#include <string>

#include "loop/support.h"
#include "transport/http.h"

namespace conu {

struct Answer {
  int status = 0;
  std::string header;  // X-Test
  std::string body;
};

inline Task<Answer> fetch(HttpClient &http, Request request) {
  Exchange exchange = co_await http.open(request);
  Answer answer;
  answer.status = exchange.status();
  answer.header = exchange.header("x-TEST");
  answer.body = co_await exchange.rest();
  co_return answer;
}

inline Task<std::string> next_piece(Exchange &exchange) {
  std::string_view piece = co_await exchange.next();
  co_return std::string(piece);
}

inline Request request_for(const std::string &method, const std::string &target) {
  Request request;
  request.method = method;
  request.target = target;
  request.connect_timeout_ms = request.head_timeout_ms = 20000;  // a test that hangs is to fail
  return request;
}

struct Client {
  explicit Client(const Endpoint &endpoint) : http(loop, endpoint) {}

  Answer get(const std::string &target = "/thing") { return send(request_for("GET", target)); }
  Answer send(Request request) { return loop.run(fetch(http, std::move(request)), nullptr); }
  Exchange open(Request request, Cancel *cancel = nullptr) { return loop.run(http.open(request), cancel); }
  std::string next(Exchange &exchange, Cancel *cancel = nullptr) { return loop.run(next_piece(exchange), cancel); }
  std::string rest(Exchange &exchange) { return loop.run(exchange.rest(), nullptr); }

  Loop loop;
  HttpClient http;
};

}  // namespace conu
