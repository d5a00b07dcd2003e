/* Quickstart: pull an image, look at it, run a command in it, show what came of it, clean up. quickstart IMAGE */
#include <conu/conu.h>
#include <inttypes.h>
#include <stdio.h>

static conu_engine_t *engine;
static conu_image_t *image;
static conu_container_t *container;

static conu_status_t pull(conu_error_t **error) {
  conu_progress_t *progress;
  conu_status_t status = conu_image_pull_progress(image, NULL, NULL, &progress, error);
  bool more = false;
  while (status == CONU_OK && (status = conu_progress_next(progress, -1, NULL, &more, error)) == CONU_OK && more) {
    const char *layer = conu_progress_get_layer(progress), *what = conu_progress_get_status(progress);
    printf("  %s %s", layer ? layer : "", what ? what : "");
    if (conu_progress_get_total(progress) > 0)
      printf(" %" PRId64 "/%" PRId64, conu_progress_get_current(progress), conu_progress_get_total(progress));
    printf("\n");
  }
  conu_progress_free(progress);
  return status;
}

static conu_status_t show(conu_error_t **error) {
  conu_metadata_t *metadata;
  conu_status_t status = conu_image_get_metadata(image, false, NULL, &metadata, error);
  if (status != CONU_OK) return status;
  const char *created = conu_metadata_get_creation_timestamp(metadata),
             *labels = conu_metadata_get_labels_json(metadata);
  printf("%s\n  id %s\n  created %s\n  labels %s\n", conu_image_get_full_name(image),
         conu_metadata_get_identifier(metadata), created ? created : "-", labels ? labels : "-");
  conu_metadata_free(metadata);
  return CONU_OK;
}

static conu_status_t run(conu_error_t **error) {
  static const char *const words[] = {"echo", "hello", "from", "C"};
  conu_run_builder_t *builder;
  conu_status_t status = conu_run_builder_new(NULL, NULL, &builder, error);
  for (size_t i = 0; status == CONU_OK && i < sizeof words / sizeof *words; i++)
    status = conu_run_builder_add_argument(builder, words[i], error);
  if (status == CONU_OK) status = conu_image_run_via_api(image, builder, NULL, &container, error);
  conu_run_builder_free(builder);
  int exit_code = 0;
  if (status == CONU_OK) status = conu_container_wait(container, 30000, NULL, &exit_code, error);
  char *logs = NULL;
  if (status == CONU_OK) status = conu_container_logs_unicode(container, NULL, &logs, error);
  if (status == CONU_OK) printf("%sexit code %d\n", logs, exit_code);
  conu_string_free(logs);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  conu_error_t *error = NULL;
  conu_status_t status = conu_engine_default(NULL, &engine, &error);
  if (status == CONU_OK) status = conu_image_new(engine, argv[1], NULL, CONU_PULL_NEVER, NULL, &image, &error);
  if (status == CONU_OK) status = pull(&error);
  if (status == CONU_OK) status = show(&error);
  if (status == CONU_OK) status = run(&error);
  if (container != NULL) {
    conu_error_t *late = NULL; /* a failure to clean up counts only if nothing else has failed */
    conu_status_t deleted = conu_container_delete(container, true, true, NULL, status == CONU_OK ? &error : &late);
    if (status == CONU_OK) status = deleted;
    conu_error_free(late);
  }
  if (status != CONU_OK) {
    const char *hint = conu_error_get_hint(error);
    fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(error));
    if (hint != NULL) fprintf(stderr, "hint: %s\n", hint);
  }
  conu_error_free(error);
  conu_container_free(container);
  conu_image_free(image);
  conu_engine_free(engine);
  return status == CONU_OK ? 0 : 1;
}
