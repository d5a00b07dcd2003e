// Memory, processors, block devices' rates and limits.
#include <algorithm>

#include "container/run_options.h"
#include "util/text.h"

namespace conu {

// -1: as much swap as there is.
void set_swap(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(value == "-1" ? -1 : read_size(value)));
}

// -1: the engine's default.
void set_swappiness(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(read_integer(value, -1, 100)));
}

void set_cpus(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(read_cpus(value)));
}

void set_block_weight(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(read_integer(value, 0, 65535)));
}

// --- block devices ---------------------------------------------------------------------------------------------------

// "/dev/sda:VALUE" apart.
static std::pair<std::string, std::string> device_and_value(const std::string &value) {
  size_t colon = value.find(':');
  if (colon == value.npos) throw BadValue{"is no DEVICE:NUMBER", ""};
  if (!value.starts_with("/dev/")) throw BadValue{"has a device that is not below /dev", ""};
  return {value.substr(0, colon), value.substr(colon + 1)};
}

static void add_device_number(Draft &draft, const char *path, const std::string &device, const char *key,
                              int64_t number) {
  BodyMember(draft, path).append(Json::object().set("Path", device).set(key, Json::integer(number)));
}

void add_block_weight(Draft &draft, const char *path, const std::string &value) {
  auto [device, number] = device_and_value(value);
  int64_t weight = read_integer(number, 0, 1000);
  if (weight > 0 && weight < 10) throw BadValue{"has a weight that is not between 10 and 1000", ""};
  add_device_number(draft, path, device, "Weight", weight);
}

void add_byte_rate(Draft &draft, const char *path, const std::string &value) {
  auto [device, rate] = device_and_value(value);
  add_device_number(draft, path, device, "Rate", read_size(rate));
}

void add_operation_rate(Draft &draft, const char *path, const std::string &value) {
  auto [device, rate] = device_and_value(value);
  add_device_number(draft, path, device, "Rate", read_integer(rate, 0));
}

// --- limits ----------------------------------------------------------------------------------------------------------

static int64_t read_limit(std::string_view text) { return read_integer(text, -1); }

// NAME=SOFT[:HARD]. A later one of the same name takes the place of an earlier one.
void add_ulimit(Draft &draft, const char *path, const std::string &value) {
  auto [name, limits] = key_and_value(value);
  const char *known[] = {"core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
                         "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
  bool is_known = std::find(std::begin(known), std::end(known), name) != std::end(known);
  if (!has_value(value)) throw BadValue{"is no NAME=SOFT[:HARD]", ""};
  if (!is_known) throw BadValue{"names no limit", "such as nofile, nproc, core, memlock, stack"};
  std::vector<std::string_view> parts = split(limits, ':');
  if (parts.size() > 2) throw BadValue{"has more than a soft and a hard limit", ""};
  int64_t soft = read_limit(parts[0]);
  int64_t hard = parts.size() == 2 ? read_limit(parts[1]) : soft;
  if (hard != -1 && (soft == -1 || soft > hard)) throw BadValue{"has a soft limit above the hard one", ""};

  Json list = Json::array();
  for (const Json &earlier : BodyMember(draft, path).value().items())
    if (earlier["Name"].text_or("") != name) list.append(earlier);
  Json limit = Json::object().set("Name", name);
  limit.set("Soft", Json::integer(soft)).set("Hard", Json::integer(hard));
  BodyMember(draft, path).set(list.append(limit));
}

}  // namespace conu
