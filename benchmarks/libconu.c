/* The same with libconu. With the argument "cancel" each call is given a cancel object; with "field" an inspect parses
   the document and reads a field of it. */
#include <conu/conu.h>

#include "client.h"

static conu_engine_t *engine;
static conu_cancel_t *cancel;
static int reads_field;

static void check(conu_status_t status, conu_error_t **error) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(*error));
  exit(1);
}

static conu_engine_t *the_engine(void) {
  conu_error_t *error;
  if (engine == NULL) check(conu_engine_default(cancel, &engine, &error), &error);
  return engine;
}

static conu_image_t *image_of(const char *name) {
  conu_error_t *error;
  conu_image_t *image;
  check(conu_image_new(the_engine(), name, NULL, CONU_PULL_NEVER, cancel, &image, &error), &error);
  return image;
}

static void ping(void) {
  conu_error_t *error;
  check(conu_engine_ping(the_engine(), cancel, &error), &error);
}

static void inspect(void) {
  static conu_image_t *image;
  conu_error_t *error;
  if (image == NULL) image = image_of(setting("BENCH_IMAGE"));
  if (reads_field) {
    conu_metadata_t *metadata;
    check(conu_image_get_metadata(image, true, cancel, &metadata, &error), &error);
    if (conu_metadata_get_identifier(metadata) == NULL) exit(1);
    conu_metadata_free(metadata);
  } else {
    char *document;
    check(conu_image_inspect(image, true, cancel, &document, &error), &error);
    conu_string_free(document);
  }
}

static void pull(void) {
  conu_error_t *error;
  conu_image_t *image = image_of(setting("BENCH_BIG_IMAGE"));
  conu_progress_t *progress;
  check(conu_image_pull_progress(image, NULL, cancel, &progress, &error), &error);
  int64_t bytes = 0;
  for (bool more = true; more; bytes += conu_progress_get_current(progress))
    check(conu_progress_next(progress, -1, cancel, &more, &error), &error);
  conu_progress_free(progress);
  conu_image_free(image);
  if (bytes == 0) exit(1); /* no progress was seen */
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "cancel") == 0) cancel = conu_cancel_new();
  reads_field = argc > 1 && strcmp(argv[1], "field") == 0;
  return serve((struct action[]){{"ping", ping}, {"inspect", inspect}, {"pull", pull}, {NULL, NULL}});
}
