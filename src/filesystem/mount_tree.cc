// Showing a tree on this host by the first way that works.
#include "filesystem/mount_tree.h"

#include <fcntl.h>

#include <atomic>
#include <cerrno>
#include <optional>

#include "filesystem/fuse_mount.h"
#include "filesystem/mount_point.h"
#include "util/clock.h"
#include "util/failure.h"
#include "util/fork.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

namespace {

// A tree and the place that was made for it.
class PlacedMount : public Mount {
 public:
  PlacedMount(std::unique_ptr<MountPoint> place, std::unique_ptr<Mount> tree)
      : Mount(place->target().path), place_(std::move(place)), tree_(std::move(tree)) {}

  const char *method() const override { return tree_->method(); }
  const TreeFacts *facts() const override { return tree_->facts(); }
  void unmount() override {
    tree_->unmount();
    place_->remove();
  }

 private:
  std::unique_ptr<MountPoint> place_;  // goes after the tree
  std::unique_ptr<Mount> tree_;
};

}  // namespace

void check_method(const std::string &name) {
  for (const char *known : {"merged", "bind", "overlay", "fuse", "extract"})
    if (name == known) return;
  throw_failure(Code::invalid_argument, {"there is no method ", in_quotes(name), " to mount by"},
                "the methods are merged, bind, overlay, fuse and extract");
}

// --- layers ----------------------------------------------------------------------------------------------------------

using LayersPtr = std::shared_ptr<const ShownLayers>;

static std::vector<Fd> opened(const LayersPtr &shown) {
  std::vector<Fd> layers;
  layers.reserve(shown->folders.size() + 1);
  for (const std::string &folder : shown->folders) layers.push_back(open_layer(folder));
  return layers;
}

static void check_owners(const LayersPtr &shown) {
  if (!shown->of_others.empty())
    throw_failure(Code::unsupported, {"the layer ", shown->of_others, " has the owners of a user namespace"});
}

static void check_marks(const LayersPtr &shown) {
  check_owners(shown);
  if (shown->are_for_fuse)
    throw_failure(Code::unsupported,
                  "the engine keeps its layers for a program, with marks that the kernel does not know");
}

static Task<std::unique_ptr<Mount>> bind_layer(LayersPtr shown, const Target &target) {
  check_marks(shown);
  const std::vector<std::string> &folders = shown->folders;
  if (folders.size() > 1)
    throw_failure(Code::unsupported, {"there are ", decimal(folders.size()), " layers, and it shows one"});
  Fd layer = open_layer(folders[0]);
  co_return mount_bind(layer, target);
}

static Task<std::unique_ptr<Mount>> overlay_layers(LayersPtr shown, const Target &target) {
  check_marks(shown);
  if (attach_overlay_by_paths(shown->folders, target)) co_return adopt_mount("overlay", target.path);
  std::vector<Fd> layers = opened(shown);
  // Two are the least: below a single one goes an empty folder, such as the one that is mounted on.
  if (layers.size() == 1) layers.emplace_back(open(target.place().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  co_return mount_overlay(layers, target);
}

static Task<std::unique_ptr<Mount>> fuse_layers(LayersPtr shown, const Target &target) {
  check_owners(shown);
  std::vector<Fd> layers = opened(shown);
  std::unique_ptr<Mount> mount;
  std::optional<Failure> failure;
  try {
    mount = co_await mount_fuse(layers, target);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return mount;
  if (failure->code != Code::command_failed) throw *failure;
  // Podman mounts its folder of layers onto itself, and unmounts it behind its containers: what was opened in that
  // mount can then not be named any more.
  layers = opened(shown);
  mount = co_await mount_fuse(layers, target);
  co_return mount;
}

static Task<std::unique_ptr<Mount>> refuse(LayersPtr shown) {
  throw *shown->refusal;
  co_return nullptr;
}

std::vector<MountMethod> layer_methods(LayersPtr layers, const std::string &method) {
  std::vector<MountMethod> methods;
  if (layers->refusal) {
    for (const char *name : {"bind", "overlay", "fuse"})
      methods.push_back({name, [layers](const Target &) { return refuse(layers); }});
    return methods;
  }
  if (layers->folders.size() == 1 || method == "bind")
    methods.push_back({"bind", [layers](const Target &target) { return bind_layer(layers, target); }});
  methods.push_back({"overlay", [layers](const Target &target) { return overlay_layers(layers, target); }});
  methods.push_back({"fuse", [layers](const Target &target) { return fuse_layers(layers, target); }});
  return methods;
}

// --- one after the other ---------------------------------------------------------------------------------------------

// To look takes longer than to mount.
static bool is_time_to_sweep() {
  struct Sweeps {
    mutable std::atomic<int64_t> next_ns{0};
  };
  std::atomic<int64_t> &next_ns = once_in_process<Sweeps>().next_ns;
  const int64_t second = 1000000000, now = monotonic_ns();
  int64_t next = next_ns.load();
  return now >= next && next_ns.compare_exchange_strong(next, now + second);
}

static void sweep_on_the_way() {
  if (!is_time_to_sweep()) return;
  try {
    sweep_mounts();
  } catch (const Failure &failure) {
    log(LogLevel::warning, concat("what another process has left cannot be removed: ", failure.message));
  }
}

static std::vector<MountMethod> chosen_from(std::vector<MountMethod> methods, const std::string &method,
                                            const std::string &subject) {
  if (method.empty()) return methods;
  std::string names;
  for (MountMethod &offered : methods) {
    if (offered.name == method) return {std::move(offered)};
    names += concat(names.empty() ? "" : ", ", offered.name);
  }
  throw_failure(Code::unsupported, {subject, " cannot be mounted by \"", method, "\"; there is ", names});
}

Task<std::unique_ptr<Mount>> mount_tree(std::string subject, std::string mount_point, std::string method,
                                        std::vector<MountMethod> methods) {
  Scope &scope = co_await current_scope();
  methods = chosen_from(std::move(methods), method, subject);
  sweep_on_the_way();
  std::unique_ptr<MountPoint> place = co_await MountPoint::make(mount_point);
  std::string said, last;
  for (const MountMethod &tried : methods) {
    try {
      if (tried.puts_files) place->note_files();
      std::unique_ptr<Mount> tree = co_await tried.mount(place->target());
      if (!tried.puts_files) place->note_mount();
      co_return std::make_unique<PlacedMount>(std::move(place), std::move(tree));
    } catch (Failure &failure) {
      bool is_same = failure.message == last;
      last = failure.message;
      if (!is_same) said += concat(said.empty() ? "" : "; ", tried.name, ": ", failure.message);
      if (!scope.is_cancelled() && &tried != &methods.back()) continue;
      failure.message = concat(subject, " cannot be mounted at ", place->target().path, ": ", said);
      throw;
    }
  }
  throw_failure(Code::internal, {subject, " has no way to be mounted"});
}

}  // namespace conu
