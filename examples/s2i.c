// Extends a builder image with source code, shows what assemble writes, and gives the new image's command.
#include <conu/conu.h>
#include <stdio.h>
#include <string.h>

static int explain(conu_error_t *error) {
  const char *hint = conu_error_get_hint(error);
  fprintf(stderr, "%s: %s%s%s\n", conu_error_get_operation(error), conu_error_get_message(error),
          hint != NULL ? "\n  hint: " : "", hint != NULL ? hint : "");
  conu_error_free(error);
  return 1;
}

static int extend(conu_image_t *builder, const char *source, const char *name, const conu_string_list_t *arguments) {
  conu_error_t *error = NULL;
  conu_progress_t *progress = NULL;
  if (conu_image_s2i_extend_progress(builder, source, name, arguments, NULL, &progress, &error) != CONU_OK)
    return explain(error);
  bool more = true;
  conu_status_t status;
  while ((status = conu_progress_next(progress, -1, NULL, &more, &error)) == CONU_OK && more)
    if (conu_progress_get_text(progress) != NULL) puts(conu_progress_get_text(progress));
  conu_image_t *made = NULL;
  if (status == CONU_OK) status = conu_progress_take_image(progress, &made, &error);
  conu_progress_free(progress);
  if (status != CONU_OK) return explain(error);
  printf("made %s\n", conu_image_get_full_name(made));
  conu_image_free(made);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc < 4) {
    fprintf(stderr, "usage: %s BUILDER                              what the builder says of its usage\n", argv[0]);
    fprintf(stderr, "       %s BUILDER SOURCE NAME [ARGUMENT...]    extends it\n", argv[0]);
    return 2;
  }
  conu_error_t *error = NULL;
  conu_image_t *builder = NULL;
  if (conu_image_new(NULL, argv[1], NULL, CONU_PULL_NEVER, NULL, &builder, &error) != CONU_OK) return explain(error);
  int result = 1;
  char *usage = NULL;
  if (argc == 2) {
    if (conu_image_s2i_usage(builder, NULL, &usage, &error) == CONU_OK)
      result = puts(usage) < 0;
    else
      explain(error);
    conu_string_free(usage);
  } else {
    conu_string_list_t *arguments = conu_string_list_new();
    for (int i = 4; i < argc && arguments != NULL; i++) conu_string_list_append(arguments, argv[i], NULL);
    result = extend(builder, argv[2], argv[3], arguments);
    conu_string_list_free(arguments);
  }
  conu_image_free(builder);
  return result;
}
