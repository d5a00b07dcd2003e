// A document of checks, read.
#include "check/document.h"

#include <algorithm>

#include "check/members.h"
#include "container/run_builder.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

static void reject_nul(const Json &value, const std::string &text) {
  if (text.find('\0') != text.npos) Members::reject(value, "has a NUL character in it");
}

// --- parts -----------------------------------------------------------------------------------------------------------

static Pattern read_pattern(const Json &value) {
  try {
    return Pattern(text_of(value));
  } catch (const Failure &failure) {
    if (failure.message.starts_with(value.path())) throw;
    throw_failure(failure.code, {value.path(), ": ", failure.message}, failure.hint);
  }
}

static std::vector<Pattern> read_patterns(Members &members, const std::string &key) {
  std::vector<Pattern> patterns;
  for (const Json &item : members.items(key)) patterns.push_back(read_pattern(item));
  return patterns;
}

static std::string read_path(Members &members) {
  std::string path = clean_path(concat("/", members.needed_text("path")));
  reject_nul(members.json()["path"], path);
  return path;
}

// {"key": …, "value": …, "isRegex": …}
static std::vector<NamedValue> read_values(Members &members, const std::string &key, bool may_be_pattern) {
  std::vector<NamedValue> values;
  for (const Json &item : members.items(key)) {
    Members pair(item);
    NamedValue named{pair.needed_text("key"), "", {}};
    if (!pair.has("value")) Members::reject(item["value"], "is missing");
    named.value = *pair.text("value");
    bool is_pattern = may_be_pattern && pair.boolean_or("isRegex", false);
    if (is_pattern) named.pattern = read_pattern(item["value"]);
    if (named.key.find('=') != std::string::npos && !may_be_pattern) Members::reject(item["key"], "has a = in it");
    pair.finish();
    values.push_back(std::move(named));
  }
  return values;
}

static Words read_words(const Json &array) {
  if (!array || !array.is_array()) Members::reject(array, "should be an array of strings");
  Words words;
  for (const Json &item : array.items()) words.push_back(text_of(item));
  if (words.empty() || words.front().empty()) Members::reject(array, "has no command in it");
  return words;
}

static std::vector<Words> read_commands(Members &members, const std::string &key) {
  std::vector<Words> commands;
  for (const Json &item : members.items(key)) commands.push_back(read_words(item));
  return commands;
}

// --- checks of files -------------------------------------------------------------------------------------------------

static std::optional<std::string> read_mode(Members &members) {
  std::optional<std::string> mode = members.text("mode");
  if (!mode) return mode;
  bool is_octal = !mode->empty() && mode->find_first_not_of("01234567") == mode->npos;
  mode->erase(0, mode->find_first_not_of('0'));
  if (!is_octal || mode->size() > 4)
    Members::reject(members.json()["mode"], "is no mode", "such as \"0644\" or \"4755\"");
  return concat(std::string(4 - mode->size(), '0'), *mode);
}

static FileExistenceCheck read_file_existence(const Json &item) {
  Members members(item);
  FileExistenceCheck check;
  check.name = members.needed_text("name");
  check.path = read_path(members);
  check.should_exist = members.boolean_or("shouldExist", true);
  check.permissions = members.text("permissions");
  check.uid = members.integer("uid", 0, UINT32_MAX);
  check.gid = members.integer("gid", 0, UINT32_MAX);
  check.executable_by = members.text("isExecutableBy");
  check.mode = read_mode(members);
  check.symlink_target = members.text("symlinkTarget");
  check.owner = members.text("owner");
  check.group = members.text("group");
  members.finish();
  if (check.permissions && check.permissions->size() < 10)
    Members::reject(item["permissions"], "is no permissions", "as `ls -l` has them: \"-rw-r--r--\"");
  static const Words whom = {"owner", "group", "other", "any"};
  if (check.executable_by && std::find(whom.begin(), whom.end(), *check.executable_by) == whom.end())
    Members::reject(item["isExecutableBy"], "should be owner, group, other or any");
  bool says_more = check.permissions || check.uid || check.gid || check.executable_by || check.mode ||
                   check.symlink_target || check.owner || check.group;
  if (!check.should_exist && says_more) Members::reject(item, "says what a file should be that should not exist");
  return check;
}

static FileContentCheck read_file_content(const Json &item) {
  Members members(item);
  FileContentCheck check;
  check.name = members.needed_text("name");
  check.path = read_path(members);
  check.expected = read_patterns(members, "expectedContents");
  check.excluded = read_patterns(members, "excludedContents");
  members.finish();
  return check;
}

static SetuidCheck read_setuid(const Json &item) {
  Members members(item);
  SetuidCheck check{members.text("name").value_or(""), {}};
  for (const Json &path : members.items("allowed")) check.allowed.push_back(clean_path(concat("/", text_of(path))));
  members.finish();
  return check;
}

// --- checks of layers ------------------------------------------------------------------------------------------------

// Without variables: what the image is made of is not seen by its environment.
static std::string read_plain_path(Members &members) {
  std::string path = read_path(members);
  if (path == "/") Members::reject(members.json()["path"], "is the root, which all layers have");
  return path;
}

static LayerCheck read_layer(const Json &item) {
  Members members(item);
  LayerCheck check;
  check.name = members.needed_text("name");
  check.path = read_plain_path(members);
  check.index = members.integer("layer", -1000, 1000);
  if (members.has("instruction")) check.instruction = read_pattern(item["instruction"]);
  members.finish();
  if (!check.index && !check.instruction) Members::reject(item, "says neither layer nor instruction");
  return check;
}

static HiddenFileCheck read_hidden(const Json &item) {
  Members members(item);
  HiddenFileCheck check{members.needed_text("name"), read_plain_path(members)};
  members.finish();
  return check;
}

static LayerSizeCheck read_sizes(const Json &item) {
  Members members(item);
  LayerSizeCheck check;
  check.name = members.text("name").value_or("");
  check.most_of_layer = members.integer("maxLayerSize", 0, INT64_MAX);
  check.most_of_image = members.integer("maxSize", 0, INT64_MAX);
  members.finish();
  if (!check.most_of_layer && !check.most_of_image) Members::reject(item, "says neither maxLayerSize nor maxSize");
  return check;
}

// --- checks of metadata ----------------------------------------------------------------------------------------------

static MetadataCheck read_metadata(const Json &item) {
  Members members(item);
  MetadataCheck check;
  check.env = read_values(members, "envVars", true);
  for (NamedValue &value : read_values(members, "env", true)) check.env.push_back(std::move(value));
  check.labels = read_values(members, "labels", true);
  for (const Json &unbound : members.items("unboundEnvVars")) {
    Members variable(unbound);
    check.unbound_env.push_back(variable.needed_text("key"));
    variable.finish();
  }
  check.exposed_ports = members.texts("exposedPorts").value_or(Words());
  check.unexposed_ports = members.texts("unexposedPorts").value_or(Words());
  check.volumes = members.texts("volumes").value_or(Words());
  check.unmounted_volumes = members.texts("unmountedVolumes").value_or(Words());
  check.entrypoint = members.texts("entrypoint");
  check.command = members.texts("cmd");
  check.workdir = members.text("workdir");
  check.user = members.text("user");
  members.finish();
  return check;
}

// --- commands --------------------------------------------------------------------------------------------------------

static CommandCheck read_command(const Json &item) {
  Members members(item);
  CommandCheck check;
  check.name = members.needed_text("name");
  check.command = {members.needed_text("command")};
  for (std::string &argument : members.texts("args").value_or(Words())) check.command.push_back(std::move(argument));
  check.setup = read_commands(members, "setup");
  check.teardown = read_commands(members, "teardown");
  check.env = read_values(members, "envVars", false);
  check.expected_output = read_patterns(members, "expectedOutput");
  check.excluded_output = read_patterns(members, "excludedOutput");
  check.expected_error = read_patterns(members, "expectedError");
  check.excluded_error = read_patterns(members, "excludedError");
  check.exit_code = members.integer("exitCode", 0, 255).value_or(0);
  check.timeout_ms = members.integer("timeoutMs", 1, INT32_MAX).value_or(check.timeout_ms);
  members.finish();
  return check;
}

static Words read_run_options(const Json &item) {
  Members members(item);
  Words options;
  auto add = [&](const char *option, const std::string &value) { options.insert(options.end(), {option, value}); };
  if (auto user = members.text("user")) add("--user", *user);
  if (members.boolean_or("privileged", false)) options.push_back("--privileged");
  if (members.boolean_or("allocateTty", false)) options.push_back("--tty");
  if (auto file = members.text("envFile")) add("--env-file", *file);
  for (const std::string &name : members.texts("envVars").value_or(Words())) {
    if (name.empty() || name.find('=') != name.npos)
      Members::reject(item["envVars"], "should have the names of variables of this process");
    add("--env", name);
  }
  for (const std::string &name : members.texts("capabilities").value_or(Words())) add("--cap-add", name);
  for (const std::string &mount : members.texts("bindMounts").value_or(Words())) add("--volume", mount);
  members.finish();
  // What is malformed in them is told before any request.
  try {
    RunBuilder({}, options).request("image");
  } catch (Failure &failure) {
    failure.message = concat(item.path(), ": ", failure.message);
    throw;
  }
  return options;
}

// --- the document ----------------------------------------------------------------------------------------------------

static void check_version(Members &members) {
  std::string version = members.needed_text("schemaVersion");
  if (version != "2.0.0")
    Members::reject(members.json()["schemaVersion"], concat("is ", version, ", and only 2.0.0 can be read"));
}

static CheckDocument read(const Json &json) {
  Members members(json);
  check_version(members);
  if (json["licenseTests"])
    Members::reject(json["licenseTests"], "cannot be checked here",
                    "licences are not looked for; fileContentTests can look into the files that have them");
  CheckDocument document;
  document.global_env = read_values(members, "globalEnvVars", false);
  if (auto options = members.object("containerRunOptions")) document.run_options = read_run_options(*options);
  for (const Json &item : members.items("commandTests")) document.commands.push_back(read_command(item));
  for (const Json &item : members.items("fileExistenceTests"))
    document.file_existence.push_back(read_file_existence(item));
  for (const Json &item : members.items("fileContentTests")) document.file_content.push_back(read_file_content(item));
  if (auto metadata = members.object("metadataTest")) document.metadata = read_metadata(*metadata);
  if (auto setuid = members.object("setuidTest")) document.setuid = read_setuid(*setuid);
  for (const Json &item : members.items("layerTests")) document.layers.push_back(read_layer(item));
  for (const Json &item : members.items("hiddenFileTests")) document.hidden.push_back(read_hidden(item));
  if (auto sizes = members.object("layerSizeTest")) document.sizes = read_sizes(*sizes);
  members.finish();
  return document;
}

CheckDocument read_checks(std::string_view text) {
  try {
    return read(Json::parse_strictly(text, "the argument checks_json"));
  } catch (Failure &failure) {
    if (failure.code == Code::protocol) failure.code = Code::invalid_argument;
    throw;
  }
}

}  // namespace conu
