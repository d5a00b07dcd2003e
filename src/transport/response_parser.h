// An HTTP/1.1 answer, parsed as it arrives, over Boost.Beast's parser. It does no I/O and copies no body.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conu {

class ResponseParser {
 public:
  // `to_head`: the answer to a HEAD request has no body, whatever its headers say.
  explicit ResponseParser(bool to_head);
  ~ResponseParser();
  ResponseParser(ResponseParser &&) noexcept;
  ResponseParser &operator=(ResponseParser &&) noexcept;

  // Parses one element of what `bytes` begins with, and gives how many of them it took: 0 where it needs more of them.
  // `piece` is the body that was in it, a view into `bytes`. Throws Failure(protocol), without naming the request.
  size_t parse(std::string_view bytes, std::string_view *piece);
  // The other side has closed the connection. Throws Failure(unreachable) where that cuts the answer off.
  void finish();

  bool is_head_done() const;
  bool is_done() const;
  bool keeps_alive() const;  // the connection may be used again
  int status() const;
  // The value of a header, by its name in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
  // All of them, with their names, in the order that they came in.
  std::vector<std::pair<std::string, std::string>> headers() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace conu
