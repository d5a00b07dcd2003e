// Images.
#include "image/image.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "check/packages.h"
#include "image/transfer.h"
#include "util/text.h"

using namespace conu;

namespace {

// The coroutines that keep what their work has made. Parameters are values: a progress outlives the call that began it.
Task<void> pull_work(Api &api, Steps &steps, ImagePtr image, std::string platform,
                     std::shared_ptr<conu_progress::Made> made) {
  co_await pull(api, steps, *image, platform);
  made->image = image;
}

Task<void> push_work(Api &api, Steps &steps, ImagePtr image, std::string repository, std::string tag,
                     std::shared_ptr<conu_progress::Made> made) {
  made->image = co_await push(api, steps, *image, repository, tag);
}

Task<void> build_work(Api &api, Steps &steps, std::shared_ptr<Engine> engine, BuildOptions options,
                      std::shared_ptr<conu_progress::Made> made) {
  made->image = co_await build(api, steps, engine, options);
}

Task<void> load_work(Api &api, Steps &steps, std::shared_ptr<Engine> engine, std::string path,
                     std::shared_ptr<conu_progress::Made> made) {
  made->images = co_await load(api, steps, engine, path);
}

const BuildOptions &need_options(const conu_build_options_t *options) {
  const BuildOptions &given = need(options, "options").options;
  if (given.path.empty()) throw_failure(Code::invalid_argument, "the options name no path, the folder to build from");
  return given;
}

std::string platform_of(const conu_pull_options_t *options) { return options != nullptr ? options->platform : ""; }

}  // namespace

conu_status_t conu_parse_reference(const char *reference, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = copied(to_json(parse_reference(need_text(reference, "reference"))).dump());
  });
}

// --- making a handle -------------------------------------------------------------------------------------------------

conu_status_t conu_image_new(conu_engine_t *engine, const char *repository, const char *tag,
                             conu_pull_policy_t pull_policy, conu_cancel_t *cancel, conu_image_t **out,
                             conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    int policy = pull_policy;
    if (policy < CONU_PULL_NEVER || policy > CONU_PULL_ALWAYS)
      throw_failure(Code::invalid_argument,
                    {"the argument pull_policy is ", decimal(policy), ", which is no pull policy"});
    ImageName name = combine(need_text(repository, "repository"), text_or_empty(tag));
    auto found = engine_of(engine, cancel);
    if (policy == CONU_PULL_NEVER) {
      *out = new conu_image{Image::by_name(found, name)};
      return;
    }
    *out = new conu_image{found->run(
        of(cancel), [&](Api &api) { return open_image(api, found, name, static_cast<PullPolicy>(policy)); })};
  });
}

conu_status_t conu_image_from_id(conu_engine_t *engine, const char *id, conu_cancel_t *cancel, conu_image_t **out,
                                 conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    std::string text = need_words(id, "id");
    auto found = engine_of(engine, cancel);
    *out = new conu_image{found->run(of(cancel), [&](Api &api) { return image_from_id(api, found, text); })};
  });
}

conu_status_t conu_image_build(conu_engine_t *engine, const conu_build_options_t *options, conu_cancel_t *cancel,
                               conu_image_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    const BuildOptions &given = need_options(options);
    auto found = engine_of(engine, cancel);
    Steps unread;
    *out = new conu_image{found->run(of(cancel), [&](Api &api) { return build(api, unread, found, given); })};
  });
}

conu_status_t conu_image_build_progress(conu_engine_t *engine, const conu_build_options_t *options,
                                        conu_cancel_t *cancel, conu_progress_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    BuildOptions given = need_options(options);
    auto found = engine_of(engine, cancel);
    auto progress = std::make_unique<conu_progress>();
    auto made = progress->made;
    *out = begun(found, cancel, std::move(progress),
                 [found, given, made](Api &api, Steps &steps) { return build_work(api, steps, found, given, made); });
  });
}

conu_status_t conu_image_load(conu_engine_t *engine, const char *path, conu_cancel_t *cancel, conu_image_list_t **out,
                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    std::string file = need_words(path, "path");
    auto found = engine_of(engine, cancel);
    Steps unread;
    *out = new conu_image_list{found->run(of(cancel), [&](Api &api) { return load(api, unread, found, file); })};
  });
}

conu_status_t conu_image_load_progress(conu_engine_t *engine, const char *path, conu_cancel_t *cancel,
                                       conu_progress_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    std::string file = need_words(path, "path");
    auto found = engine_of(engine, cancel);
    auto progress = std::make_unique<conu_progress>();
    auto made = progress->made;
    *out = begun(found, cancel, std::move(progress),
                 [found, file, made](Api &api, Steps &steps) { return load_work(api, steps, found, file, made); });
  });
}

void conu_image_free(conu_image_t *image) { delete image; }

// --- asking ----------------------------------------------------------------------------------------------------------

const char *conu_image_get_full_name(const conu_image_t *image) {
  return image != nullptr ? image->image->full_name().c_str() : nullptr;
}

const char *conu_image_get_repository(const conu_image_t *image) {
  return image != nullptr && image->image->has_name() ? image->image->name().repository.c_str() : nullptr;
}

const char *conu_image_get_tag(const conu_image_t *image) {
  return image != nullptr && image->image->has_name() ? image->image->name().tag.c_str() : nullptr;
}

conu_status_t conu_image_get_id(conu_image_t *image, conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = copied(run(asked, cancel, [&](Api &api) { return image_id(api, asked); }));
  });
}

conu_status_t conu_image_is_present(conu_image_t *image, conu_cancel_t *cancel, bool *out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = run(asked, cancel, [&](Api &api) { return is_present(api, asked); });
  });
}

conu_status_t conu_image_inspect(conu_image_t *image, bool refresh, conu_cancel_t *cancel, char **out,
                                 conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = copied(run(asked, cancel, [&](Api &api) { return inspect(api, asked, refresh); }));
  });
}

conu_status_t conu_image_get_metadata(conu_image_t *image, bool refresh, conu_cancel_t *cancel, conu_metadata_t **out,
                                      conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    std::string document = run(asked, cancel, [&](Api &api) { return inspect(api, asked, refresh); });
    *out =
        new conu_metadata(image_metadata(Json::parse(document, concat("what the engine says of ", asked.subject()))));
  });
}

conu_status_t conu_image_get_layer_ids(conu_image_t *image, bool newest_first, conu_cancel_t *cancel,
                                       conu_string_list_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = new conu_string_list{run(asked, cancel, [&](Api &api) { return layer_ids(api, asked, newest_first); })};
  });
}

conu_status_t conu_image_layers(conu_image_t *image, bool newest_first, conu_cancel_t *cancel, conu_image_list_t **out,
                                conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = new conu_image_list{run(asked, cancel, [&](Api &api) { return layers(api, asked, newest_first); })};
  });
}

// --- doing -----------------------------------------------------------------------------------------------------------

conu_status_t conu_image_pull(conu_image_t *image, const conu_pull_options_t *options, conu_cancel_t *cancel,
                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    Image &asked = need_image(image);
    Steps unread;
    run(asked, cancel, [&](Api &api) { return pull(api, unread, asked, platform_of(options)); });
  });
}

conu_status_t conu_image_pull_progress(conu_image_t *image, const conu_pull_options_t *options, conu_cancel_t *cancel,
                                       conu_progress_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr asked = need(image, "image").image;
    auto progress = std::make_unique<conu_progress>();
    auto made = progress->made;
    std::string platform = platform_of(options);
    *out = begun(asked->engine(), cancel, std::move(progress), [asked, platform, made](Api &api, Steps &steps) {
      return pull_work(api, steps, asked, platform, made);
    });
  });
}

conu_status_t conu_image_push(conu_image_t *image, const char *repository, const char *tag, conu_cancel_t *cancel,
                              conu_image_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    Steps unread;
    *out = new conu_image{run(asked, cancel, [&](Api &api) {
      return push(api, unread, asked, text_or_empty(repository), text_or_empty(tag));
    })};
  });
}

conu_status_t conu_image_push_progress(conu_image_t *image, const char *repository, const char *tag,
                                       conu_cancel_t *cancel, conu_progress_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr asked = need(image, "image").image;
    auto progress = std::make_unique<conu_progress>();
    auto made = progress->made;
    std::string to = text_or_empty(repository), with = text_or_empty(tag);
    *out = begun(asked->engine(), cancel, std::move(progress), [asked, to, with, made](Api &api, Steps &steps) {
      return push_work(api, steps, asked, to, with, made);
    });
  });
}

conu_status_t conu_image_tag_image(conu_image_t *image, const char *repository, const char *tag, conu_cancel_t *cancel,
                                   conu_image_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    *out = new conu_image{run(
        asked, cancel, [&](Api &api) { return tag_image(api, asked, text_or_empty(repository), text_or_empty(tag)); })};
  });
}

conu_status_t conu_image_rmi(conu_image_t *image, bool force, bool via_name, conu_cancel_t *cancel,
                             conu_error_t **error) {
  return guard(__func__, error, [&] {
    Image &asked = need_image(image);
    run(asked, cancel, [&](Api &api) { return remove_image(api, asked, force, via_name); });
  });
}

conu_status_t conu_image_save(conu_image_t *image, const char *path, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Image &asked = need_image(image);
    std::string file = need_words(path, "path");
    run(asked, cancel, [&](Api &api) { return save(api, asked, file); });
  });
}

conu_status_t conu_image_has_pkgs_signed_with(conu_image_t *image, const conu_string_list_t *allowed_keys,
                                              conu_cancel_t *cancel, bool *out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    const std::vector<std::string> &keys = need(allowed_keys, "allowed_keys").items;
    *out = run(asked, cancel, [&](Api &api) { return has_packages_signed_with(api, asked, keys); });
  });
}
