// Where an engine listens.
#pragma once

#include <optional>
#include <string>

namespace conu {

struct TlsSettings {
  std::string ca_file;           // empty: the system's certificate authorities
  std::string certificate_file;  // of the client; empty: none
  std::string key_file;
  bool verify = true;  // the server's certificate and host name
};

struct Endpoint {
  std::string url;          // as it was given, for messages
  std::string socket_path;  // of a unix socket; empty: TCP
  std::string host;
  int port = 0;
  std::optional<TlsSettings> tls;

  std::string authority() const;     // the value of the Host header
  std::string for_programs() const;  // the URL by which programs such as docker know it
};

}  // namespace conu
