// The options of `docker run`, as a command line and as what is asked of the engine.
#include "container/run_builder.h"

#include <algorithm>

#include "container/run_options.h"
#include "session/labels.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

RunBuilder::RunBuilder(std::vector<std::string> command, std::vector<std::string> additional_opts)
    : options_(std::move(additional_opts)), arguments_(std::move(command)) {}

void RunBuilder::add_option(std::string option) { options_.push_back(std::move(option)); }
void RunBuilder::add_argument(std::string argument) { arguments_.push_back(std::move(argument)); }
void RunBuilder::add_label(const std::string &key, const std::string &value) { labels_.emplace_back(key, value); }
void RunBuilder::set_binary(std::string binary) { binary_ = std::move(binary); }

void RunBuilder::add_volume(const std::string &source, const std::string &target, const std::string &mode) {
  for (const std::string &part : {source, target, mode})
    if (part.find(':') != std::string::npos)
      reject_option("--volume", part, {"has a colon, which --volume cannot express", ""});
  std::string spec = source.empty() ? target : concat(source, ":", target);
  if (!mode.empty()) spec += concat(":", mode);
  read_options({"--volume", spec});  // a malformed one is told at once
  options_.push_back("--volume");
  options_.push_back(spec);
}

// Whether the last of the words is the "--" that ends the options, which nothing else may follow then.
static bool are_ended(const std::vector<std::string> &words) {
  if (words.empty() || words.back() != "--") return false;
  try {
    return read_options(words).words_ended;
  } catch (const Failure &) {
    return false;
  }
}

std::vector<std::string> RunBuilder::command_line(const std::string &image) const {
  std::vector<std::string> words = {binary_.empty() ? "docker" : binary_, "run"};
  words.insert(words.end(), options_.begin(), options_.end() - (are_ended(options_) ? 1 : 0));
  Labels labels = session_labels();
  labels.insert(labels.end(), labels_.begin(), labels_.end());
  for (const auto &[key, value] : labels) {
    words.push_back("--label");
    words.push_back(std::string(key).append("=").append(value));
  }
  words.push_back(image);
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  return words;
}

// --- what the engine is told -----------------------------------------------------------------------------------------

// As the program has it: output is wanted unless it runs in the background, and whoever opens stdin closes it.
static void finish_streams(Draft &draft) {
  if (draft.detached && !draft.attached.empty())
    reject_option("--attach", draft.attached[0], {"does not go together with --detach", ""});
  auto wants = [&](const char *stream) {
    return std::find(draft.attached.begin(), draft.attached.end(), stream) != draft.attached.end();
  };
  bool output = draft.attached.empty() && !draft.detached;
  bool is_open = draft.body["OpenStdin"].boolean_or(false);
  bool input = wants("stdin") || (is_open && !draft.detached);
  if (input) draft.body.set("AttachStdin", Json::boolean(true));
  if (input && is_open) draft.body.set("StdinOnce", Json::boolean(true));
  if (output || wants("stdout")) draft.body.set("AttachStdout", Json::boolean(true));
  if (output || wants("stderr")) draft.body.set("AttachStderr", Json::boolean(true));
}

static void check_conflicts(const Draft &draft) {
  Json host = draft.body["HostConfig"];
  std::string restart = host["RestartPolicy"]["Name"].text_or("no");
  if (host["AutoRemove"].boolean_or(false) && restart != "no" && restart != "")
    reject_option("--restart", restart, {"does not go together with --rm", ""});
  if (host["LogConfig"]["Type"].text_or("") == "none" && host["LogConfig"]["Config"].size() > 0)
    reject_option("--log-opt", host["LogConfig"]["Config"].members()[0].first, {"is nothing that driver none has", ""});
  if (draft.no_health_check && draft.body["Healthcheck"].size() > 0)
    reject_option("--no-healthcheck", "true", {"does not go together with --health options", ""});
}

RunRequest RunBuilder::request(const std::string &image) const {
  Draft draft = read_options(options_);
  finish_files(draft);
  finish_security(draft);
  finish_networks(draft);
  finish_streams(draft);
  check_conflicts(draft);
  if (draft.shares_engine) mount_socket(draft);

  Json body = draft.body;
  if (draft.no_health_check) body.set("Healthcheck", Json::object().set("Test", texts({"NONE"})));
  Json labels = labels_.empty() ? Json() : member(body, "Labels", Json::object());
  for (const auto &[key, value] : labels_) labels.set(key, value);
  body.set("Image", image);
  if (!arguments_.empty()) body.set("Cmd", texts(arguments_));
  Json host = member(body, "HostConfig", Json::object());
  member(host, "RestartPolicy", Json::object().set("Name", "no"));
  std::string volume_driver = host["VolumeDriver"].text_or("");
  for (NamedVolume &volume : draft.volumes)
    if (volume.by_volume_option) volume.driver = volume_driver;
  return {body,          draft.name,  draft.platform, draft.pull,         draft.cid_file,
          draft.volumes, draft.needs, draft.profiles, draft.shares_engine};
}

std::string RunBuilder::name() const { return read_options(options_).name; }

}  // namespace conu
