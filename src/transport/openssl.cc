// OpenSSL, loaded on first use.
#include "transport/openssl.h"

#include "util/shared_library.h"

namespace conu {

static OpenSsl load() {
  SharedLibrary ssl("libssl.so.3", "TLS", "OpenSSL 3 (Debian: libssl3)");  // finds libcrypto's functions as well
  OpenSsl functions{};
#define CONU_FIND(name) ssl.find(#name, &functions.name);
  CONU_OPENSSL_FUNCTIONS(CONU_FIND)
#undef CONU_FIND
  return functions;
}

const OpenSsl &openssl() {
  static const OpenSsl functions = load();
  return functions;
}

}  // namespace conu
