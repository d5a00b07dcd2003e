// Any text is refused or read, and a lookup in it fails for nothing but a malformed entry.
#include "engine/docker_config.h"
#include "fuzz.h"

using namespace conu;

void fuzz(std::string_view input) {
  accepts(Code::invalid_argument, [&] {
    DockerConfig config(input, "config.json", input);
    for (const char *domain : {"docker.io", "a", ""})
      accepts(Code::invalid_argument, [&] { config.find_credentials(domain).credentials.to_json(domain).dump(); });
  });
  accepts(Code::protocol, [&] { parse_helper_answer(input, "helper"); });
  accepts(Code::invalid_argument, [&] { parse_context_metadata(input, "meta.json"); });
}
