// Volumes, mounts and tmpfs.
#include <algorithm>

#include "container/run_options.h"
#include "util/text.h"

namespace conu {

// --- --volume --------------------------------------------------------------------------------------------------------

static void add_named_volume(Draft &draft, const NamedVolume &volume) {
  for (const NamedVolume &earlier : draft.volumes)
    if (earlier.name == volume.name) return;
  draft.volumes.push_back(volume);
}

// SOURCE:TARGET[:MODE], or TARGET alone. The mode is the engine's to judge.
void add_volume(Draft &draft, const char *, const std::string &value) {
  std::vector<std::string_view> parts = split(value, ':');
  if (parts.size() > 3) throw BadValue{"has too many colons", ""};
  for (std::string_view part : parts)
    if (part.empty()) throw BadValue{"has an empty part", ""};
  std::string_view target = parts.size() == 1 ? parts[0] : parts[1];
  if (!target.starts_with('/')) throw BadValue{"has a target that is no absolute path", ""};
  if (target.find_first_not_of('/') == target.npos) throw BadValue{"has the root folder as its target", ""};
  if (parts.size() == 1) {
    member(draft.body, "Volumes", Json::object()).set(value, Json::object());
    return;
  }

  std::string source(parts[0]);
  std::string rest = value.substr(source.size());
  if (source.starts_with('.')) source = from_working_folder(source);
  if (!source.starts_with('/')) {
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (source.find_first_not_of(allowed) != std::string::npos || source[0] == '_' || source[0] == '-')
      throw BadValue{"has a source that is neither a path nor a volume's name",
                     "give a folder of the host by its absolute path"};
    add_named_volume(draft, {source, "", {}, {}, true});
  }
  BodyMember binds(draft, "HostConfig.Binds");
  for (const Json &bind : binds.value().items())
    if (bind.text_or("") == concat(source, rest)) return;
  binds.append(Json::string(concat(source, rest)));
}

// --- --mount ---------------------------------------------------------------------------------------------------------

namespace {

// A mount in the making. The objects for one type's options are made by the first of these options.
struct Mount {
  Json body = Json::object();
  std::string type = "volume", source, target;
  Json bind, volume, tmpfs, image;
  bool read_only = false;
  bool forced_read_only = false;
};

struct MountField {
  const char *name;
  const char *otherwise;  // the value of a field without an equals sign; nullptr: it must have one
  void (*apply)(Mount &mount, const std::string &value);
};

}  // namespace

static Json options_of(Json *options) {
  if (!*options) *options = Json::object();
  return *options;
}

static Json driver_of(Mount &mount) { return member(options_of(&mount.volume), "DriverConfig", Json::object()); }

static void set_source(Mount &mount, const std::string &value) {
  bool relative = value == "." || value == ".." || value.starts_with("./") || value.starts_with("../");
  mount.source = relative ? from_working_folder(value) : value;
}

static void set_target(Mount &mount, const std::string &value) { mount.target = value; }
static void set_read_only(Mount &mount, const std::string &value) { mount.read_only = read_truth(value); }

static void set_recursion(Mount &mount, const std::string &value) {
  Json bind = options_of(&mount.bind);
  if (value == "disabled")
    bind.set("NonRecursive", Json::boolean(true));
  else if (value == "writable")
    bind.set("ReadOnlyNonRecursive", Json::boolean(true));
  else if (value == "readonly")
    bind.set("ReadOnlyForceRecursive", Json::boolean(true));
  else if (value != "enabled")
    throw BadValue{"has a bind-recursive that is not enabled, disabled, writable or readonly", ""};
  mount.forced_read_only = value == "readonly";
}

static void set_mode(Mount &mount, const std::string &value) {
  // Octal digits, as chmod takes them.
  const int64_t largest = 0xffffffff;
  if (value.empty() || value.find_first_not_of("01234567") != value.npos)
    throw BadValue{"has a tmpfs-mode that is no octal number", ""};
  options_of(&mount.tmpfs).set("Mode", Json::integer(read_integer(concat("0", value), 0, largest)));
}

static void set_entry(const Json &parent, const char *key, const std::string &value) {
  auto [name, rest] = key_and_value(value);
  Json entries = member(parent, key, Json::object());
  if (!name.empty()) entries.set(name, rest);
}

static constexpr MountField mount_fields[] = {
    {"type", nullptr, [](Mount &mount, const std::string &value) { mount.type = lower_case(value); }},
    {"source", nullptr, set_source},
    {"src", nullptr, set_source},
    {"target", nullptr, set_target},
    {"dst", nullptr, set_target},
    {"destination", nullptr, set_target},
    {"readonly", "true", set_read_only},
    {"ro", "true", set_read_only},
    {"consistency", nullptr,
     [](Mount &mount, const std::string &value) { mount.body.set("Consistency", lower_case(value)); }},
    {"bind-propagation", nullptr,
     [](Mount &mount, const std::string &value) { options_of(&mount.bind).set("Propagation", lower_case(value)); }},
    {"bind-nonrecursive", "true",
     [](Mount &mount, const std::string &value) {
       options_of(&mount.bind).set("NonRecursive", Json::boolean(read_truth(value)));
     }},
    {"bind-recursive", nullptr, set_recursion},
    {"volume-nocopy", "true",
     [](Mount &mount, const std::string &value) {
       options_of(&mount.volume).set("NoCopy", Json::boolean(read_truth(value)));
     }},
    {"volume-subpath", nullptr,
     [](Mount &mount, const std::string &value) { options_of(&mount.volume).set("Subpath", value); }},
    {"volume-label", nullptr,
     [](Mount &mount, const std::string &value) { set_entry(options_of(&mount.volume), "Labels", value); }},
    {"volume-driver", nullptr, [](Mount &mount, const std::string &value) { driver_of(mount).set("Name", value); }},
    {"volume-opt", nullptr,
     [](Mount &mount, const std::string &value) { set_entry(driver_of(mount), "Options", value); }},
    {"image-subpath", nullptr,
     [](Mount &mount, const std::string &value) { options_of(&mount.image).set("Subpath", value); }},
    {"tmpfs-size", nullptr,
     [](Mount &mount, const std::string &value) {
       options_of(&mount.tmpfs).set("SizeBytes", Json::integer(read_size(value)));
     }},
    {"tmpfs-mode", nullptr, set_mode},
};

static void read_mount_field(Mount &mount, const std::string &text) {
  auto [name, value] = key_and_value(text);
  const MountField *field =
      std::find_if(std::begin(mount_fields), std::end(mount_fields),
                   [&, key = lower_case(name)](const MountField &row) { return key == row.name; });
  if (field == std::end(mount_fields)) throw BadValue{concat("has an unknown field ", in_quotes(name)), ""};
  if (!has_value(text) && field->otherwise == nullptr) throw BadValue{concat("has no value for ", field->name), ""};
  try {
    field->apply(mount, has_value(text) ? value : field->otherwise);
  } catch (const BadValue &bad) {
    if (bad.why.starts_with("has ")) throw;
    throw BadValue{concat("has ", in_quotes(value), " for ", field->name, ", which ", bad.why), bad.hint};
  }
}

// Options of a type stand in the body under a name of their own, and go with no other type.
static void set_type_options(Mount &mount, const char *type, const char *key, const Json &options) {
  if (!options) return;
  if (mount.type != type)
    throw BadValue{concat("has options for a ", type, " mount, and is of type ", in_quotes(mount.type)), ""};
  mount.body.set(key, options);
}

static void note_needs(Draft &draft, const Mount &mount) {
  if (mount.bind["ReadOnlyNonRecursive"] || mount.bind["ReadOnlyForceRecursive"])
    draft.needs.push_back({"--mount bind-recursive", 44});
  if (mount.volume["Subpath"]) draft.needs.push_back({"--mount volume-subpath", 45});
}

void add_mount(Draft &draft, const char *path, const std::string &value) {
  Mount mount;
  for (const std::string &field : read_fields(value)) read_mount_field(mount, field);
  if (mount.type.empty()) throw BadValue{"has no type", ""};
  if (mount.target.empty()) throw BadValue{"has no target", ""};
  if (mount.forced_read_only && (!mount.read_only || mount.bind["Propagation"].text_or("") != "rprivate"))
    throw BadValue{"has bind-recursive=readonly without readonly and bind-propagation=rprivate", ""};
  mount.body.set("Type", mount.type);
  if (!mount.source.empty()) mount.body.set("Source", mount.source);
  mount.body.set("Target", mount.target);
  if (mount.read_only) mount.body.set("ReadOnly", Json::boolean(true));
  set_type_options(mount, "bind", "BindOptions", mount.bind);
  set_type_options(mount, "volume", "VolumeOptions", mount.volume);
  set_type_options(mount, "tmpfs", "TmpfsOptions", mount.tmpfs);
  set_type_options(mount, "image", "ImageOptions", mount.image);
  note_needs(draft, mount);
  BodyMember(draft, path).append(mount.body);
  if (mount.type != "volume" || mount.source.empty()) return;
  Json driver = mount.volume["DriverConfig"];
  add_named_volume(draft, {mount.source, driver["Name"].text_or(""), driver["Options"], mount.volume["Labels"]});
}

// --- --tmpfs ---------------------------------------------------------------------------------------------------------

// TARGET[:OPTIONS], which are the kernel's to judge.
void add_tmpfs(Draft &draft, const char *path, const std::string &value) {
  size_t colon = value.find(':');
  std::string options = colon == value.npos ? "" : value.substr(colon + 1);
  BodyMember(draft, path).object().set(value.substr(0, colon), options);
}

void mount_socket(Draft &draft) {
  const Text path = "/var/run/docker.sock";
  Json mount = Json::object();
  mount.set("Type", "bind").set("Source", path).set("Target", path).set("BindOptions", Json::object());
  BodyMember(draft, "HostConfig.Mounts").append(mount);
}

}  // namespace conu
