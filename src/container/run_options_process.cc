// The container's process: streams, health, restarting, security, kernel settings, pulling.
#include <algorithm>

#include "container/run_options.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- streams and the image -------------------------------------------------------------------------------------------

void attach_stream(Draft &draft, const char *, const std::string &value) {
  std::string stream = lower_case(value);
  if (stream != "stdin" && stream != "stdout" && stream != "stderr")
    throw BadValue{"is neither stdin nor stdout nor stderr", ""};
  draft.attached.push_back(stream);
}

void set_pull(Draft &draft, const char *, const std::string &value) {
  if (value != "" && value != "always" && value != "missing" && value != "never")
    throw BadValue{"is neither always nor missing nor never", ""};
  draft.pull = value;
}

// Keys that leave a terminal: characters, or ctrl- with one.
void check_detach_keys(Draft &, const char *, const std::string &value) {
  for (std::string_view key : split(value, ',')) {
    bool control = key.size() == 6 && key.starts_with("ctrl-") &&
                   std::string_view("abcdefghijklmnopqrstuvwxyz@[\\]^_").find(key[5]) != key.npos;
    if (!value.empty() && key.size() != 1 && !control)
      throw BadValue{concat("has ", in_quotes(key), ", which is no key"), "such as ctrl-p,ctrl-q"};
  }
}

// A namespace of its own, of the host, or of another container; Podman has more.
void set_namespace(Draft &draft, const char *path, const std::string &value) {
  const char *known[] = {"", "host", "private", "container", "ns", "auto", "keep-id", "nomap"};
  std::string kind = value.substr(0, value.find(':'));
  bool needs_more = kind == "container" || kind == "ns";
  if (std::find(std::begin(known), std::end(known), kind) == std::end(known) || (kind.empty() && !value.empty()))
    throw BadValue{"is no such namespace", ""};
  if (needs_more && value.size() < kind.size() + 2) throw BadValue{"does not say whose namespace", ""};
  set_text(draft, path, value);
}

// --- health ----------------------------------------------------------------------------------------------------------

void set_health_command(Draft &draft, const char *path, const std::string &value) {
  if (!value.empty()) BodyMember(draft, path).set(texts({"CMD-SHELL", value}));
}

static void set_health_number(Draft &draft, const char *path, int64_t number) {
  if (number < 0) throw BadValue{"is negative", ""};
  if (number > 0) BodyMember(draft, path).set(Json::integer(number));
}

void set_health_time(Draft &draft, const char *path, const std::string &value) {
  set_health_number(draft, path, read_duration(value));
}

void set_health_start_interval(Draft &draft, const char *path, const std::string &value) {
  draft.needs.push_back({"--health-start-interval", 44});
  set_health_time(draft, path, value);
}

void set_health_retries(Draft &draft, const char *path, const std::string &value) {
  set_health_number(draft, path, read_integer(value));
}

// --- restarting ------------------------------------------------------------------------------------------------------

// POLICY[:COUNT]; the policy is the engine's to judge.
void set_restart(Draft &draft, const char *path, const std::string &value) {
  size_t colon = value.find(':');
  std::string count = colon == value.npos ? "" : value.substr(colon + 1);
  if (colon == 0) throw BadValue{"has no policy before the colon", ""};
  Json policy = Json::object().set("Name", value.substr(0, colon));
  if (!count.empty()) policy.set("MaximumRetryCount", Json::integer(read_integer(count)));
  BodyMember(draft, path).set(policy);
}

// --- security --------------------------------------------------------------------------------------------------------

// The engine wants the profile itself.
static std::string read_profile(const std::string &path) {
  std::string content = read_option_file(path);
  try {
    return Json::parse(content, path).dump();
  } catch (const Failure &failure) {
    throw BadValue{concat("names a file that is no JSON: ", failure.message), ""};
  }
}

// KEY=VALUE or KEY:VALUE apart; a few are a key alone.
static std::pair<std::string, std::string> security_key_and_value(const std::string &option) {
  size_t separator = has_value(option) ? option.find('=') : option.find(':');
  if (separator == option.npos) return {option, ""};
  return {option.substr(0, separator), option.substr(separator + 1)};
}

void add_security_option(Draft &draft, const char *, const std::string &value) {
  std::string key = security_key_and_value(value).first;
  if (key == value && key != "no-new-privileges" && key != "writable-cgroups")
    throw BadValue{"is no security option", ""};
  draft.security_options.push_back(value);
}

void finish_security(Draft &draft) {
  Json options = Json::array();
  for (const std::string &option : draft.security_options) {
    auto [key, value] = security_key_and_value(option);
    if (option == "systempaths=unconfined") {
      BodyMember(draft, "HostConfig.MaskedPaths").set(Json::array());
      BodyMember(draft, "HostConfig.ReadonlyPaths").set(Json::array());
      continue;
    }
    std::string sent = option;
    if (key == "seccomp" && value != "unconfined" && value != "builtin") {
      try {
        draft.profiles.push_back({read_profile(value), from_working_folder(value)});
      } catch (const BadValue &bad) {
        reject_option("--security-opt", option, bad);
      }
      sent = concat("seccomp=", draft.profiles.back().text);
    }
    options.append(Json::string(sent));
  }
  if (options.size() > 0) BodyMember(draft, "HostConfig.SecurityOpt").set(options);
}

// Only those that belong to a namespace of the container.
void add_sysctl(Draft &draft, const char *path, const std::string &value) {
  const char *known[] = {"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
                         "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"};
  std::string key = key_and_value(value).first;
  bool is_known = key.starts_with("net.") || key.starts_with("fs.mqueue.") ||
                  std::find(std::begin(known), std::end(known), key) != std::end(known);
  if (!is_known) throw BadValue{"is no setting that a container has of its own", ""};
  set_pair(draft, path, value);
}

}  // namespace conu
