// Devices of the host, their cgroup rules, and graphics processors.
#include <algorithm>

#include "container/run_options.h"
#include "util/text.h"

namespace conu {

// --- --device --------------------------------------------------------------------------------------------------------

static bool is_device_mode(std::string_view text) {
  for (char letter : text)
    if (std::string_view("rwm").find(letter) == std::string_view::npos ||
        std::count(text.begin(), text.end(), letter) > 1)
      return false;
  return !text.empty();
}

// A device by its name in the Container Device Interface, VENDOR/CLASS=NAME.
static bool is_qualified_name(const std::string &value) {
  size_t slash = value.find('/');
  return slash != 0 && slash != value.npos && value.find('=', slash) != value.npos;
}

// SOURCE[:TARGET][:MODE]
void add_device(Draft &draft, const char *path, const std::string &value) {
  if (is_qualified_name(value)) {
    Json request = Json::object().set("Driver", "cdi").set("DeviceIDs", texts({value}));
    BodyMember(draft, "HostConfig.DeviceRequests").append(request);
    return;
  }
  std::vector<std::string_view> parts = split(value, ':');
  if (parts.size() > 3 || parts[0].empty()) throw BadValue{"is no SOURCE[:TARGET][:MODE]", ""};
  std::string source(parts[0]);
  std::string target, mode = "rwm";
  if (parts.size() == 2 && is_device_mode(parts[1]))
    mode = parts[1];
  else if (parts.size() >= 2)
    target = parts[1];
  if (parts.size() == 3) mode = parts[2];
  if (!is_device_mode(mode)) throw BadValue{"has a mode that is not made of r, w and m", ""};
  if (!source.starts_with('/') && target.empty()) throw BadValue{"has a path that is not absolute", ""};
  if (parts.size() >= 2 && !target.starts_with('/') && mode != parts[1])
    throw BadValue{"has a target that is no absolute path", ""};

  Json device = Json::object().set("PathOnHost", source).set("PathInContainer", target.empty() ? source : target);
  BodyMember(draft, path).append(device.set("CgroupPermissions", mode));
}

// --- --device-cgroup-rule --------------------------------------------------------------------------------------------

static bool is_device_number(std::string_view text) {
  return text == "*" || (!text.empty() && text.find_first_not_of("0123456789") == text.npos);
}

// TYPE MAJOR:MINOR MODE
void add_device_rule(Draft &draft, const char *path, const std::string &value) {
  std::vector<std::string_view> words = split(value, ' ');
  std::vector<std::string_view> numbers = split(words.size() == 3 ? words[1] : "", ':');
  bool good = words.size() == 3 && (words[0] == "a" || words[0] == "b" || words[0] == "c") && numbers.size() == 2 &&
              is_device_number(numbers[0]) && is_device_number(numbers[1]) && !words[2].empty() &&
              words[2].size() <= 3 && words[2].find_first_not_of("rwm") == words[2].npos;
  if (!good) throw BadValue{"is no device rule", "such as: c 42:* rmw"};
  add_text(draft, path, value);
}

// --- --gpus ----------------------------------------------------------------------------------------------------------

static Json read_gpu_count(const std::string &text) { return Json::integer(text == "all" ? -1 : read_integer(text)); }

static std::vector<std::string> read_names(const std::string &text) {
  std::vector<std::string> names;
  for (std::string_view name : split(text, ',')) names.emplace_back(name);
  return names;
}

// all, a number, or driver=…,count=…,"device=1,2","capabilities=a,b",options=…
void add_gpus(Draft &draft, const char *path, const std::string &value) {
  std::string driver;
  Json count, devices;
  Json options = Json::object();
  std::vector<std::string> capabilities, seen;
  for (const std::string &field : read_fields(value)) {
    auto [given, rest] = key_and_value(field);
    std::string key = has_value(field) ? given : "count";
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      throw BadValue{concat("has ", in_quotes(key), " twice"), ""};
    seen.push_back(key);
    if (key == "count") {
      count = read_gpu_count(has_value(field) ? rest : field);
    } else if (key == "driver") {
      driver = rest;
    } else if (key == "device") {
      devices = texts(read_names(rest));
    } else if (key == "capabilities") {
      capabilities = read_names(rest);
    } else if (key == "options") {
      for (const std::string &option : read_fields(rest)) {
        auto [name, setting] = key_and_value(option);
        options.set(name, setting);
      }
    } else {
      throw BadValue{concat("has an unknown field ", in_quotes(key)), ""};
    }
  }
  if (!count && !devices) count = Json::integer(1);
  capabilities.push_back("gpu");
  Json request = Json::object().set("Driver", driver).set("Count", count).set("DeviceIDs", devices);
  request.set("Capabilities", Json::array().append(texts(capabilities))).set("Options", options);
  BodyMember(draft, path).append(request);
}

}  // namespace conu
