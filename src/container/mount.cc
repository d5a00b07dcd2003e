// The files of images and containers on this host.
#include "container/mount.h"

#include <unistd.h>

#include <cerrno>

#include "container/export.h"
#include "container/merged_tree.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- images ----------------------------------------------------------------------------------------------------------

// An image that was removed and has come again has other layers than those that are remembered.
// Those of an engine on another machine are never here.
static bool is_outdated(const ShownLayers &layers) {
  return !layers.refusal && access(layers.folders[0].c_str(), F_OK) != 0 && errno == ENOENT;
}

using LayersPtr = std::shared_ptr<const ShownLayers>;

static Task<LayersPtr> ask_for_layers(Api &api, Image &image, bool refresh) {
  std::string document = co_await inspect(api, image, refresh);
  Json facts = Json::parse(document, concat("the inspect document of ", image.subject()));
  auto layers = std::make_shared<const ShownLayers>(read_layers(facts, image.engine()->endpoint()));
  image.remember_layers(document, layers);
  co_return layers;
}

static Task<LayersPtr> layers_of(Api &api, Image &image) {
  bool is_remembered = image.remembered().has_value();
  LayersPtr layers = image.remembered_layers();
  if (layers == nullptr) layers = co_await ask_for_layers(api, image, false);
  if (is_remembered && is_outdated(*layers)) layers = co_await ask_for_layers(api, image, true);
  co_return layers;
}

Task<std::unique_ptr<Mount>> mount_image(Api &api, Image &image, std::string mount_point, MountOptions options) {
  LayersPtr layers = co_await layers_of(api, image);
  std::vector<MountMethod> methods = layer_methods(layers, options.method);
  const ExtractionLimits limits = options.limits;
  auto extract = [&api, &image, limits](const Target &target) {
    return extract_image(api, image, target.path, limits);
  };
  if (options.may_extract) methods.push_back({"extract", extract, true});
  std::unique_ptr<Mount> mount = co_await mount_tree(image.subject(), mount_point, options.method, std::move(methods));
  co_return mount;
}

// --- containers ------------------------------------------------------------------------------------------------------

static Task<std::unique_ptr<Mount>> mount_merged(std::string id, pid_t pid, const Target &target) {
  Fd tree = merged_tree(id, pid);
  co_return mount_clone(tree, "merged", target);
}

Task<std::unique_ptr<Mount>> mount_container(Api &api, Container &container, std::string mount_point,
                                             MountOptions options) {
  Json document = co_await inspect(api, container);
  std::vector<MountMethod> methods;
  if (is_running_in(document)) {
    auto pid = static_cast<pid_t>(document["State"]["Pid"].integer_or(0));
    std::string id = container.id();
    methods.push_back({"merged", [id, pid](const Target &target) { return mount_merged(id, pid, target); }});
  }
  auto layers = std::make_shared<const ShownLayers>(read_layers(document, container.engine()->endpoint()));
  for (MountMethod &method : layer_methods(layers, options.method)) methods.push_back(std::move(method));
  const ExtractionLimits limits = options.limits;
  auto extract = [&api, &container, limits](const Target &target) {
    return extract_container(api, container, target.path, limits);
  };
  methods.push_back({"extract", extract, true});
  std::unique_ptr<Mount> mount =
      co_await mount_tree(container.subject(), mount_point, options.method, std::move(methods));
  co_return mount;
}

}  // namespace conu
