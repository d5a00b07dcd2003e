// Networks, addresses and names.
#include <algorithm>

#include "container/run_options.h"
#include "util/text.h"

namespace conu {

// --- single values ---------------------------------------------------------------------------------------------------

static std::string read_address_of(bool ipv4, const std::string &value) {
  std::string address = read_address(value);
  if (is_ipv4(address) != ipv4) throw BadValue{ipv4 ? "is no IPv4 address" : "is no IPv6 address", ""};
  return address;
}

// Six pairs of hexadecimal digits, apart by colons or dashes.
static std::string read_mac(const std::string &value) {
  bool good = value.size() == 17;
  for (size_t i = 0; good && i < value.size(); i++)
    good = i % 3 == 2 ? value[i] == value[2] && (value[i] == ':' || value[i] == '-')
                      : is_hex(lower_case(value.substr(i, 1)));
  if (!good) throw BadValue{"is no MAC address", "such as 92:d0:c6:0a:29:33"};
  return value;
}

static std::string read_link(const std::string &value) {
  if (value.empty() || split(value, ':').size() > 2) throw BadValue{"is no CONTAINER[:ALIAS]", ""};
  return value;
}

void set_ipv4(Draft &draft, const char *, const std::string &value) {
  draft.first_attachment.ipv4 = read_address_of(true, value);
}

void set_ipv6(Draft &draft, const char *, const std::string &value) {
  draft.first_attachment.ipv6 = read_address_of(false, value);
}

void set_mac(Draft &draft, const char *, const std::string &value) { draft.first_attachment.mac = read_mac(value); }

void add_alias(Draft &draft, const char *, const std::string &value) {
  draft.first_attachment.aliases.push_back(value);
}

void add_link(Draft &draft, const char *path, const std::string &value) {
  draft.first_attachment.links.push_back(read_link(value));
  add_text(draft, path, value);
}

void add_link_local(Draft &draft, const char *, const std::string &value) {
  draft.first_attachment.link_local_addresses.push_back(read_address(value));
}

// NAME:ADDRESS or NAME=ADDRESS; the address may be host-gateway, which the engine knows.
void add_host(Draft &draft, const char *path, const std::string &value) {
  size_t separator = value.find_first_of("=:");
  if (separator == value.npos || separator == 0) throw BadValue{"is no NAME:ADDRESS", ""};
  std::string address = value.substr(separator + 1);
  if (address != "host-gateway") address = read_address(address);
  add_text(draft, path, concat(value.substr(0, separator), ":", address));
}

void add_dns(Draft &draft, const char *path, const std::string &value) { add_text(draft, path, read_address(value)); }

// A domain, or a point alone for none.
void add_dns_search(Draft &draft, const char *path, const std::string &value) {
  std::string domain(trimmed(value));
  std::string_view labels = domain;
  if (labels.ends_with('.')) labels.remove_suffix(1);
  bool has_letter = false;
  bool good = domain.size() < 255;
  for (std::string_view label : split(labels, '.')) {
    std::string lower = lower_case(label);
    good = good && !lower.empty() && lower.front() != '-' && lower.back() != '-' &&
           lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == lower.npos;
    has_letter = has_letter || lower.find_first_of("abcdefghijklmnopqrstuvwxyz") != lower.npos;
  }
  if (domain != "." && !(good && has_letter)) throw BadValue{"is no domain", ""};
  if (domain.size() > 1 && domain.ends_with('.')) domain.pop_back();
  add_text(draft, path, domain);
}

// --- networks --------------------------------------------------------------------------------------------------------

static void read_network_field(Draft &draft, Attachment &attachment, const std::string &field) {
  auto [raw_name, raw_value] = key_and_value(field);
  std::string name(trimmed(raw_name));
  std::string value(trimmed(raw_value));
  if (!has_value(field)) throw BadValue{concat("has ", in_quotes(field), ", which is no NAME=VALUE"), ""};
  if (name == "name") {
    attachment.network = value;
  } else if (name == "alias") {
    attachment.aliases.push_back(value);
  } else if (name == "ip") {
    attachment.ipv4 = read_address_of(true, value);
  } else if (name == "ip6") {
    attachment.ipv6 = read_address_of(false, value);
  } else if (name == "mac-address") {
    attachment.mac = read_mac(value);
  } else if (name == "link-local-ip") {
    attachment.link_local_addresses.push_back(read_address(value));
  } else if (name == "driver-opt") {
    auto [key, option] = key_and_value(value);
    if (key.empty() || !has_value(value)) throw BadValue{"has a driver-opt that is no NAME=VALUE", ""};
    if (!attachment.driver_options) attachment.driver_options = Json::object();
    attachment.driver_options.set(key, option);
  } else if (name == "gw-priority") {
    attachment.priority = Json::integer(read_integer(value));
    draft.needs.push_back({"--network gw-priority", 48});
  } else {
    throw BadValue{concat("has an unknown field ", in_quotes(name)), ""};
  }
}

// NAME, or name=NAME,alias=…,ip=…
void add_network(Draft &draft, const char *, const std::string &value) {
  Attachment attachment;
  if (has_value(value))
    for (const std::string &field : read_fields(value)) read_network_field(draft, attachment, field);
  else
    attachment.network = value;
  if (trimmed(attachment.network).empty()) throw BadValue{"names no network", ""};
  for (const Attachment &earlier : draft.attachments)
    if (earlier.network == attachment.network) throw BadValue{"is given twice", ""};
  draft.attachments.push_back(attachment);
}

static bool is_user_defined(const std::string &network) {
  for (const char *mode : {"default", "bridge", "host", "none"})
    if (network == mode) return false;
  return !network.starts_with("container:");
}

template <class T>
static void join(const char *option, T *own, const T &other) {
  if (other.empty()) return;
  if (!own->empty()) throw BadValue{concat("has what ", option, " says as well"), ""};
  *own = other;
}

static void join_first(Attachment *attachment, const Attachment &first) {
  join("--network-alias", &attachment->aliases, first.aliases);
  join("--ip", &attachment->ipv4, first.ipv4);
  join("--ip6", &attachment->ipv6, first.ipv6);
  join("--mac-address", &attachment->mac, first.mac);
  join("--link-local-ip", &attachment->link_local_addresses, first.link_local_addresses);
  // On the default network the engine takes the links from another member.
  if (is_user_defined(attachment->network)) attachment->links = first.links;
}

static Json settings_of(const Attachment &attachment) {
  Json settings = Json::object();
  if (!attachment.aliases.empty()) settings.set("Aliases", texts(attachment.aliases));
  if (!attachment.links.empty()) settings.set("Links", texts(attachment.links));
  if (!attachment.mac.empty()) settings.set("MacAddress", attachment.mac);
  settings.set("DriverOpts", attachment.driver_options).set("GwPriority", attachment.priority);
  Json addresses = Json::object();
  if (!attachment.ipv4.empty()) addresses.set("IPv4Address", attachment.ipv4);
  if (!attachment.ipv6.empty()) addresses.set("IPv6Address", attachment.ipv6);
  if (!attachment.link_local_addresses.empty()) addresses.set("LinkLocalIPs", texts(attachment.link_local_addresses));
  if (addresses.size() > 0) settings.set("IPAMConfig", addresses);
  return settings;
}

// A single network without settings is just the mode. Built-in modes go with no other network.
void finish_networks(Draft &draft) {
  std::vector<Attachment> &attachments = draft.attachments;
  bool named = !attachments.empty();
  if (!named) {
    attachments.emplace_back();
    attachments[0].network = "default";
  }
  Json settings = Json::object();
  for (size_t i = 0; i < attachments.size(); i++) {
    Attachment &attachment = attachments[i];
    auto reject = [&](const std::string &why) { reject_option("--network", attachment.network, {why, ""}); };
    try {
      if (i == 0) join_first(&attachment, draft.first_attachment);
    } catch (const BadValue &bad) {
      reject(bad.why);
    }
    if (!is_user_defined(attachment.network) && !attachment.aliases.empty())
      reject("has no aliases, which only user-defined networks have");
    if (is_user_defined(attachment.network) != is_user_defined(attachments[0].network))
      reject("cannot be joined with the other networks");
    // Until 1.44 the API has one address for the whole container, which is that of its first network.
    if (i == 0 && !attachment.mac.empty()) {
      draft.body.set("MacAddress", attachment.mac);
      attachment.mac.clear();
    } else if (!attachment.mac.empty()) {
      draft.needs.push_back({"--network mac-address", 44});
    }
    settings.set(attachment.network, settings_of(attachment));
  }
  if (named) BodyMember(draft, "HostConfig.NetworkMode").set(Json::string(attachments[0].network));
  if (attachments.size() > 1 || settings[attachments[0].network].size() > 0)
    draft.body.set("NetworkingConfig", Json::object().set("EndpointsConfig", settings));
}

}  // namespace conu
