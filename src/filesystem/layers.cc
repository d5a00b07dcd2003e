// The layers of an image or of a container as folders of this host.
#include "filesystem/layers.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "util/failure.h"
#include "util/file.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

static bool is_folder(const std::string &path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Folders with colons between them, whose names may have colons as well.
static void append_folders(std::vector<std::string> &folders, const std::string &joined) {
  std::string folder;
  for (std::string_view part : split(joined, ':')) {
    bool is_next = folder.empty() || (part.starts_with('/') && is_folder(folder));
    if (is_next && !folder.empty()) folders.push_back(std::move(folder));
    folder = is_next ? std::string(part) : concat(folder, ":", part);
  }
  if (!folder.empty()) folders.push_back(std::move(folder));
}

static std::vector<std::string> folders_in(const Json &document, const Endpoint &endpoint) {
  if (endpoint.socket_path.empty())
    throw_failure(Code::unsupported, {"the engine at ", endpoint.url, " may be on another machine"});
  std::string users = document["HostConfig"]["UsernsMode"].text_or("");  // of a container
  if (!users.empty() && users != "host")
    throw_failure(Code::unsupported, {"it has users of its own (", excerpt(users), "), who are others in its layers"});
  Json driver = document["GraphDriver"];
  std::string name = driver["Name"].text_or("");
  if (name.empty()) throw_failure(Code::unsupported, "the engine does not show where it keeps layers");
  if (name != "overlay2" && name != "overlay" && name != "fuse-overlayfs")
    throw_failure(Code::unsupported,
                  {"the engine's store ", in_quotes(name), " shows no layers that lie one above the other"});
  Json data = driver["Data"];
  std::vector<std::string> folders;
  std::string upper = data["UpperDir"].text_or("");
  if (!upper.empty()) folders.push_back(upper);
  append_folders(folders, data["LowerDir"].text_or(""));
  if (folders.empty()) throw_failure(Code::unsupported, "the engine shows no layer");
  for (const std::string &folder : folders)
    if (!folder.starts_with('/')) throw_failure(Code::protocol, {in_quotes(folder), " is no place of a layer"});
  return folders;
}

// Where a program such as fuse-overlayfs shows layers to containers, engines keep removed files as archives do.
static bool are_for_fuse(const Json &document, const std::string &folder) {
  if (document["GraphDriver"]["Name"].text_or("") == "fuse-overlayfs") return true;
  const std::string store = parent_path(parent_path(folder));  // Podman's
  try {
    return read_file(concat(store, "/.has-mount-program")) == "true";
  } catch (const Failure &) {
    return false;  // whoever may not read that may mount nothing either
  }
}

// What engines put a layer into belongs to the root of the engine: its own, or that of its user namespace.
static std::string first_of_others(const std::vector<std::string> &folders) {
  struct stat status {};
  for (const std::string &folder : folders)
    if (stat(concat(folder, "/..").c_str(), &status) == 0 && (status.st_uid != 0 || status.st_gid != 0)) return folder;
  return "";
}

ShownLayers read_layers(const Json &document, const Endpoint &endpoint) {
  ShownLayers layers;
  try {
    layers.folders = folders_in(document, endpoint);
    layers.are_for_fuse = are_for_fuse(document, layers.folders[0]);
    layers.of_others = first_of_others(layers.folders);
  } catch (const Failure &failure) {
    layers.refusal = failure;
  }
  return layers;
}

Fd open_layer(const std::string &folder) {
  Fd layer(open(folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!layer) throw_system_failure({"cannot open the layer ", folder}, errno);
  return layer;
}

}  // namespace conu
