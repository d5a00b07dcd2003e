// The files of images and containers.
#include "filesystem/filesystem.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

static Filesystem &need_filesystem(conu_filesystem_t *filesystem) { return *need(filesystem, "filesystem").filesystem; }

const char *conu_filesystem_get_mount_point(const conu_filesystem_t *filesystem) {
  return filesystem != nullptr ? filesystem->filesystem->mount_point().c_str() : nullptr;
}

const char *conu_filesystem_get_method(const conu_filesystem_t *filesystem) {
  return filesystem != nullptr ? filesystem->filesystem->method() : nullptr;
}

conu_status_t conu_filesystem_unmount(conu_filesystem_t *filesystem, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { need_filesystem(filesystem).unmount(of(cancel)); });
}

void conu_filesystem_free(conu_filesystem_t *filesystem) { delete filesystem; }
