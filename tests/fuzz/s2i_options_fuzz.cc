// Any words are refused or are options; with any file of the source they give variables that have names, each once.
#include <set>

#include "fuzz.h"
#include "s2i/environment.h"

using namespace conu;

static void check(const S2iOptions &options) {
  for (const UserRange &range : options.allowed_users) require(range.first >= 0 && range.first <= range.last);
  for (const std::string &variable : options.environment) require(variable.find('=') + 1 > 1);
  require(options.container_options.size() % 2 == 0);
  require(options.runtime_artifacts.empty() || !options.runtime_image.empty());
  require(!options.incremental || options.runtime_image.empty());
}

void fuzz(std::string_view input) {
  std::vector<std::string> words;
  for (std::string_view line = take_line(&input); !line.empty(); line = take_line(&input)) words.emplace_back(line);
  S2iOptions options;
  try {
    read_s2i_options(words, &options);
  } catch (const Failure &failure) {
    require(failure.code == Code::invalid_argument || failure.code == Code::unsupported);
    require(!failure.message.empty());
    return;
  }
  check(options);
  options.environment_file.clear();  // no file of this host is meant
  std::vector<std::string> warnings;
  std::set<std::string> names;
  for (const std::string &variable : s2i_environment(std::string(input), options, &warnings)) {
    std::string name = variable.substr(0, variable.find('='));
    require(name.size() < variable.size() && !name.empty() && trimmed(name) == name);
    require(names.insert(name).second);
  }
}
