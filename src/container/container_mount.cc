// The files of a container on this host: what its processes see while it runs, else its changes above the layers of its
// image.
#include "container/container_mount.h"

#include "container/merged_tree.h"
#include "container/state.h"

namespace conu {

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
  std::unique_ptr<Mount> mount =
      co_await mount_tree(container.subject(), mount_point, options.method, std::move(methods));
  co_return mount;
}

}  // namespace conu
