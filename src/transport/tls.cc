// A client's TLS session over memory buffers.
#include "transport/tls.h"

#include <arpa/inet.h>

#include <new>

#include "transport/connection.h"
#include "transport/openssl.h"
#include "util/text.h"

namespace conu {

static std::string last_error() {
  unsigned long code = openssl().ERR_get_error();
  if (code == 0) return "no reason given";
  char text[256];
  openssl().ERR_error_string_n(code, text, sizeof text);
  return text;
}

static bool is_address(const std::string &host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

static void configure(SSL_CTX *context, const TlsSettings &settings, const std::string &url) {
  const OpenSsl &lib = openssl();
  auto check = [&](bool good, const std::string &what) {
    if (!good)
      throw_failure(Code::unauthorized, {what, " for ", url, ": ", last_error()},
                    "see that DOCKER_CERT_PATH (or the context) names a folder with ca.pem, cert.pem and key.pem");
  };
  lib.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  lib.SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.ca_file.empty())
    check(lib.SSL_CTX_set_default_verify_paths(context) == 1, "cannot load the system's certificate authorities");
  else
    check(lib.SSL_CTX_load_verify_locations(context, settings.ca_file.c_str(), nullptr) == 1,
          concat("cannot load the certificate authorities in ", settings.ca_file));
  if (settings.certificate_file.empty()) return;
  check(lib.SSL_CTX_use_certificate_chain_file(context, settings.certificate_file.c_str()) == 1,
        concat("cannot load the client certificate in ", settings.certificate_file));
  check(lib.SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
            lib.SSL_CTX_check_private_key(context) == 1,
        concat("cannot use the client key in ", settings.key_file));
}

TlsSession::TlsSession(const TlsSettings &settings, const Endpoint &endpoint)
    : peer_(endpoint.url), has_own_authorities_(!settings.ca_file.empty()) {
  const OpenSsl &lib = openssl();
  lib.ERR_clear_error();
  context_ = lib.SSL_CTX_new(lib.TLS_client_method());
  if (context_ == nullptr) throw std::bad_alloc();
  try {
    configure(context_, settings, endpoint.url);
    ssl_ = lib.SSL_new(context_);
    incoming_ = lib.BIO_new(lib.BIO_s_mem());
    outgoing_ = lib.BIO_new(lib.BIO_s_mem());
    if (ssl_ == nullptr || incoming_ == nullptr || outgoing_ == nullptr) throw std::bad_alloc();
  } catch (...) {
    lib.SSL_free(ssl_);
    lib.SSL_CTX_free(context_);
    throw;
  }
  lib.SSL_set_bio(ssl_, incoming_, outgoing_);
  if (is_address(endpoint.host)) {
    lib.X509_VERIFY_PARAM_set1_ip_asc(lib.SSL_get0_param(ssl_), endpoint.host.c_str());
  } else {
    lib.SSL_set1_host(ssl_, endpoint.host.c_str());
    lib.SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char *>(endpoint.host.c_str()));
  }
  lib.SSL_set_connect_state(ssl_);
}

TlsSession::~TlsSession() {
  openssl().SSL_free(ssl_);
  openssl().SSL_CTX_free(context_);
}

void TlsSession::fail(Text what) {
  const OpenSsl &lib = openssl();
  long verdict = lib.SSL_get_verify_result(ssl_);
  if (verdict != X509_V_OK)
    throw_failure(
        Code::unauthorized,
        {"the certificate of ", peer_, " is not trusted: ", lib.X509_verify_cert_error_string(verdict)},
        has_own_authorities_
            ? "see that ca.pem is of the authority that signed it, and that the address is one that it names"
            : "no ca.pem was found, so the system's authorities were asked: name its folder by DOCKER_CERT_PATH");
  throw_failure(Code::unreachable, {what, " ", peer_, ": ", last_error()},
                "see that the engine speaks TLS on this port and accepts the client's certificate");
}

// Hands what the socket has to OpenSSL.
void TlsSession::take_in(Connection &connection) {
  char bytes[16384];
  ssize_t n = connection.receive(bytes, sizeof bytes);
  if (n == 0) ended_ = true;
  if (n > 0) openssl().BIO_write(incoming_, bytes, static_cast<int>(n));
}

bool TlsSession::flush(Connection &connection) {
  char bytes[16384];
  while (openssl().BIO_ctrl_pending(outgoing_) > 0) {
    int n = openssl().BIO_read(outgoing_, bytes, sizeof bytes);
    if (n <= 0) break;
    unsent_.append(bytes, static_cast<size_t>(n));
  }
  while (!unsent_.empty()) {
    ssize_t n = connection.transmit(unsent_);
    if (n < 0) return false;
    unsent_.erase(0, static_cast<size_t>(n));
  }
  return true;
}

bool TlsSession::handshake(Connection &connection) {
  const OpenSsl &lib = openssl();
  take_in(connection);
  lib.ERR_clear_error();
  int result = lib.SSL_do_handshake(ssl_);
  if (result == 1) return flush(connection);
  if (lib.SSL_get_error(ssl_, result) != SSL_ERROR_WANT_READ) {
    try {
      flush(connection);  // the alert that tells the other side why
    } catch (const Failure &) {
      // It has gone already; the reason is told below.
    }
    fail("the TLS handshake failed with");
  }
  flush(connection);
  if (ended_) fail("the TLS handshake was broken off by");
  return false;
}

ssize_t TlsSession::receive(Connection &connection, char *data, size_t size) {
  const OpenSsl &lib = openssl();
  for (;;) {
    lib.ERR_clear_error();
    int n = lib.SSL_read(ssl_, data, static_cast<int>(size));
    if (n > 0) return n;
    int error = lib.SSL_get_error(ssl_, n);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    if (error != SSL_ERROR_WANT_READ) fail("cannot read from");
    // An end that TLS does not announce may be anybody's: what came before it counts as cut off.
    if (ended_) throw_failure(Code::unreachable, {peer_, " has broken off the connection"});
    size_t before = lib.BIO_ctrl_pending(incoming_);
    take_in(connection);
    if (ended_ || lib.BIO_ctrl_pending(incoming_) > before) continue;
    flush(connection);  // after reading, as the other side may have said why it takes no more
    return -1;
  }
}

ssize_t TlsSession::transmit(Connection &connection, std::string_view bytes) {
  if (!flush(connection)) return -1;
  if (bytes.empty()) return 0;
  const OpenSsl &lib = openssl();
  lib.ERR_clear_error();
  int n = lib.SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), 16384)));
  if (n <= 0) fail("cannot write to");
  flush(connection);
  return n;
}

void TlsSession::close_write() { openssl().SSL_shutdown(ssl_); }

}  // namespace conu
