// Source-to-image.
#include "capi/guard.h"
#include "capi/handles.h"
#include "s2i/extend.h"

using namespace conu;

static ExtensionPtr extension_of(const char *source, const char *new_image_name, const conu_string_list_t *s2i_args) {
  std::string from = need_words(source, "source"), name = need_words(new_image_name, "new_image_name");
  return make_extension(from, name, s2i_args != nullptr ? s2i_args->items : std::vector<std::string>());
}

static Task<void> extend_work(Api &api, Steps &steps, ImagePtr builder, ExtensionPtr extension,
                              std::shared_ptr<conu_progress::Made> made) {
  made->image = co_await extend(api, steps, builder, extension);
}

conu_status_t conu_image_s2i_extend(conu_image_t *image, const char *source, const char *new_image_name,
                                    const conu_string_list_t *s2i_args, conu_cancel_t *cancel, conu_image_t **out,
                                    conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr given = need(image, "image").image;
    ExtensionPtr extension = extension_of(source, new_image_name, s2i_args);
    ImagePtr builder = builder_for(given, *extension, of(cancel));
    Steps unread;
    *out = new conu_image{run(*builder, cancel, [&](Api &api) { return extend(api, unread, builder, extension); })};
  });
}

conu_status_t conu_image_s2i_extend_progress(conu_image_t *image, const char *source, const char *new_image_name,
                                             const conu_string_list_t *s2i_args, conu_cancel_t *cancel,
                                             conu_progress_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr given = need(image, "image").image;
    ExtensionPtr extension = extension_of(source, new_image_name, s2i_args);
    ImagePtr builder = builder_for(given, *extension, of(cancel));
    auto progress = std::make_unique<conu_progress>();
    auto made = progress->made;
    *out = begun(builder->engine(), cancel, std::move(progress), [builder, extension, made](Api &api, Steps &steps) {
      return extend_work(api, steps, builder, extension, made);
    });
  });
}

conu_status_t conu_image_s2i_usage(conu_image_t *image, conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr builder = need(image, "image").image;
    *out = copied(run(*builder, cancel, [&](Api &api) { return usage(api, builder); }));
  });
}
