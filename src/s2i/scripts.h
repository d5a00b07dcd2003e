// The scripts of a build, and where each of them comes from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api.h"
#include "s2i/source.h"

namespace conu {

struct Script {
  std::string in_image;  // its path; empty: it is uploaded
  std::string on_host;   // where it is uploaded from
};

class Scripts {
 public:
  bool has(const std::string &name) const { return find(name) != nullptr; }
  // Its path in a container that has `destination` for what is uploaded.
  std::string path(const std::string &name, const std::string &destination) const;
  // Those that are uploaded: name, and where it is on this host.
  Labels uploaded() const;
  bool is_uploaded(const std::string &name) const { return has(name) && find(name)->in_image.empty(); }
  // What servers answered who were asked for scripts that they do not have, to go on with in a message.
  std::string refusals;
  void add(const std::string &name, Script script) { found_.push_back({name, std::move(script)}); }

 private:
  const Script *find(const std::string &name) const;
  struct Found {
    std::string name;
    Script script;
  };
  std::vector<Found> found_;
};

// Where scripts are looked for: by the option --scripts-url, in the source, by what the image says.
struct ScriptPlaces {
  std::string option_url;
  const Source *source = nullptr;
  std::string image_url;
  std::string work;  // a folder for those that are downloaded
};

// Those of these names that there are. Failure(not_found) where a URL that was given has none of them.
Task<void> find_scripts(Loop &loop, const ScriptPlaces &places, const std::vector<std::string> &names,
                        Scripts *scripts);

// Failure(not_found) that names those that are missing.
void need_scripts(const Scripts &scripts, const std::vector<std::string> &names, const std::string &subject);

}  // namespace conu
