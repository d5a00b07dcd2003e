// The scripts of a build, and where each of them comes from.
#pragma once

#include <map>
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
  bool has(const std::string &name) const { return found_.contains(name); }
  // Its path in a container that has `destination` for what is uploaded.
  std::string path(const std::string &name, const std::string &destination) const;
  // Those that are uploaded, by name.
  std::map<std::string, std::string> uploaded() const;

 private:
  friend class ScriptSearch;
  std::map<std::string, Script> found_;
};

// Where scripts are looked for: by the option --scripts-url, in the source, by what the image says.
struct ScriptPlaces {
  std::string option_url;
  const Source *source = nullptr;
  std::string image_url;
  std::string work;  // a folder for those that are downloaded
};

// Those of these names that there are. Failure(not_found) where a URL that was given has none of them.
Task<Scripts> find_scripts(Loop &loop, ScriptPlaces places, std::vector<std::string> names);

// Failure(not_found) that names those that are missing.
void need_scripts(const Scripts &scripts, const std::vector<std::string> &names, const std::string &subject);

}  // namespace conu
