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

conu_status_t conu_filesystem_p(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel, char **out,
                                conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = copied(files.host_path(need_words(path, "path"), of(cancel)));
  });
}

conu_status_t conu_filesystem_read_file(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                        void **data, size_t *size, conu_error_t **error) {
  return guard(__func__, error, [&] {
    clear_outs(data, size);
    need_out(data, "data");
    need_out(size, "size");
    Filesystem &files = need_filesystem(filesystem);
    std::string content = files.read_file(need_words(path, "path"), of(cancel));
    *data = copied(content);
    *size = content.size();
  });
}

conu_status_t conu_filesystem_get_file(conu_filesystem_t *filesystem, const char *path, int open_flags,
                                       conu_cancel_t *cancel, int *fd, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(fd, "fd");
    Filesystem &files = need_filesystem(filesystem);
    *fd = files.open_file(need_words(path, "path"), open_flags, of(cancel)).release();
  });
}

conu_status_t conu_filesystem_file_is_present(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                              bool *out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = files.file_is_present(need_words(path, "path"), of(cancel));
  });
}

conu_status_t conu_filesystem_directory_is_present(conu_filesystem_t *filesystem, const char *path,
                                                   conu_cancel_t *cancel, bool *out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = files.directory_is_present(need_words(path, "path"), of(cancel));
  });
}

conu_status_t conu_filesystem_stat(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel, char **out,
                                   conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = copied(files.stat(need_words(path, "path"), of(cancel)).dump());
  });
}

conu_status_t conu_filesystem_list(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                   conu_string_list_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = new conu_string_list{files.list(need_words(path, "path"), of(cancel))};
  });
}

conu_status_t conu_filesystem_copy_from(conu_filesystem_t *filesystem, const char *src, const char *dest,
                                        conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Filesystem &files = need_filesystem(filesystem);
    std::string from = need_words(src, "src"), to = need_words(dest, "dest");
    files.copy_from(from, to, of(cancel));
  });
}

conu_status_t conu_filesystem_get_selinux_context(conu_filesystem_t *filesystem, const char *path,
                                                  conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Filesystem &files = need_filesystem(filesystem);
    *out = copied(files.selinux_context(need_words(path, "path"), of(cancel)));
  });
}

conu_status_t conu_filesystem_unmount(conu_filesystem_t *filesystem, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { need_filesystem(filesystem).unmount(of(cancel)); });
}

void conu_filesystem_free(conu_filesystem_t *filesystem) { delete filesystem; }
