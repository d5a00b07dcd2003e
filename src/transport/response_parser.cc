// An HTTP/1.1 answer over Boost.Beast's parser: the only file that includes it, as it is long to compile.
#include "transport/response_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace beast = boost::beast;
namespace http = boost::beast::http;

struct ResponseParser::State final : http::basic_parser<false> {
  explicit State(bool to_head) {
    eager(false);
    skip(to_head);
    body_limit(UINT64_MAX);  // boost::none is taken for 0 where a length is given
    header_limit(60 << 10);
    text.reserve(512);
    fields.reserve(16);
  }

  int status = 0;
  // The fields stand one behind the other in one text: an answer has a dozen of them, and few are asked for.
  struct Field {
    size_t name, value, end;
  };
  std::string text;
  std::vector<Field> fields;
  std::string_view piece;

  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code &) override {}
  void on_response_impl(int code, beast::string_view, int, beast::error_code &) override { status = code; }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code &) override {
    size_t start = text.size();
    text.append(name.data(), name.size()).append(value.data(), value.size());
    fields.push_back({start, start + name.size(), text.size()});
  }
  void on_header_impl(beast::error_code &) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t> &, beast::error_code &) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code &) override {
    piece = {body.data(), body.size()};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code &) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, beast::error_code &) override {
    piece = {body.data(), body.size()};
    return body.size();
  }
  void on_finish_impl(beast::error_code &) override {}
};

ResponseParser::ResponseParser(bool to_head) : state_(std::make_unique<State>(to_head)) {}
ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser &&) noexcept = default;
ResponseParser &ResponseParser::operator=(ResponseParser &&) noexcept = default;

size_t ResponseParser::parse(std::string_view bytes, std::string_view *piece) {
  beast::error_code error;
  state_->piece = {};
  size_t used = state_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error && error != http::error::need_more) throw_failure(Code::protocol, {"it is no HTTP: ", error.message()});
  *piece = state_->piece;
  return used;
}

void ResponseParser::finish() {
  beast::error_code error;
  if (!state_->got_some()) throw_failure(Code::unreachable, "the connection was closed before an answer came");
  state_->put_eof(error);
  if (error) throw_failure(Code::unreachable, "the connection was closed in the middle of the answer");
}

bool ResponseParser::is_head_done() const { return state_->is_header_done(); }
bool ResponseParser::is_done() const { return state_->is_done(); }
bool ResponseParser::keeps_alive() const { return state_->keep_alive(); }
int ResponseParser::status() const { return state_->status; }

std::string_view ResponseParser::header(std::string_view name) const {
  std::string_view text = state_->text;
  for (const auto &field : state_->fields) {
    std::string_view key = text.substr(field.name, field.value - field.name);
    if (beast::iequals({key.data(), key.size()}, {name.data(), name.size()}))
      return text.substr(field.value, field.end - field.value);
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> ResponseParser::headers() const {
  const std::string &text = state_->text;
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto &field : state_->fields)
    all.emplace_back(text.substr(field.name, field.value - field.name),
                     text.substr(field.value, field.end - field.value));
  return all;
}

}  // namespace conu
