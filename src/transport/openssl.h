// OpenSSL, loaded on first use: linked, it would cost every program milliseconds and megabytes that few of them need.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace conu {

// Each function that is used, under its own name: `openssl().SSL_new(context)`.
// clang-format off
#define CONU_OPENSSL_FUNCTIONS(F) \
  F(BIO_ctrl_pending) F(BIO_new) F(BIO_read) F(BIO_s_mem) F(BIO_write) F(ERR_clear_error) F(ERR_error_string_n) \
  F(ERR_get_error) F(SSL_CTX_check_private_key) F(SSL_CTX_ctrl) F(SSL_CTX_free) F(SSL_CTX_load_verify_locations) \
  F(SSL_CTX_new) F(SSL_CTX_set_default_verify_paths) F(SSL_CTX_set_verify) F(SSL_CTX_use_PrivateKey_file) \
  F(SSL_CTX_use_certificate_chain_file) F(SSL_ctrl) F(SSL_do_handshake) F(SSL_free) F(SSL_get0_param) \
  F(SSL_get_error) F(SSL_get_verify_result) F(SSL_new) F(SSL_read) F(SSL_set1_host) F(SSL_set_bio) \
  F(SSL_set_connect_state) F(SSL_shutdown) F(SSL_write) F(TLS_client_method) F(X509_VERIFY_PARAM_set1_ip_asc) \
  F(X509_verify_cert_error_string)
// clang-format on

struct OpenSsl {
#define CONU_MEMBER(name) decltype(&::name) name;
  CONU_OPENSSL_FUNCTIONS(CONU_MEMBER)
#undef CONU_MEMBER
};

// Throws Failure(unsupported) with a hint where the library is not installed.
const OpenSsl &openssl();

}  // namespace conu
