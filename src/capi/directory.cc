// Folders of the host.
#include "filesystem/directory.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

conu_directory_options_t *conu_directory_options_new(void) {
  return make_or_null([] { return new conu_directory_options; });
}

conu_status_t conu_directory_options_set_path(conu_directory_options_t *options, const char *path,
                                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    DirectoryOptions &set = need(options, "options").options;
    std::string text = need_words(path, "path");
    set.path = text;
  });
}

void conu_directory_options_set_mode(conu_directory_options_t *options, unsigned mode) {
  if (options != nullptr) options->options.mode = mode;
}

conu_status_t conu_directory_options_set_owner(conu_directory_options_t *options, const char *user, const char *group,
                                               conu_error_t **error) {
  return guard(__func__, error, [&] {
    DirectoryOptions &set = need(options, "options").options;
    set.user = text_or_empty(user);
    set.group = text_or_empty(group);
  });
}

conu_status_t conu_directory_options_add_acl_rule(conu_directory_options_t *options, const char *rule,
                                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    DirectoryOptions &set = need(options, "options").options;
    std::string text = need_words(rule, "rule");
    set.acl_rules.push_back(text);
  });
}

conu_status_t conu_directory_options_set_selinux_context(conu_directory_options_t *options, const char *context,
                                                         conu_error_t **error) {
  return guard(__func__, error,
               [&] { need(options, "options").options.selinux_context = need_text(context, "context"); });
}

void conu_directory_options_free(conu_directory_options_t *options) { delete options; }

conu_status_t conu_directory_new(const conu_directory_options_t *options, conu_cancel_t *cancel, conu_directory_t **out,
                                 conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    DirectoryOptions wanted = options != nullptr ? options->options : DirectoryOptions();
    auto handle = std::make_unique<conu_directory>();
    handle->directory = run_alone(cancel, Directory::make(wanted));
    *out = handle.release();
  });
}

const char *conu_directory_get_path(const conu_directory_t *directory) {
  return directory != nullptr ? directory->directory->path().c_str() : nullptr;
}

conu_status_t conu_directory_remove(conu_directory_t *directory, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Directory &removed = *need(directory, "directory").directory;
    CancelPoint(of(cancel)).check();
    removed.remove();
  });
}

void conu_directory_free(conu_directory_t *directory) { delete directory; }
