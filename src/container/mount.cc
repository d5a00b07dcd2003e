// The files of images and containers on this host.
#include "container/mount.h"

#include <unistd.h>

#include "container/export.h"
#include "container/merged_tree.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

// --- images ----------------------------------------------------------------------------------------------------------

// An image that was removed and has come again has other layers than those that are remembered.
static bool is_outdated(const Json &document) {
  std::string top = document["GraphDriver"]["Data"]["UpperDir"].text_or("");
  return !top.empty() && access(top.c_str(), F_OK) != 0;
}

static Task<Json> facts_of(Api &api, Image &image) {
  const std::string source = concat("the inspect document of ", image.subject());
  bool is_remembered = image.remembered().has_value();
  std::string document = co_await inspect(api, image, false);
  Json facts = Json::parse(document, source);
  if (is_remembered && is_outdated(facts)) {
    document = co_await inspect(api, image, true);
    facts = Json::parse(document, source);
  }
  co_return facts;
}

Task<std::unique_ptr<Mount>> mount_image(Api &api, Image &image, std::string mount_point, MountOptions options) {
  Json facts = co_await facts_of(api, image);
  std::vector<MountMethod> methods = layer_methods(facts, image.engine()->endpoint(), options.method);
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
  for (MountMethod &method : layer_methods(document, container.engine()->endpoint(), options.method))
    methods.push_back(std::move(method));
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
