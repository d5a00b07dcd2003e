// Run builders.
#include "container/run_builder.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

static std::vector<std::string> items_of(const conu_string_list_t *list) {
  return list != nullptr ? list->items : std::vector<std::string>();
}

conu_status_t conu_run_builder_new(const conu_string_list_t *command, const conu_string_list_t *additional_opts,
                                   conu_run_builder_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_run_builder{RunBuilder(items_of(command), items_of(additional_opts))};
  });
}

conu_status_t conu_run_builder_add_option(conu_run_builder_t *builder, const char *option, conu_error_t **error) {
  return guard(__func__, error, [&] { need(builder, "builder").builder.add_option(need_text(option, "option")); });
}

conu_status_t conu_run_builder_add_argument(conu_run_builder_t *builder, const char *argument, conu_error_t **error) {
  return guard(__func__, error,
               [&] { need(builder, "builder").builder.add_argument(need_text(argument, "argument")); });
}

conu_status_t conu_run_builder_add_volume(conu_run_builder_t *builder, const char *source, const char *target,
                                          const char *mode, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need(builder, "builder")
        .builder.add_volume(need_text(source, "source"), need_text(target, "target"), text_or_empty(mode));
  });
}

conu_status_t conu_run_builder_set_binary(conu_run_builder_t *builder, const char *binary, conu_error_t **error) {
  return guard(__func__, error, [&] { need(builder, "builder").builder.set_binary(need_text(binary, "binary")); });
}

conu_status_t conu_run_builder_build(const conu_run_builder_t *builder, const char *image, conu_string_list_t **out,
                                     conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_string_list{need(builder, "builder").builder.command_line(need_text(image, "image"))};
  });
}

conu_status_t conu_run_builder_get_parameters(const conu_run_builder_t *builder, const char *image, char **out,
                                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = copied(need(builder, "builder").builder.request(need_text(image, "image")).body.dump());
  });
}

void conu_run_builder_free(conu_run_builder_t *builder) { delete builder; }
