// The options of pull and build.
#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

// "linux", "linux/arm64", "linux/arm64/v8".
static std::string need_platform(const char *platform) {
  std::string text = need_text(platform, "platform");
  auto parts = split(text, '/');
  bool good = parts.size() <= 3;
  for (auto part : parts)
    good = good && !part.empty() &&
           part.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == part.npos;
  if (!good)
    throw_failure(Code::invalid_argument, {"\"", excerpt(text, 60), "\" is no platform"},
                  "a platform is an operating system, an architecture and a variant: linux/arm64/v8");
  return text;
}

conu_pull_options_t *conu_pull_options_new(void) {
  return make_or_null([] { return new conu_pull_options; });
}

conu_status_t conu_pull_options_set_platform(conu_pull_options_t *options, const char *platform, conu_error_t **error) {
  return guard(__func__, error, [&] { need(options, "options").platform = need_platform(platform); });
}

void conu_pull_options_free(conu_pull_options_t *options) { delete options; }

conu_build_options_t *conu_build_options_new(void) {
  return make_or_null([] { return new conu_build_options; });
}

conu_status_t conu_build_options_set_path(conu_build_options_t *options, const char *path, conu_error_t **error) {
  return guard(__func__, error, [&] {
    BuildOptions &set = need(options, "options").options;
    std::string text = need_words(path, "path");
    set.path = text;
  });
}

conu_status_t conu_build_options_set_dockerfile(conu_build_options_t *options, const char *dockerfile,
                                                conu_error_t **error) {
  return guard(__func__, error, [&] {
    BuildOptions &set = need(options, "options").options;
    std::string text = need_words(dockerfile, "dockerfile");
    set.dockerfile = text;
  });
}

conu_status_t conu_build_options_add_tag(conu_build_options_t *options, const char *tag, conu_error_t **error) {
  return guard(__func__, error, [&] {
    BuildOptions &set = need(options, "options").options;
    std::string text = need_text(tag, "tag");
    ImageName name = combine(text, "");
    if (!name.reference.digest.empty())
      throw_failure(Code::invalid_argument, {"the tag ", text, " has a digest, which cannot be given to an image"});
    set.tags.push_back(text);
  });
}

conu_status_t conu_build_options_add_arg(conu_build_options_t *options, const char *name, const char *value,
                                         conu_error_t **error) {
  return guard(__func__, error, [&] {
    BuildOptions &set = need(options, "options").options;
    std::string key = need_words(name, "name");
    set.args[key] = need_text(value, "value");
  });
}

conu_status_t conu_build_options_add_label(conu_build_options_t *options, const char *name, const char *value,
                                           conu_error_t **error) {
  return guard(__func__, error, [&] {
    BuildOptions &set = need(options, "options").options;
    std::string key = need_words(name, "name");
    set.labels[key] = need_text(value, "value");
  });
}

conu_status_t conu_build_options_set_target(conu_build_options_t *options, const char *stage, conu_error_t **error) {
  return guard(__func__, error, [&] { need(options, "options").options.target = need_text(stage, "stage"); });
}

conu_status_t conu_build_options_set_platform(conu_build_options_t *options, const char *platform,
                                              conu_error_t **error) {
  return guard(__func__, error, [&] { need(options, "options").options.platform = need_platform(platform); });
}

void conu_build_options_set_no_cache(conu_build_options_t *options, bool no_cache) {
  if (options != nullptr) options->options.no_cache = no_cache;
}

void conu_build_options_set_pull(conu_build_options_t *options, bool pull) {
  if (options != nullptr) options->options.pull = pull;
}

void conu_build_options_free(conu_build_options_t *options) { delete options; }
