// The environment of the assemble script.
#include "s2i/environment.h"

#include <algorithm>

#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

// Blanks around name and value are nothing; quotes are part of the value. What is no NAME=VALUE is left out.
static void add(std::string_view line, std::vector<std::string> *environment) {
  size_t end = line.find('=');
  if (end == line.npos) return;
  std::string_view name = trimmed(line.substr(0, end));
  if (name.empty()) return;
  std::string prefix = concat(name, "="), variable = concat(prefix, trimmed(line.substr(end + 1)));
  auto same = std::find_if(environment->begin(), environment->end(),
                           [&](const std::string &known) { return known.starts_with(prefix); });
  if (same != environment->end())
    *same = std::move(variable);
  else
    environment->push_back(std::move(variable));
}

static void add_lines(std::string_view text, std::vector<std::string> *environment) {
  for (std::string_view line : split(text, '\n'))
    if (!line.starts_with('#')) add(line, environment);
}

std::vector<std::string> s2i_environment(const std::optional<std::string> &source_file, const S2iOptions &options,
                                         std::vector<std::string> *warnings) {
  std::vector<std::string> environment;
  add_lines(source_file.value_or(""), &environment);
  for (const std::string &variable : options.environment) {
    add(variable, &environment);
    size_t comma = variable.find(',');
    if (comma != variable.npos && variable.find('=', comma) != variable.npos)
      warnings->push_back(concat("warning: option --env has one variable, ", variable.substr(0, variable.find('=')),
                                 ": what stands behind a comma belongs to its value"));
  }
  if (options.environment_file.empty()) return environment;
  std::optional<std::string> text = read_file(options.environment_file);
  if (!text)
    warnings->push_back(concat("warning: there is no file ", options.environment_file, " of --environment-file"));
  if (!text) return environment;
  for (std::string_view line : split(*text, '\n'))
    if (!line.starts_with('#') && !line.starts_with("//")) add(line, &environment);
  return environment;
}

}  // namespace conu
