// Mounting images and containers.
#include "container/mount.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "filesystem/mount_point.h"
#include "util/text.h"

using namespace conu;

conu_mount_options_t *conu_mount_options_new(void) {
  return make_or_null([] { return new conu_mount_options; });
}

conu_status_t conu_mount_options_set_method(conu_mount_options_t *options, const char *method, conu_error_t **error) {
  return guard(__func__, error, [&] {
    MountOptions &set = need(options, "options").options;
    std::string name = text_or_empty(method);
    if (!name.empty()) check_method(name);
    set.method = name;
  });
}

void conu_mount_options_set_limits(conu_mount_options_t *options, int64_t entries, int64_t bytes) {
  if (options != nullptr) options->options.limits = {entries, bytes};
}

void conu_mount_options_free(conu_mount_options_t *options) { delete options; }

static MountOptions options_in(const conu_mount_options_t *options) {
  return options != nullptr ? options->options : MountOptions();
}

static conu_filesystem *filesystem_of(std::unique_ptr<Mount> mount, const std::string &subject) {
  return new conu_filesystem{std::make_unique<Filesystem>(std::move(mount), subject)};
}

conu_status_t conu_image_mount(conu_image_t *image, const char *mount_point, const conu_mount_options_t *options,
                               conu_cancel_t *cancel, conu_filesystem_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &mounted = need_image(image);
    std::string path = text_or_empty(mount_point);
    *out = filesystem_of(
        run(mounted, cancel, [&](Api &api) { return mount_image(api, mounted, path, options_in(options)); }),
        mounted.subject());
  });
}

conu_status_t conu_container_mount(conu_container_t *container, const char *mount_point,
                                   const conu_mount_options_t *options, conu_cancel_t *cancel, conu_filesystem_t **out,
                                   conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &mounted = need_container(container);
    std::string path = text_or_empty(mount_point);
    *out = filesystem_of(
        run(mounted, cancel, [&](Api &api) { return mount_container(api, mounted, path, options_in(options)); }),
        mounted.subject());
  });
}

conu_status_t conu_filesystem_sweep(conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    CancelPoint(of(cancel)).check();
    sweep_mounts();
  });
}
