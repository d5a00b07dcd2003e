// The HTTP/1.1 client of one loop.
#include "transport/http.h"

#include "loop/loop.h"
#include "util/log.h"
#include "util/text.h"
#include "util/version.h"

namespace conu {

std::string Endpoint::authority() const {
  if (!socket_path.empty()) return "localhost";
  return host.find(':') == host.npos ? concat(host, ":", decimal(port)) : concat("[", host, "]:", decimal(port));
}

std::string Endpoint::for_programs() const {
  return socket_path.empty() ? concat("tcp://", authority()) : concat("unix://", socket_path);
}

std::string Request::name() const { return concat(method, " ", std::string_view(target).substr(0, target.find('?'))); }

static const char stuck_hint[] = "the engine may be overloaded or stuck; conu_engine_set_timeout gives it longer";

// --- uploads ---------------------------------------------------------------------------------------------------------

// A body on its way, beside the reading of the answer: engines answer while they still read, and refuse early.
struct Exchange::Upload {
  std::shared_ptr<Connection> connection;
  std::shared_ptr<BodySource> source;
  std::exception_ptr failure;  // of the source
  bool done = false;
};

static std::string chunk_head(size_t size) {
  char head[24];
  snprintf(head, sizeof head, "%zx\r\n", size);
  return head;
}

// The request cannot be completed: breaking it off wakes the reader, who tells why.
static void break_off(const std::shared_ptr<Connection> &connection, std::exception_ptr *failure) {
  *failure = std::current_exception();
  connection->abort();
}

Task<void> Exchange::upload(std::shared_ptr<Upload> upload) {
  Connection &connection = *upload->connection;
  bool chunked = upload->source->size() < 0;
  for (;;) {
    std::string_view piece;
    FileRange file;
    try {
      piece = upload->source->next();
      file = upload->source->file();
    } catch (...) {
      break_off(upload->connection, &upload->failure);
      co_return;
    }
    size_t size = piece.size() + static_cast<size_t>(file.size);
    if (size == 0) break;
    if (chunked) {
      std::string head = chunk_head(size);
      co_await connection.write(head);
    }
    co_await connection.write(piece);
    try {
      if (file.size > 0) co_await connection.write_file(file);
    } catch (const Failure &failure) {
      bool is_of_the_file = failure.code == Code::io || failure.code == Code::permission;
      if (!is_of_the_file) throw;
      break_off(upload->connection, &upload->failure);
      co_return;
    }
    if (chunked) co_await connection.write("\r\n");
  }
  if (chunked) co_await connection.write("0\r\n\r\n");
  upload->done = true;
}

// --- exchange --------------------------------------------------------------------------------------------------------

Exchange::Exchange(HttpClient &client, std::shared_ptr<Connection> connection, const Request &request)
    : client_(&client),
      connection_(std::move(connection)),
      name_(request.name()),
      parser_(request.method == "HEAD"),
      is_head_request_(request.method == "HEAD"),
      head_timeout_ms_(request.head_timeout_ms),
      piece_timeout_ms_(request.piece_timeout_ms) {}

Exchange::~Exchange() = default;

void Exchange::fail(const Failure &failure) {
  set_broken(failure);
  std::rethrow_exception(broken_);
}

void Exchange::set_broken(const Failure &failure) {
  if (connection_) connection_->abort();  // somebody may be writing
  connection_.reset();
  if (upload_ && upload_->failure) {
    broken_ = upload_->failure;
    return;
  }
  const std::string &url = client_->endpoint().url;
  std::string message = concat(name_, ": ");
  if (failure.code == Code::protocol)
    message = concat("the answer of ", url, " to ", name_, " cannot be used: ");
  else if (failure.message.find(url) == std::string::npos)
    message = concat(name_, " at ", url, ": ");
  std::string hint = failure.hint;
  if (hint.empty() && failure.code == Code::unreachable)
    hint = "the engine has stopped or was restarted in the middle of the call; try again";
  broken_ = std::make_exception_ptr(Failure(failure.code, concat(message, failure.message), hint, failure.http_status));
}

static std::string head_of(const Request &request, const Endpoint &endpoint) {
  std::string head;
  head.reserve(256);
  head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
  head.append(endpoint.authority()).append("\r\nUser-Agent: libconu/" CONU_VERSION_TEXT "\r\n");
  for (const auto &[name, value] : request.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (request.source && request.source->size() < 0)
    head.append("Transfer-Encoding: chunked\r\n");
  else if (request.source)
    head.append("Content-Length: ").append(decimal(request.source->size())).append("\r\n");
  else if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
    head.append("Content-Length: ").append(decimal(request.body.size())).append("\r\n");
  head.append("\r\n").append(request.body);
  return head;
}

Task<void> Exchange::send(const Request &request) {
  std::string head = head_of(request, client_->endpoint());
  try {
    size_t sent = connection_->try_write(head);
    if (sent < head.size()) co_await connection_->write(std::string_view(head).substr(sent));
  } catch (const Failure &failure) {
    if (failure.code != Code::unreachable) throw;
    co_return;  // the other side may have said why before it went: who reads finds out
  }
  if (!request.source) co_return;
  upload_ = std::make_shared<Upload>();
  upload_->connection = connection_;
  upload_->source = request.source;
  upload_line_ = Background(client_->loop(), upload(upload_));
}

Task<void> Exchange::read_head() {
  std::string_view piece;
  for (;;) {
    size_t used = parser_.parse(connection_->buffered(), &piece);
    connection_->consume(used);
    if (parser_.is_head_done()) {
      int status = parser_.status();
      if (status >= 200 || status == 101) co_return;
      parser_ = ResponseParser(is_head_request_);  // 1xx: the answer proper comes behind it
      continue;
    }
    bool more = co_await connection_->fill();
    if (!more) parser_.finish();
    got_bytes_ = true;
  }
}

Task<std::string_view> Exchange::next() {
  if (broken_) std::rethrow_exception(broken_);
  std::optional<Failure> failure;
  try {
    Scope &scope = co_await current_scope();
    for (;;) {
      std::string_view piece = at_hand();
      if (!piece.empty()) co_return piece;
      if (broken_) std::rethrow_exception(broken_);
      if (is_upgraded() ? is_over_ : !connection_ || parser_.is_done()) break;
      Deadline deadline(scope, piece_timeout_ms_, [this] {
        return Failure(Code::timeout,
                       concat(name_, " at ", client_->endpoint().url, ": nothing has come for ",
                              decimal(piece_timeout_ms_), " ms"),
                       stuck_hint);
      });
      bool more = co_await connection_->fill();
      if (!more && is_upgraded()) is_over_ = true;
      if (!more && !is_upgraded()) parser_.finish();
    }
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (broken_) std::rethrow_exception(broken_);
  // One who ends such a connection with something unread in it resets it. Whether all is well is the process's to tell.
  if (failure && is_upgraded() && failure->code == Code::unreachable) {
    is_over_ = true;
    failure.reset();
  }
  // A cancel or a deadline of the caller takes nothing away: the next call goes on where this one stood.
  if (failure && (failure->code == Code::cancelled || failure->code == Code::timeout)) throw *failure;
  if (failure) fail(*failure);
  if (is_upgraded()) co_return std::string_view();  // bytes may go on to the other side
  if (connection_ && parser_.keeps_alive() && (!upload_ || upload_->done)) client_->give_back(std::move(connection_));
  connection_.reset();
  co_return std::string_view();
}

std::string_view Exchange::at_hand() {
  std::string_view piece;
  if (broken_ || !connection_) return piece;
  if (is_upgraded()) {
    piece = connection_->buffered();
    connection_->consume(piece.size());
    return piece;
  }
  try {
    while (piece.empty() && !parser_.is_done() && !connection_->buffered().empty()) {
      size_t used = parser_.parse(connection_->buffered(), &piece);
      connection_->consume(used);
      if (used == 0) break;
    }
  } catch (const Failure &failure) {
    set_broken(failure);
  }
  return piece;
}

std::shared_ptr<Connection> Exchange::writable_connection() {
  if (connection_) return connection_;
  throw_failure(Code::state, {name_, ": nothing can be written, the other side has ended the connection"});
}

Task<void> Exchange::write(std::string_view bytes, size_t *written) {
  auto connection = writable_connection();  // it stays, whatever the reading comes upon
  co_await connection->write(bytes, written);
}

void Exchange::abort() {
  if (connection_) connection_->abort();
}

Task<void> Exchange::close_write() {
  auto connection = writable_connection();
  co_await connection->close_write();
}

Task<std::string> Exchange::rest(size_t limit) {
  std::string body;
  for (;;) {
    std::string_view piece = co_await next();
    if (piece.empty()) co_return body;
    body.append(piece);
    if (body.size() > limit) fail(Failure(Code::protocol, concat("it is longer than ", decimal(limit), " bytes")));
  }
}

// --- client ----------------------------------------------------------------------------------------------------------

void HttpClient::give_back(std::shared_ptr<Connection> connection) {
  if (idle_.size() < 4) idle_.push_back(std::move(connection));
}

std::shared_ptr<Connection> HttpClient::take_warm() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->is_quiet()) return connection;
  }
  return nullptr;
}

Task<std::shared_ptr<Connection>> HttpClient::connect(const Request &request) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, request.connect_timeout_ms, [&] {
    return Failure(Code::timeout,
                   concat("no connection to ", endpoint_.url, " after ", decimal(request.connect_timeout_ms), " ms"));
  });
  auto connection = co_await Connection::open(loop_, endpoint_);
  co_return connection;
}

Task<Exchange> HttpClient::open(const Request &request) {
  for (;;) {
    auto connection = take_warm();
    bool warm = connection != nullptr;
    if (!warm) connection = co_await connect(request);
    connection->gather(request.gathers);
    Exchange exchange(*this, std::move(connection), request);
    std::optional<Failure> failure;
    try {
      Scope &scope = co_await current_scope();
      // A body of any length takes its time, on its way and when the engine works on it.
      Deadline deadline(scope, request.source ? -1 : request.head_timeout_ms, [&] {
        return Failure(Code::timeout,
                       concat("no answer of ", endpoint_.url, " to ", request.name(), " after ",
                              decimal(request.head_timeout_ms), " ms"),
                       stuck_hint);
      });
      co_await exchange.send(request);
      co_await exchange.read_head();
      if (logs(LogLevel::debug)) log(LogLevel::debug, concat(exchange.name(), ": ", decimal(exchange.status())));
      co_return exchange;
    } catch (const Failure &caught) {
      failure = caught;
    }
    bool is_ours = failure->code == Code::cancelled || failure->code == Code::timeout;
    if (is_ours) throw *failure;
    if (!warm || exchange.got_bytes_ || !request.is_idempotent()) exchange.fail(*failure);
  }
}

}  // namespace conu
