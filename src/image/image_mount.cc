// The files of an image on this host.
#include "image/image_mount.h"

#include "filesystem/layers.h"

namespace conu {

// An image that was removed and has come again has other layers than those that are remembered.
static bool is_outdated(const Json &document, const Endpoint &endpoint) {
  try {
    open_layer(layer_folders(document, endpoint).front());
  } catch (const Failure &failure) {
    return failure.code == Code::not_found;
  }
  return false;
}

static Task<Json> facts_of(Api &api, Image &image) {
  const std::string source = "the inspect document of " + image.subject();
  bool is_remembered = image.remembered().has_value();
  std::string document = co_await inspect(api, image, false);
  Json facts = Json::parse(document, source);
  if (is_remembered && is_outdated(facts, image.engine()->endpoint())) {
    document = co_await inspect(api, image, true);
    facts = Json::parse(document, source);
  }
  co_return facts;
}

Task<std::unique_ptr<Mount>> mount_image(Api &api, Image &image, std::string mount_point, MountOptions options) {
  Json facts = co_await facts_of(api, image);
  std::vector<MountMethod> methods = layer_methods(facts, image.engine()->endpoint(), options.method);
  std::unique_ptr<Mount> mount = co_await mount_tree(image.subject(), mount_point, options.method, std::move(methods));
  co_return mount;
}

}  // namespace conu
