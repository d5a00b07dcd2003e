// The options of `docker run`: one row of a table each, applied to a container in the making.
#include "container/run_builder.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace {

// What the options add up to.
struct Draft {
  std::string name;
  Json config = Json::object();  // the top level of the body of POST /containers/create
  Json host_config = Json::object();
  std::vector<std::string> environment;
  std::vector<std::string> networks;
  std::vector<std::string> named_volumes;
};

}  // namespace

[[noreturn]] static void reject_value(const char *option, std::string_view value, const std::string &why,
                                      const std::string &hint = {}) {
  throw Failure(Code::invalid_argument,
                "option " + std::string(option) + " of docker run: " + in_quotes(value) + " " + why, hint);
}

// The member of an object, which is added if it is not there yet.
static Json member(Json parent, const std::string &key, const Json &fresh) {
  if (!parent[key]) parent.set(key, fresh);
  return parent[key];
}

static void append_once(std::vector<std::string> *list, const std::string &item) {
  if (std::find(list->begin(), list->end(), item) == list->end()) list->push_back(item);
}

// --- values ----------------------------------------------------------------------------------------------------------

static std::string before_equals(const std::string &text) { return text.substr(0, text.find('=')); }

// NAME=value, or NAME for this process's own value. One that is not set here is sent as NAME, which unsets the image's.
static void set_environment(Draft &draft, const std::string &value) {
  std::string name = before_equals(value);
  if (name.empty()) reject_value("--env", value, "has no name before the =");
  std::string entry = value;
  if (name.size() == value.size())
    if (const char *own = std::getenv(name.c_str())) entry = name + "=" + own;
  for (std::string &earlier : draft.environment)
    if (before_equals(earlier) == name) {
      earlier = entry;
      return;
    }
  draft.environment.push_back(entry);
}

static void set_label(Draft &draft, const std::string &key, const std::string &value) {
  member(draft.config, "Labels", Json::object()).set(key, value);
}

static void read_label(Draft &draft, const std::string &value) {
  std::string key = before_equals(value);
  if (trimmed(key).empty()) reject_value("--label", value, "has no name before the =");
  if (trimmed(key).find_first_of(" \t") != std::string::npos) reject_value("--label", value, "has a space in its name");
  set_label(draft, key, key.size() == value.size() ? "" : value.substr(key.size() + 1));
}

static void add_network(Draft &draft, const std::string &value) {
  if (value.empty() || value.find_first_of("=,") != std::string::npos)
    reject_value("--network", value, "is not the name of a network");
  if (std::find(draft.networks.begin(), draft.networks.end(), value) != draft.networks.end())
    reject_value("--network", value, "is given twice");
  draft.networks.push_back(value);
}

// SOURCE:TARGET[:MODE], or TARGET alone. The mode is the engine's to judge.
static void add_volume_spec(Draft &draft, const std::string &value) {
  std::vector<std::string_view> parts = split(value, ':');
  if (parts.size() > 3) reject_value("--volume", value, "has too many colons");
  for (std::string_view part : parts)
    if (part.empty()) reject_value("--volume", value, "has an empty part");
  std::string_view target = parts.size() == 1 ? parts[0] : parts[1];
  if (!target.starts_with('/')) reject_value("--volume", value, "has a target that is no absolute path");
  if (target.find_first_not_of('/') == target.npos)
    reject_value("--volume", value, "has the root folder as its target");
  if (parts.size() == 1) {
    member(draft.config, "Volumes", Json::object()).set(value, Json::object());
    return;
  }

  std::string source(parts[0]);
  std::string rest = value.substr(source.size());
  if (source.starts_with('.')) {
    std::error_code error;
    source = std::filesystem::absolute(source, error).lexically_normal();
    if (error) throw system_failure("cannot find the working folder for --volume " + value, error.value());
    if (source.size() > 1 && source.ends_with('/')) source.pop_back();
  }
  if (!source.starts_with('/')) {
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (source.find_first_not_of(allowed) != std::string::npos || source[0] == '_' || source[0] == '-')
      reject_value("--volume", value, "has a source that is neither a path nor a volume's name",
                   "give a folder of the host by its absolute path");
    append_once(&draft.named_volumes, source);
  }
  Json binds = member(draft.host_config, "Binds", Json::array());
  for (const Json &bind : binds.items())
    if (bind.text_or("") == source + rest) return;
  binds.append(Json::string(source + rest));
}

namespace {
struct PortRange {
  unsigned first = 0;
  unsigned last = 0;
};
}  // namespace

static unsigned read_port(std::string_view text, const std::string &value) {
  unsigned port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port > 65535)
    reject_value("--publish", value, "has " + in_quotes(text) + " where a port should be");
  return port;
}

static PortRange read_port_range(std::string_view text, const std::string &value) {
  size_t dash = text.find('-');
  PortRange range;
  range.first = range.last = read_port(text.substr(0, dash), value);
  if (dash != text.npos) range.last = read_port(text.substr(dash + 1), value);
  if (range.last < range.first) reject_value("--publish", value, "has a range that runs backwards");
  return range;
}

static std::string read_address(std::string address, const std::string &value) {
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  unsigned char bytes[sizeof(in6_addr)];
  if (!address.empty() && inet_pton(AF_INET, address.c_str(), bytes) != 1 &&
      inet_pton(AF_INET6, address.c_str(), bytes) != 1)
    reject_value("--publish", value, "has " + in_quotes(address) + " where an IP address should be");
  return address;
}

// [[ADDRESS:]HOST_PORTS:]CONTAINER_PORTS[/PROTOCOL]
static void publish(Draft &draft, const std::string &value) {
  std::string_view rest = value;
  std::string protocol = "tcp";
  if (size_t slash = rest.find('/'); slash != rest.npos) {
    if (slash + 1 < rest.size()) protocol = lower_case(rest.substr(slash + 1));
    rest = rest.substr(0, slash);
  }
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp")
    reject_value("--publish", value, "has an unknown protocol", "known are tcp, udp and sctp");

  // Taken from the end, as an IPv6 address has colons of its own.
  size_t last_colon = rest.rfind(':');
  PortRange inside = read_port_range(last_colon == rest.npos ? rest : rest.substr(last_colon + 1), value);
  rest = last_colon == rest.npos ? "" : rest.substr(0, last_colon);
  size_t colon = rest.rfind(':');
  std::string_view host_ports = colon == rest.npos ? rest : rest.substr(colon + 1);
  std::string address = read_address(std::string(colon == rest.npos ? "" : rest.substr(0, colon)), value);

  PortRange outside;
  if (!host_ports.empty()) outside = read_port_range(host_ports, value);
  unsigned count = inside.last - inside.first;
  if (!host_ports.empty() && count > 0 && outside.last - outside.first != count)
    reject_value("--publish", value, "has ranges of different lengths");

  for (unsigned i = 0; i <= count; i++) {
    std::string host_port;
    if (!host_ports.empty()) host_port = std::to_string(outside.first + i);
    // One port of the container: the engine picks one of the host's range.
    if (count == 0 && outside.last > outside.first) host_port += "-" + std::to_string(outside.last);
    std::string port = std::to_string(inside.first + i) + "/" + protocol;
    member(draft.config, "ExposedPorts", Json::object()).set(port, Json::object());
    Json bindings = member(member(draft.host_config, "PortBindings", Json::object()), port, Json::array());
    bindings.append(Json::object().set("HostIp", address).set("HostPort", host_port));
  }
}

// --- the table -------------------------------------------------------------------------------------------------------

namespace {

struct Option {
  const char *name;  // behind two dashes
  char letter;       // behind one dash; 0: none
  enum { flag, value } kind;
  void (*apply)(Draft &draft, const std::string &value);  // a flag's value is "true" or "false"
};

constexpr Option options[] = {
    // Whatever runs here runs in the background.
    {"detach", 'd', Option::flag, [](Draft &, const std::string &) {}},
    // An entry point of one empty string takes the image's away.
    {"entrypoint", 0, Option::value,
     [](Draft &draft, const std::string &value) {
       draft.config.set("Entrypoint", Json::array().append(Json::string(value)));
     }},
    {"env", 'e', Option::value, set_environment},
    {"label", 'l', Option::value, read_label},
    {"name", 0, Option::value, [](Draft &draft, const std::string &value) { draft.name = value; }},
    {"net", 0, Option::value, add_network},
    {"network", 0, Option::value, add_network},
    {"publish", 'p', Option::value, publish},
    {"rm", 0, Option::flag,
     [](Draft &draft, const std::string &value) {
       draft.host_config.set("AutoRemove", Json::boolean(value == "true"));
     }},
    {"user", 'u', Option::value, [](Draft &draft, const std::string &value) { draft.config.set("User", value); }},
    {"volume", 'v', Option::value, add_volume_spec},
    {"workdir", 'w', Option::value,
     [](Draft &draft, const std::string &value) { draft.config.set("WorkingDir", value); }},
};

// --- reading the words of the command line ---------------------------------------------------------------------------

class OptionReader {
 public:
  OptionReader(const std::vector<std::string> &words, Draft *draft) : words_(words), draft_(draft) {}

  void read() {
    while (next_ < words_.size()) {
      std::string word = words_[next_++];
      if (word.starts_with("--"))
        read_long(word);
      else if (word.size() > 1 && word[0] == '-')
        read_letters(word);
      else
        reject(in_quotes(word) + " among the options of docker run is no option",
               "the command and its arguments are given apart from the options");
    }
  }

 private:
  [[noreturn]] static void reject(const std::string &message, const std::string &hint = {}) {
    throw Failure(Code::invalid_argument, message, hint);
  }

  // --name, --name=value, --name value
  void read_long(const std::string &word) {
    std::string spelling = before_equals(word);
    for (const Option &option : options) {
      if (spelling.substr(2) != option.name) continue;
      if (spelling.size() < word.size())
        apply(option, spelling, word.substr(spelling.size() + 1));
      else
        apply(option, spelling, option.kind == Option::flag ? "true" : take_value(spelling));
      return;
    }
    reject("unknown option " + excerpt(spelling) + " of docker run");
  }

  // -d, -dp 80, -p80, -p=80
  void read_letters(const std::string &word) {
    for (size_t i = 1; i < word.size(); i++) {
      std::string spelling = std::string("-") + word[i];
      const Option *option = std::find_if(std::begin(options), std::end(options),
                                          [&](const Option &row) { return row.letter == word[i]; });
      if (option == std::end(options))
        reject("unknown option " + excerpt(spelling) + (word.size() > 2 ? " in " + excerpt(word) : "") +
               " of docker run");
      std::string rest = word.substr(i + 1);
      if (rest.size() > 1 && rest[0] == '=') return apply(*option, spelling, rest.substr(1));
      if (option->kind == Option::value) return apply(*option, spelling, rest.empty() ? take_value(spelling) : rest);
      apply(*option, spelling, "true");
    }
  }

  std::string take_value(const std::string &spelling) {
    if (next_ == words_.size()) reject("option " + spelling + " of docker run needs a value");
    return words_[next_++];
  }

  void apply(const Option &option, const std::string &spelling, const std::string &value) {
    if (option.kind == Option::value) return option.apply(*draft_, value);
    std::string lower = lower_case(value);
    bool yes = lower == "true" || lower == "t" || lower == "1";
    bool no = lower == "false" || lower == "f" || lower == "0";
    if (!yes && !no) reject_value(spelling.c_str(), value, "is neither true nor false");
    option.apply(*draft_, yes ? "true" : "false");
  }

  const std::vector<std::string> &words_;
  Draft *draft_;
  size_t next_ = 0;
};

}  // namespace

// Several networks are endpoints of their own; a single one is just the mode. Built-in modes go with no other kind.
static void finish_networks(Draft &draft) {
  if (draft.networks.empty()) return;
  draft.host_config.set("NetworkMode", draft.networks[0]);
  if (draft.networks.size() == 1) return;
  Json endpoints = Json::object();
  size_t built_in = 0;
  for (const std::string &network : draft.networks) {
    endpoints.set(network, Json::object());
    if (network == "default" || network == "bridge" || network == "host" || network == "none" ||
        network.starts_with("container:"))
      built_in++;
  }
  if (built_in > 0 && built_in < draft.networks.size())
    reject_value("--network", draft.networks.back(), "cannot be joined with the other networks");
  draft.config.set("NetworkingConfig", Json::object().set("EndpointsConfig", endpoints));
}

static Draft read_options(const std::vector<std::string> &words) {
  Draft draft;
  OptionReader(words, &draft).read();
  finish_networks(draft);
  return draft;
}

// --- the builder -----------------------------------------------------------------------------------------------------

RunBuilder::RunBuilder(std::vector<std::string> command, std::vector<std::string> additional_opts)
    : options_(std::move(additional_opts)), arguments_(std::move(command)) {}

void RunBuilder::add_option(std::string option) { options_.push_back(std::move(option)); }
void RunBuilder::add_argument(std::string argument) { arguments_.push_back(std::move(argument)); }
void RunBuilder::set_binary(std::string binary) { binary_ = std::move(binary); }

void RunBuilder::add_volume(const std::string &source, const std::string &target, const std::string &mode) {
  for (const std::string &part : {source, target, mode})
    if (part.find(':') != std::string::npos)
      reject_value("--volume", part, "has a colon, which --volume cannot express");
  std::string spec = source.empty() ? target : source + ":" + target;
  if (!mode.empty()) spec += ":" + mode;
  Draft checked;
  add_volume_spec(checked, spec);
  options_.push_back("--volume");
  options_.push_back(spec);
}

void RunBuilder::add_label(const std::string &key, const std::string &value) { labels_.emplace_back(key, value); }

std::vector<std::string> RunBuilder::command_line(const std::string &image) const {
  std::vector<std::string> words = {binary_, "run"};
  words.insert(words.end(), options_.begin(), options_.end());
  for (const auto &[key, value] : labels_) {
    words.push_back("--label");
    words.push_back(std::string(key).append("=").append(value));
  }
  words.push_back(image);
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  return words;
}

Json RunBuilder::parameters(const std::string &image) const {
  Draft draft = read_options(options_);
  for (const auto &[key, value] : labels_) set_label(draft, key, value);
  Json body = draft.config;
  body.set("Image", image);
  for (const std::string &argument : arguments_) member(body, "Cmd", Json::array()).append(Json::string(argument));
  for (const std::string &entry : draft.environment) member(body, "Env", Json::array()).append(Json::string(entry));
  if (draft.host_config.size() > 0) body.set("HostConfig", draft.host_config);
  return body;
}

std::string RunBuilder::name() const { return read_options(options_).name; }
bool RunBuilder::auto_remove() const { return read_options(options_).host_config["AutoRemove"].boolean_or(false); }
std::vector<std::string> RunBuilder::named_volumes() const { return read_options(options_).named_volumes; }

}  // namespace conu
