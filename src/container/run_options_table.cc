// The options of `docker run`, one row of a table each, and the reading of a command line by it.
#include <algorithm>

#include "container/run_options.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- what most rows do -----------------------------------------------------------------------------------------------

BodyMember::BodyMember(Draft &draft, std::string_view path) : object_(draft.body) {
  for (size_t dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
    object_ = member(object_, std::string(path.substr(0, dot)), Json::object());
    path.remove_prefix(dot + 1);
  }
  key_ = path;
}

void set_text(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::string(value));
}

void set_flag(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::boolean(value == "true"));
}

void set_integer(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(read_integer(value)));
}

void set_size(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).set(Json::integer(read_size(value)));
}

void add_text(Draft &draft, const char *path, const std::string &value) {
  BodyMember(draft, path).append(Json::string(value));
}

void set_key(Draft &draft, const char *path, const std::string &value) {
  auto [key, rest] = key_and_value(value);
  if (key.empty()) throw BadValue{"has no name before the =", ""};
  BodyMember(draft, path).object().set(key, rest);
}

void set_pair(Draft &draft, const char *path, const std::string &value) {
  if (!has_value(value)) throw BadValue{"is no NAME=VALUE", ""};
  set_key(draft, path, value);
}

// --- rows that are like no other -------------------------------------------------------------------------------------

// An entry point of one empty string takes the image's away.
static void set_entrypoint(Draft &draft, const char *, const std::string &value) {
  draft.body.set("Entrypoint", texts({value}));
}

static void set_name(Draft &draft, const char *, const std::string &value) { draft.name = value; }

// OS[/ARCHITECTURE[/VARIANT]]
static void set_platform(Draft &draft, const char *, const std::string &value) {
  const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  std::vector<std::string_view> parts = split(value, '/');
  for (std::string_view part : parts)
    if (parts.size() > 3 || part.find_first_not_of(allowed) != part.npos || (part.empty() && !value.empty()))
      throw BadValue{"is no platform", "such as linux/arm64"};
  draft.platform = value;
}

static void set_cid_file(Draft &draft, const char *path, const std::string &value) {
  draft.cid_file = value;
  set_text(draft, path, value);
}

static void set_detached(Draft &draft, const char *, const std::string &value) { draft.detached = value == "true"; }

static void set_no_health_check(Draft &draft, const char *, const std::string &value) {
  draft.no_health_check = value == "true";
}

static void add_annotation(Draft &draft, const char *path, const std::string &value) {
  draft.needs.push_back({"--annotation", 43});
  set_key(draft, path, value);
}

// What only says how a terminal is served: the program's own business.
static void leave_out(Draft &, const char *, const std::string &) {}

static void check_trust(Draft &, const char *, const std::string &value) {
  if (value == "true") return;
  throw BadValue{"asks for an image's signature to be verified, which is not done here", ""};
}

static void refuse_windows(Draft &, const char *, const std::string &) {
  throw BadValue{"is for Windows containers only", ""};
}

static void refuse_help(Draft &, const char *, const std::string &) {
  throw BadValue{"runs no container", "run the program itself to see its help"};
}

static void share_engine(Draft &draft, const char *, const std::string &value) {
  draft.shares_engine = value == "true";
}

// --- the table -------------------------------------------------------------------------------------------------------

namespace {

struct Option : OptionShape {
  Apply *apply;
  const char *member = "";  // of the body of POST /containers/create, for rows that set just this one
};

constexpr auto flag = Option::flag;
constexpr auto value = Option::value;

constexpr Option options[] = {
    {{"add-host", 0, value}, add_host, "HostConfig.ExtraHosts"},
    {{"annotation", 0, value}, add_annotation, "HostConfig.Annotations"},
    {{"attach", 'a', value}, attach_stream},
    {{"blkio-weight", 0, value}, set_block_weight, "HostConfig.BlkioWeight"},
    {{"blkio-weight-device", 0, value}, add_block_weight, "HostConfig.BlkioWeightDevice"},
    {{"cap-add", 0, value}, add_text, "HostConfig.CapAdd"},
    {{"cap-drop", 0, value}, add_text, "HostConfig.CapDrop"},
    {{"cgroup-parent", 0, value}, set_text, "HostConfig.CgroupParent"},
    {{"cgroupns", 0, value}, set_namespace, "HostConfig.CgroupnsMode"},
    {{"cidfile", 0, value}, set_cid_file, "HostConfig.ContainerIDFile"},
    {{"cpu-count", 0, value}, refuse_windows},
    {{"cpu-percent", 0, value}, refuse_windows},
    {{"cpu-period", 0, value}, set_integer, "HostConfig.CpuPeriod"},
    {{"cpu-quota", 0, value}, set_integer, "HostConfig.CpuQuota"},
    {{"cpu-rt-period", 0, value}, set_integer, "HostConfig.CpuRealtimePeriod"},
    {{"cpu-rt-runtime", 0, value}, set_integer, "HostConfig.CpuRealtimeRuntime"},
    {{"cpu-shares", 'c', value}, set_integer, "HostConfig.CpuShares"},
    {{"cpus", 0, value}, set_cpus, "HostConfig.NanoCpus"},
    {{"cpuset-cpus", 0, value}, set_text, "HostConfig.CpusetCpus"},
    {{"cpuset-mems", 0, value}, set_text, "HostConfig.CpusetMems"},
    {{"detach", 'd', flag}, set_detached},
    {{"detach-keys", 0, value}, check_detach_keys},
    {{"device", 0, value}, add_device, "HostConfig.Devices"},
    {{"device-cgroup-rule", 0, value}, add_device_rule, "HostConfig.DeviceCgroupRules"},
    {{"device-read-bps", 0, value}, add_byte_rate, "HostConfig.BlkioDeviceReadBps"},
    {{"device-read-iops", 0, value}, add_operation_rate, "HostConfig.BlkioDeviceReadIOps"},
    {{"device-write-bps", 0, value}, add_byte_rate, "HostConfig.BlkioDeviceWriteBps"},
    {{"device-write-iops", 0, value}, add_operation_rate, "HostConfig.BlkioDeviceWriteIOps"},
    {{"disable-content-trust", 0, flag}, check_trust},
    {{"dns", 0, value}, add_dns, "HostConfig.Dns"},
    {{"dns-opt", 0, value}, add_text, "HostConfig.DnsOptions"},
    {{"dns-option", 0, value}, add_text, "HostConfig.DnsOptions"},
    {{"dns-search", 0, value}, add_dns_search, "HostConfig.DnsSearch"},
    {{"domainname", 0, value}, set_text, "Domainname"},
    {{"entrypoint", 0, value}, set_entrypoint},
    {{"env", 'e', value}, add_environment},
    {{"env-file", 0, value}, add_environment_file},
    {{"expose", 0, value}, expose},
    {{"gpus", 0, value}, add_gpus, "HostConfig.DeviceRequests"},
    {{"group-add", 0, value}, add_text, "HostConfig.GroupAdd"},
    {{"health-cmd", 0, value}, set_health_command, "Healthcheck.Test"},
    {{"health-interval", 0, value}, set_health_time, "Healthcheck.Interval"},
    {{"health-retries", 0, value}, set_health_retries, "Healthcheck.Retries"},
    {{"health-start-interval", 0, value}, set_health_start_interval, "Healthcheck.StartInterval"},
    {{"health-start-period", 0, value}, set_health_time, "Healthcheck.StartPeriod"},
    {{"health-timeout", 0, value}, set_health_time, "Healthcheck.Timeout"},
    {{"help", 0, flag}, refuse_help},
    {{"hostname", 'h', value}, set_text, "Hostname"},
    {{"init", 0, flag}, set_flag, "HostConfig.Init"},
    {{"interactive", 'i', flag}, set_flag, "OpenStdin"},
    {{"io-maxbandwidth", 0, value}, refuse_windows},
    {{"io-maxiops", 0, value}, refuse_windows},
    {{"ip", 0, value}, set_ipv4},
    {{"ip6", 0, value}, set_ipv6},
    {{"ipc", 0, value}, set_text, "HostConfig.IpcMode"},
    {{"isolation", 0, value}, set_text, "HostConfig.Isolation"},
    {{"kernel-memory", 0, value}, set_size, "HostConfig.KernelMemory"},
    {{"label", 'l', value}, add_label},
    {{"label-file", 0, value}, add_label_file},
    {{"link", 0, value}, add_link, "HostConfig.Links"},
    {{"link-local-ip", 0, value}, add_link_local},
    {{"log-driver", 0, value}, set_text, "HostConfig.LogConfig.Type"},
    {{"log-opt", 0, value}, set_key, "HostConfig.LogConfig.Config"},
    {{"mac-address", 0, value}, set_mac},
    {{"memory", 'm', value}, set_size, "HostConfig.Memory"},
    {{"memory-reservation", 0, value}, set_size, "HostConfig.MemoryReservation"},
    {{"memory-swap", 0, value}, set_swap, "HostConfig.MemorySwap"},
    {{"memory-swappiness", 0, value}, set_swappiness, "HostConfig.MemorySwappiness"},
    {{"mount", 0, value}, add_mount, "HostConfig.Mounts"},
    {{"name", 0, value}, set_name},
    {{"net", 0, value}, add_network},
    {{"net-alias", 0, value}, add_alias},
    {{"network", 0, value}, add_network},
    {{"network-alias", 0, value}, add_alias},
    {{"no-healthcheck", 0, flag}, set_no_health_check},
    {{"oom-kill-disable", 0, flag}, set_flag, "HostConfig.OomKillDisable"},
    {{"oom-score-adj", 0, value}, set_integer, "HostConfig.OomScoreAdj"},
    {{"pid", 0, value}, set_namespace, "HostConfig.PidMode"},
    {{"pids-limit", 0, value}, set_integer, "HostConfig.PidsLimit"},
    {{"platform", 0, value}, set_platform},
    {{"privileged", 0, flag}, set_flag, "HostConfig.Privileged"},
    {{"publish", 'p', value}, publish},
    {{"publish-all", 'P', flag}, set_flag, "HostConfig.PublishAllPorts"},
    {{"pull", 0, value}, set_pull},
    {{"quiet", 'q', flag}, leave_out},
    {{"read-only", 0, flag}, set_flag, "HostConfig.ReadonlyRootfs"},
    {{"restart", 0, value}, set_restart, "HostConfig.RestartPolicy"},
    {{"rm", 0, flag}, set_flag, "HostConfig.AutoRemove"},
    {{"runtime", 0, value}, set_text, "HostConfig.Runtime"},
    {{"security-opt", 0, value}, add_security_option},
    {{"shm-size", 0, value}, set_size, "HostConfig.ShmSize"},
    {{"sig-proxy", 0, flag}, leave_out},
    {{"stop-signal", 0, value}, set_text, "StopSignal"},
    {{"stop-timeout", 0, value}, set_integer, "StopTimeout"},
    {{"storage-opt", 0, value}, set_pair, "HostConfig.StorageOpt"},
    {{"sysctl", 0, value}, add_sysctl, "HostConfig.Sysctls"},
    {{"tmpfs", 0, value}, add_tmpfs, "HostConfig.Tmpfs"},
    {{"tty", 't', flag}, set_flag, "Tty"},
    {{"ulimit", 0, value}, add_ulimit, "HostConfig.Ulimits"},
    {{"use-api-socket", 0, flag}, share_engine},
    {{"user", 'u', value}, set_text, "User"},
    {{"userns", 0, value}, set_namespace, "HostConfig.UsernsMode"},
    {{"uts", 0, value}, set_namespace, "HostConfig.UTSMode"},
    {{"volume", 'v', value}, add_volume},
    {{"volume-driver", 0, value}, set_text, "HostConfig.VolumeDriver"},
    {{"volumes-from", 0, value}, add_text, "HostConfig.VolumesFrom"},
    {{"workdir", 'w', value}, set_text, "WorkingDir"},
};

constexpr CommandLine command_line(
    "docker run", [](size_t i) -> const OptionShape * { return i < std::size(options) ? &options[i] : nullptr; },
    "the command and its arguments are given apart from the options");

}  // namespace

void reject_option(const std::string &option, std::string_view value, const BadValue &bad) {
  command_line.reject(option, value, bad);
}

Draft read_options(const std::vector<std::string> &words) {
  Draft draft;
  draft.words_ended = command_line.read(words, [&](const OptionShape &shape, const std::string &given) {
    const auto &option = static_cast<const Option &>(shape);
    option.apply(draft, option.member, given);
  });
  return draft;
}

}  // namespace conu
