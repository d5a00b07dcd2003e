// What the arguments of `s2i build` add up to.
#include "s2i/options.h"

#include <limits>

#include "container/pattern.h"
#include "container/run_values.h"
#include "util/command_line.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace {

struct Row : OptionShape {
  std::string S2iOptions::*text = nullptr;
  bool S2iOptions::*truth = nullptr;
  void (*apply)(S2iOptions &options, const char *name, const std::string &value) = nullptr;
};

void add_environment(S2iOptions &options, const char *, const std::string &value) {
  if (value.find('=') == value.npos || value.starts_with('='))
    throw BadValue{"is no environment variable", "it must be NAME=VALUE"};
  options.environment.push_back(value);
}

// --allowed-uids N,N-M,N-,-M
int64_t read_user(std::string_view text, int64_t otherwise) {
  if (text.empty()) return otherwise;
  auto number = number_in(text);
  if (!number) throw BadValue{"is no list of ranges of users", "such as 1-999,1001,2000-"};
  return *number;
}

void set_users(S2iOptions &options, const char *, const std::string &value) {
  options.allowed_users.clear();
  for (std::string_view part : split(value, ',')) {
    part = trimmed(part);
    if (part.empty()) continue;
    size_t dash = part.find('-');
    UserRange range{};
    range.first = read_user(part.substr(0, dash), 0);
    range.last =
        dash == part.npos ? range.first : read_user(part.substr(dash + 1), std::numeric_limits<int64_t>::max());
    if (part == "-" || range.last < range.first) throw BadValue{"has a range that is none", "such as 1-999"};
    options.allowed_users.push_back(range);
  }
}

// What docker run has by the same name.
void pass_on(S2iOptions &options, const char *name, const std::string &value) {
  options.container_options.push_back(concat("--", name));
  options.container_options.push_back(value);
}

void pass_each_on(S2iOptions &options, const char *name, const std::string &value) {
  for (const std::string &field : read_fields(value)) pass_on(options, name, field);
}

template <std::vector<std::string> S2iOptions::*list, char separator>
void add_to(S2iOptions &options, const char *, const std::string &value) {
  for (std::string_view part : split(value, separator))
    if (!trimmed(part).empty()) (options.*list).emplace_back(trimmed(part));
}

// Empty: nothing.
void set_exclude(S2iOptions &options, const char *, const std::string &value) {
  try {
    if (!value.empty()) Pattern pattern(value);
  } catch (const Failure &failure) {
    throw BadValue{concat("cannot be used: ", failure.message), failure.hint};
  }
  options.exclude = value;
}

void refuse(S2iOptions &, const char *name, const std::string &) {
  throw_failure(Code::unsupported, {"libconu does not do what option --", name, " of s2i build asks for"},
                "leave it out, or have the s2i program itself do it: CONU_S2I=binary");
}

void leave_out(S2iOptions &, const char *, const std::string &) {}

template <PullPolicy S2iOptions::*policy>
void set_policy(S2iOptions &options, const char *, const std::string &value) {
  if (value == "never")
    options.*policy = PullPolicy::never;
  else if (value == "if-not-present")
    options.*policy = PullPolicy::if_not_present;
  else if (value == "always")
    options.*policy = PullPolicy::always;
  else
    throw BadValue{"is no policy of pulling", "choose always, never or if-not-present"};
}

constexpr auto flag = OptionShape::flag;
constexpr auto value = OptionShape::value;
using Options = S2iOptions;

constexpr Row text(const char *name, char letter, std::string S2iOptions::*member) {
  return {{name, letter, value}, member};
}
constexpr Row truth(const char *name, char letter, bool S2iOptions::*member) {
  return {{name, letter, flag}, nullptr, member};
}

constexpr Row rows[] = {
    {{"add-host", 0, value}, nullptr, nullptr, pass_on},
    {{"allowed-uids", 'u', value}, nullptr, nullptr, set_users},
    text("application-name", 'n', &Options::application_name),
    {{"as-dockerfile", 0, value}, nullptr, nullptr, refuse},
    text("assemble-runtime-user", 0, &Options::runtime_user),
    text("assemble-user", 0, &Options::assemble_user),
    text("ca", 0, &Options::ca_file),
    {{"callback-url", 0, value}, nullptr, nullptr, refuse},
    {{"cap-drop", 0, value}, nullptr, nullptr, pass_each_on},
    text("cert", 0, &Options::certificate_file),
    text("context-dir", 0, &Options::context_dir),
    truth("copy", 'c', &Options::copies),
    text("description", 0, &Options::description),
    text("destination", 'd', &Options::destination),
    text("dockercfg-path", 0, &Options::docker_config),
    {{"env", 'e', value}, nullptr, nullptr, add_environment},
    text("environment-file", 'E', &Options::environment_file),
    {{"exclude", 0, value}, nullptr, nullptr, set_exclude},
    {{"help", 'h', flag}, nullptr, nullptr, refuse},
    truth("ignore-submodules", 0, &Options::ignores_submodules),
    {{"image-scripts-url", 0, value}, nullptr, nullptr, refuse},
    truth("incremental", 0, &Options::incremental),
    {{"incremental-pull-policy", 0, value}, nullptr, nullptr, set_policy<&Options::previous_pull_policy>},
    {{"inject", 'i', value}, nullptr, nullptr, add_to<&Options::injections, ';'>},
    truth("keep-symlinks", 0, &Options::keeps_symlinks),
    text("key", 0, &Options::key_file),
    text("location", 'l', &Options::destination),
    {{"loglevel", 0, value}, nullptr, nullptr, leave_out},
    {{"network", 0, value}, nullptr, nullptr, pass_on},
    {{"pull-policy", 'p', value}, nullptr, nullptr, set_policy<&Options::pull_policy>},
    truth("quiet", 'q', &Options::quiet),
    text("ref", 'r', &Options::ref),
    truth("rm", 0, &Options::removes_previous),
    {{"run", 0, flag}, nullptr, nullptr, refuse},
    {{"runtime-artifact", 'a', value}, nullptr, nullptr, add_to<&Options::runtime_artifacts, ';'>},
    text("runtime-image", 0, &Options::runtime_image),
    {{"runtime-pull-policy", 0, value}, nullptr, nullptr, set_policy<&Options::runtime_pull_policy>},
    truth("save-temp-dir", 0, &Options::keeps_folder),
    text("scripts", 0, &Options::scripts_url),
    text("scripts-url", 's', &Options::scripts_url),
    truth("tls", 0, &Options::tls),
    truth("tlsverify", 0, &Options::verifies),
    text("url", 'U', &Options::engine_url),
    {{"use-config", 0, flag}, nullptr, nullptr, refuse},
    {{"volume", 'v', value}, nullptr, nullptr, pass_on},
};

constexpr CommandLine command_line(
    "s2i build", [](size_t i) -> const OptionShape * { return i < std::size(rows) ? &rows[i] : nullptr; },
    "the source and the names of the images are given apart from the options");

}  // namespace

static void check_together(const S2iOptions &options) {
  if (options.incremental && !options.runtime_image.empty())
    command_line.reject("--incremental", "true", {"does not go together with --runtime-image", ""});
  if (options.runtime_image.empty() && !options.runtime_artifacts.empty())
    command_line.reject("--runtime-artifact", options.runtime_artifacts[0], {"needs --runtime-image", ""});
  std::string file = concat(options.ca_file, options.certificate_file, options.key_file);
  if (!options.tls && !options.verifies && !file.empty())
    command_line.reject("--ca, --cert or --key", file, {"needs --tls or --tlsverify", ""});
}

S2iOptions::S2iOptions() = default;
S2iOptions::~S2iOptions() = default;

void read_s2i_options(const std::vector<std::string> &words, S2iOptions *read) {
  S2iOptions &options = *read;
  command_line.read(words, [&](const OptionShape &shape, const std::string &given) {
    const auto &row = static_cast<const Row &>(shape);
    if (row.text != nullptr)
      options.*row.text = given;
    else if (row.truth != nullptr)
      options.*row.truth = given == "true";
    else
      row.apply(options, row.name, given);
  });
  check_together(options);
}

}  // namespace conu
