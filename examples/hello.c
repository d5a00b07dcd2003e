/* Hello: run a command in a container of the image that is named, and show what came of it. hello IMAGE */
#include <conu/conu.h>
#include <stdio.h>
#include <stdlib.h>

static conu_error_t *error;

static void must(conu_status_t status) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_error_get_operation(error), conu_error_get_message(error));
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  conu_image_t *image;
  conu_run_builder_t *builder;
  conu_container_t *container;
  char *logs;
  int code;
  must(conu_image_new(NULL, argv[1], NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &image, &error));
  must(conu_run_builder_new(NULL, NULL, &builder, &error));
  must(conu_run_builder_add_option(builder, "--env=KEY=value", &error));
  must(conu_run_builder_add_argument(builder, "echo", &error));
  must(conu_run_builder_add_argument(builder, "hello", &error));
  must(conu_image_run_via_api(image, builder, NULL, &container, &error));
  must(conu_container_wait(container, 30000, NULL, &code, &error));
  must(conu_container_logs_unicode(container, NULL, &logs, &error));
  printf("%sexit code %d\n", logs, code);
  must(conu_container_delete(container, true, true, NULL, &error));
  conu_string_free(logs);
  conu_container_free(container);
  conu_run_builder_free(builder);
  conu_image_free(image);
  return 0;
}
