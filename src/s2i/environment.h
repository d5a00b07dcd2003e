// The environment of the assemble script, which the image has then, too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "s2i/options.h"

namespace conu {

// NAME=VALUE each, every name once: of .s2i/environment (`source_file`), of the options, of the file that they name;
// the last one wins. What is worth a warning is put behind `warnings`.
std::vector<std::string> s2i_environment(const std::optional<std::string> &source_file, const S2iOptions &options,
                                         std::vector<std::string> *warnings);

}  // namespace conu
