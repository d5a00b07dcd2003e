/* Source-to-image with libconu. */
#include <conu/conu.h>

#include "client.h"

static void check(conu_status_t status, conu_error_t **error) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(*error));
  exit(1);
}

static void extend(void) {
  static conu_image_t *builder;
  conu_error_t *error;
  conu_image_t *made;
  if (builder == NULL)
    check(conu_image_new(NULL, setting("BENCH_IMAGE"), NULL, CONU_PULL_NEVER, NULL, &builder, &error), &error);
  check(conu_image_s2i_extend(builder, setting("BENCH_SOURCE"), "conu/extended:1", NULL, NULL, &made, &error), &error);
  conu_image_free(made);
}

int main(void) { return serve((struct action[]){{"extend", extend}, {NULL, NULL}}); }
