// Checks of the configuration of an image.
#include "check/metadata_checks.h"

#include <algorithm>

#include "image/metadata.h"
#include "util/text.h"

namespace conu {

Environment environment_in(const Json &document) {
  Metadata metadata;
  read_config(document["Config"], &metadata);
  return metadata.env;
}

static void check_values(const char *what, const std::map<std::string, std::string> &found,
                         const std::vector<NamedValue> &expected, CheckResult *result) {
  for (const NamedValue &named : expected) {
    auto pair = found.find(named.key);
    if (pair == found.end()) {
      result->errors.push_back(concat("there should be the ", what, " ", named.key, ", and is not"));
      continue;
    }
    bool is_right =
        named.pattern ? named.pattern->is_in_part(pair->second, 0, pair->second.size()) : named.value == pair->second;
    if (!is_right)
      result->errors.push_back(concat("the ", what, " ", named.key, " should ", named.pattern ? "match " : "be ",
                                      in_quotes(named.value), ", but is ", in_quotes(pair->second)));
  }
}

static Words keys(const Json &object) {
  Words names;
  for (const auto &[name, value] : object.members()) names.push_back(name);
  return names;
}

static std::string joined(const Words &words) {
  std::string text;
  for (const std::string &word : words) text += concat(text.empty() ? "" : ", ", in_quotes(word));
  return concat("[", text, "]");
}

// "80" stands for that port of any protocol, "/data/" for "/data".
static bool is_same_port(const std::string &asked, const std::string &found) {
  return asked == found || asked == found.substr(0, found.find('/'));
}
static bool is_same_volume(const std::string &asked, const std::string &found) {
  auto without_slash = [](std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  };
  return without_slash(asked) == without_slash(found);
}

using IsSame = bool (*)(const std::string &asked, const std::string &found);

static void check_list(const char *what, const Words &found, const Words &expected, const Words &excluded,
                       IsSame is_same, CheckResult *result) {
  auto has = [&](const std::string &asked) {
    return std::any_of(found.begin(), found.end(), [&](const std::string &one) { return is_same(asked, one); });
  };
  for (const std::string &asked : expected)
    if (!has(asked))
      result->errors.push_back(concat("there should be the ", what, " ", asked, ", but there is ", joined(found)));
  for (const std::string &asked : excluded)
    if (has(asked)) result->errors.push_back(concat("there should not be the ", what, " ", asked));
}

static void check_words(const char *what, const Json &found, const std::optional<Words> &expected,
                        CheckResult *result) {
  if (!expected) return;
  Words words;
  for (const Json &word : found.items()) words.push_back(word.required_string());
  if (words != *expected)
    result->errors.push_back(concat("the ", what, " should be ", joined(*expected), ", but is ", joined(words)));
}

static void check_text(const char *what, const Json &found, const std::optional<std::string> &expected,
                       CheckResult *result) {
  std::string text = found.text_or("");
  if (expected && text != *expected)
    result->errors.push_back(concat("the ", what, " should be ", in_quotes(*expected), ", but is ", in_quotes(text)));
}

void check_metadata(const Json &document, const MetadataCheck &check, CheckResult *result) {
  Json config = document["Config"];
  Metadata metadata;
  read_config(config, &metadata);
  check_values("variable", metadata.env, check.env, result);
  check_values("label", metadata.labels, check.labels, result);
  for (const std::string &name : check.unbound_env)
    if (metadata.env.contains(name))
      result->errors.push_back(
          concat("there should not be the variable ", name, ", and it is ", in_quotes(metadata.env.at(name))));
  check_list("port", keys(config["ExposedPorts"]), check.exposed_ports, check.unexposed_ports, is_same_port, result);
  check_list("volume", keys(config["Volumes"]), check.volumes, check.unmounted_volumes, is_same_volume, result);
  check_words("entrypoint", config["Entrypoint"], check.entrypoint, result);
  check_words("command", config["Cmd"], check.command, result);
  check_text("working folder", config["WorkingDir"], check.workdir, result);
  check_text("user", config["User"], check.user, result);
}

}  // namespace conu
