// What the options of `docker run` add up to, and the functions that apply them, one for each row of the table.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "container/run_builder.h"
#include "container/run_values.h"
#include "json/json.h"

namespace conu {

struct Attachment {
  std::string network;
  std::vector<std::string> aliases, links, link_local_addresses;
  std::string ipv4, ipv6, mac;
  Json driver_options, priority;  // absent if not given
};

struct Draft {
  std::string name, platform, pull, cid_file;
  Json body = Json::object();  // of POST /containers/create
  std::vector<std::string> environment, environment_files;
  std::vector<std::string> labels, label_files;
  std::vector<std::string> attached, security_options;
  std::vector<Attachment> attachments;
  Attachment first_attachment;  // what --ip, --network-alias and the like say of the first network
  std::vector<NamedVolume> volumes;
  std::vector<NeededVersion> needs;
  std::vector<Profile> profiles;
  bool detached = false;
  bool no_health_check = false;
  bool shares_engine = false;
  bool words_ended = false;  // by "--"
};

// Throws BadValue. A flag's value is "true" or "false". `member` is what the row of the table says.
using Apply = void(Draft &draft, const char *member, const std::string &value);

// The words of a command line, without looking into any file. Throws Failure(invalid_argument) that names the option.
Draft read_options(const std::vector<std::string> &words);
// Brings together what several options say of one thing: files, environment, labels, networks, streams.
void finish_options(Draft &draft);
void finish_files(Draft &draft);
void finish_networks(Draft &draft);
void finish_security(Draft &draft);

// The content of a file that an option names. Throws BadValue.
std::string read_option_file(const std::string &path);

[[noreturn]] void reject_option(const std::string &option, std::string_view value, const BadValue &bad);

// A member of the body by its path, "HostConfig.Memory" or "Hostname". The objects on the way are made.
class BodyMember {
 public:
  BodyMember(Draft &draft, std::string_view path);
  void set(const Json &value) { object_.set(key_, value); }
  void append(const Json &item) { member(object_, key_, Json::array()).append(item); }
  Json object() { return member(object_, key_, Json::object()); }
  Json value() { return object_[key_]; }

 private:
  Json object_;
  std::string key_;
};

// run_options_table.cc: set just the member
Apply set_text, set_flag, set_integer, set_size, add_text, set_key, set_pair;
// run_options_files.cc: environment, labels and the files that hold them
Apply add_environment, add_environment_file, add_label, add_label_file;
// run_options_mounts.cc
Apply add_volume, add_mount, add_tmpfs;
void mount_socket(Draft &draft);  // the engine's
// run_options_ports.cc
Apply publish, expose;
// run_options_network.cc
Apply add_network, add_alias, add_link, add_link_local, set_ipv4, set_ipv6, set_mac, add_host, add_dns, add_dns_search;
// run_options_resources.cc
Apply set_swap, set_swappiness, set_cpus, set_block_weight, add_block_weight, add_byte_rate, add_operation_rate,
    add_ulimit;
// run_options_devices.cc
Apply add_device, add_device_rule, add_gpus;
// run_options_process.cc: streams, namespaces, health, restarting, security, kernel settings
Apply set_health_command, set_health_time, set_health_start_interval, set_health_retries, set_restart,
    add_security_option, add_sysctl, attach_stream, set_pull, set_namespace, check_detach_keys;

}  // namespace conu
