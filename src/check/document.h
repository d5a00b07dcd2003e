// A document of checks, read: in the schema of container-structure-test, with some of our own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "container/pattern.h"

namespace conu {

using Words = std::vector<std::string>;

struct NamedValue {
  std::string key, value;
  std::optional<Pattern> pattern;  // instead of the value
};

struct FileExistenceCheck {
  std::string name, path;
  bool should_exist = true;
  std::optional<std::string> permissions, mode, symlink_target, owner, group, executable_by;
  std::optional<int64_t> uid, gid;
};

struct FileContentCheck {
  std::string name, path;
  std::vector<Pattern> expected, excluded;
};

struct MetadataCheck {
  std::vector<NamedValue> env, labels;
  Words unbound_env, exposed_ports, unexposed_ports, volumes, unmounted_volumes;
  std::optional<Words> entrypoint, command;
  std::optional<std::string> workdir, user;
};

struct CommandCheck {
  std::string name;
  std::vector<Words> setup, teardown;
  Words command;  // with its arguments
  std::vector<NamedValue> env;
  std::vector<Pattern> expected_output, excluded_output, expected_error, excluded_error;
  int64_t exit_code = 0;
  int64_t timeout_ms = 60000;
};

struct SetuidCheck {
  std::string name;
  Words allowed;  // paths
};

struct LayerCheck {
  std::string name, path;
  std::optional<int64_t> index;  // from the oldest, which is 0; negative: from the newest, which is -1
  std::optional<Pattern> instruction;
};

struct HiddenFileCheck {
  std::string name, path;
};

struct LayerSizeCheck {
  std::string name;
  std::optional<int64_t> most_of_layer, most_of_image;  // bytes
};

struct CheckDocument {
  std::vector<NamedValue> global_env;
  Words run_options;  // of `docker run`
  std::vector<CommandCheck> commands;
  std::vector<FileExistenceCheck> file_existence;
  std::vector<FileContentCheck> file_content;
  std::optional<MetadataCheck> metadata;
  std::optional<SetuidCheck> setuid;
  std::vector<LayerCheck> layers;
  std::vector<HiddenFileCheck> hidden;
  std::optional<LayerSizeCheck> sizes;
};

// Whatever is wrong is Failure(invalid_argument) that names its path.
CheckDocument read_checks(std::string_view text);

}  // namespace conu
