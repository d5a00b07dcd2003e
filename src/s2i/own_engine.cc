// The engine and the credentials that the arguments name.
#include "engine/discovery.h"
#include "engine/docker_config.h"
#include "s2i/extend.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

static Endpoint endpoint_of(const S2iOptions &options, const Engine &engine) {
  Endpoint endpoint = options.engine_url.empty() ? engine.endpoint() : parse_endpoint(options.engine_url, "--url");
  if (!options.tls && !options.verifies) return endpoint;
  if (!endpoint.socket_path.empty())
    throw_failure(Code::invalid_argument,
                  {"option --tls or --tlsverify of s2i build: there is no TLS to the socket ", endpoint.socket_path},
                  "name an engine by --url, such as tcp://host:2376");
  TlsSettings tls = endpoint.tls ? *endpoint.tls : client_tls();
  if (!options.ca_file.empty()) tls.ca_file = options.ca_file;
  if (!options.certificate_file.empty()) tls.certificate_file = options.certificate_file;
  if (!options.key_file.empty()) tls.key_file = options.key_file;
  tls.verify = options.verifies;
  endpoint.tls = tls;
  return endpoint;
}

static void add_credentials(const std::string &path, CredentialStore *credentials) {
  auto text = read_file(path);
  if (!text) throw_failure(Code::not_found, {"there is no file ", path, ", which --dockercfg-path names"});
  DockerConfig config(*text, path);
  for (const std::string &domain : config.registries()) {
    Credentials found = config.find_credentials(domain).credentials;
    if (!found.empty()) credentials->remember(domain, found);
  }
}

ImagePtr builder_for(ImagePtr builder, const Extension &extension, Cancel *cancel) {
  const S2iOptions &options = extension.options;
  if (!options.has_own_engine()) return builder;
  auto engine = Engine::open(endpoint_of(options, *builder->engine()), cancel);
  for (const auto &[domain, known] : builder->engine()->credentials.all()) engine->credentials.remember(domain, known);
  if (!options.docker_config.empty()) add_credentials(options.docker_config, &engine->credentials);
  if (builder->has_name()) return Image::by_name(engine, builder->name());
  return Image::by_id(engine, builder->engine_name());
}

}  // namespace conu
