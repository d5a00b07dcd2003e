// Downloading a file over HTTP.
#include "s2i/download.h"

#include "transport/http.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

namespace {
struct Address {
  Endpoint endpoint;
  std::string target, credentials;
};
}  // namespace

[[noreturn]] static void reject(const std::string &url) {
  throw_failure(Code::invalid_argument, {in_quotes(without_credentials(url)), " is no URL of scripts"},
                "use image:///folder, file:///folder, http://host/path or https://host/path");
}

// scheme://[user:password@]host[:port]/path
static Address parse(const std::string &url) {
  Address address;
  bool is_https = url.starts_with("https://");
  if (!is_https && !url.starts_with("http://")) reject(url);
  std::string rest = url.substr(is_https ? 8 : 7);
  size_t slash = std::min(rest.find('/'), rest.size());
  std::string authority = rest.substr(0, slash);
  address.target = slash < rest.size() ? rest.substr(slash) : "/";
  if (address.target.find_first_of(" \r\n") != std::string::npos) reject(url);
  Endpoint &endpoint = address.endpoint;
  if (size_t at = authority.rfind('@'); at != authority.npos) {
    address.credentials = authority.substr(0, at);
    authority.erase(0, at + 1);
  }
  size_t colon = authority.rfind(':');
  bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  endpoint.host = authority.substr(0, has_port ? colon : authority.npos);
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']'))
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  endpoint.port = is_https ? 443 : 80;
  if (has_port) endpoint.port = port_in(std::string_view(authority).substr(colon + 1));
  endpoint.url = without_credentials(url);
  if (is_https) endpoint.tls = TlsSettings();
  if (endpoint.host.empty() || endpoint.port == 0) reject(url);
  return address;
}

// Where a server that was asked for `url` says that it is.
static std::string redirected(const std::string &url, const std::string &location) {
  size_t host = url.find("://") + 3, path = std::min(url.find('/', host), url.size());
  size_t slash = location.find('/');
  if (location.starts_with("//")) return concat(url.substr(0, host - 2), location);
  if (slash == 0) return concat(url.substr(0, path), location);
  if (location.find(':') < slash) return location;
  size_t folder = std::max(url.rfind('/', url.find('?')), path);
  return concat(url.substr(0, path), clean_path(concat(url.substr(path, folder - path), "/", location)));
}

Task<int> download(Loop &loop, std::string url, const std::string &path) {
  const int most_redirections = 10;
  const size_t limit = 16 << 20;
  for (int i = 0; i <= most_redirections; i++) {
    Address address = parse(url);
    HttpClient client(loop, address.endpoint);
    Request request;
    request.target = address.target;
    request.piece_timeout_ms = request.head_timeout_ms;
    request.headers.emplace_back("Connection", "close");
    if (!address.credentials.empty())
      request.headers.emplace_back("Authorization", concat("Basic ", base64(address.credentials)));
    std::string body, location;
    int status;
    try {
      Exchange exchange = co_await client.open(request);
      body = co_await exchange.rest(limit);
      status = exchange.status();
      location = exchange.header("Location");
    } catch (Failure &failure) {
      if (failure.code == Code::cancelled) throw;
      failure.message = concat("cannot download ", address.endpoint.url, ": ", failure.message);
      failure.hint = failure.code == Code::unauthorized
                         ? "have this system trust who signed it, or name a file with that certificate by SSL_CERT_FILE"
                         : "the option --scripts-url or the label io.openshift.s2i.scripts-url says that it is there";
      throw;
    }
    if (status / 100 == 3 && !location.empty()) {
      url = redirected(url, location);
      continue;
    }
    if (status == 200 || status == 201) write_new_file(path, body, 0755);
    co_return status;
  }
  throw_failure(Code::protocol, {without_credentials(url), " is redirected again and again"});
}

}  // namespace conu
