// A client's TLS session over memory buffers: the socket stays ours, so no SIGPIPE and no blocking.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "transport/endpoint.h"
#include "util/text.h"

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

namespace conu {

class Connection;

// Its functions never wait. Failure(unauthorized) where the certificate or the host name does not hold.
class TlsSession {
 public:
  TlsSession(const TlsSettings &settings, const Endpoint &endpoint);
  ~TlsSession();
  TlsSession(const TlsSession &) = delete;
  TlsSession &operator=(const TlsSession &) = delete;

  bool handshake(Connection &connection);  // false: it goes on when the socket is ready
  ssize_t receive(Connection &connection, char *data, size_t size);
  ssize_t transmit(Connection &connection, std::string_view bytes);
  bool flush(Connection &connection);  // false: the socket has no room for all of it now
  void close_write();

 private:
  void take_in(Connection &connection);
  [[noreturn]] void fail(Text what);

  std::string peer_;
  bool has_own_authorities_;
  ssl_ctx_st *context_ = nullptr;
  ssl_st *ssl_ = nullptr;
  bio_st *incoming_ = nullptr;  // owned by ssl_
  bio_st *outgoing_ = nullptr;
  std::string unsent_;
  bool ended_ = false;
};

}  // namespace conu
