/* The same with libconu: an image mounted by the way that it chooses, or extracted; "presence" asks 100,000 times. */
#include <conu/conu.h>

#include "client.h"

static conu_filesystem_t *filesystems[1000]; /* what is mounted, to be unmounted by another action */
static int mounted;

static void check(conu_status_t status, conu_error_t **error) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(*error));
  exit(1);
}

static conu_image_t *opened(void) {
  conu_error_t *error;
  conu_image_t *image;
  check(conu_image_new(NULL, setting("BENCH_IMAGE"), NULL, CONU_PULL_NEVER, NULL, &image, &error), &error);
  return image;
}

static void mount_by(const char *method, conu_image_t *image) {
  conu_error_t *error;
  conu_mount_options_t *options = conu_mount_options_new();
  if (method != NULL) check(conu_mount_options_set_method(options, method, &error), &error);
  check(conu_image_mount(image, NULL, options, NULL, &filesystems[mounted], &error), &error);
  mounted++;
  conu_mount_options_free(options);
}

static void read_from_last(void) {
  conu_error_t *error;
  void *data;
  size_t size;
  check(conu_filesystem_read_file(filesystems[mounted - 1], setting("BENCH_FILE"), NULL, &data, &size, &error), &error);
  conu_bytes_free(data);
  if (size == 0) exit(1); /* no file was read */
}

static void mount_and_read(void) {
  static conu_image_t *image; /* of which the engine is asked at the first mount */
  if (image == NULL) image = opened();
  mount_by(NULL, image);
  read_from_last();
}

static void mount_anew(void) {
  conu_image_t *image = opened();
  mount_by(NULL, image);
  conu_image_free(image);
  read_from_last();
}

static void extract(void) {
  conu_image_t *image = opened();
  mount_by("extract", image);
  conu_image_free(image);
}

static void unmount(void) {
  conu_error_t *error;
  while (mounted > 0) {
    mounted--;
    check(conu_filesystem_unmount(filesystems[mounted], NULL, &error), &error);
    conu_filesystem_free(filesystems[mounted]);
  }
}

/* One file of a container, by its archive. */
static void fetch(void) {
  static conu_container_t *container;
  conu_error_t *error;
  if (container == NULL) {
    conu_engine_t *engine;
    check(conu_engine_default(NULL, &engine, &error), &error);
    check(conu_container_from_id(engine, setting("BENCH_CONTAINER"), NULL, &container, &error), &error);
  }
  check(conu_container_copy_from(container, setting("BENCH_FILE"), setting("BENCH_FETCHED"), NULL, &error), &error);
}

/* On what was mounted last. */
static void presence(void) {
  conu_error_t *error;
  for (int i = 0; i < 100000; i++) {
    bool present;
    check(conu_filesystem_file_is_present(filesystems[mounted - 1], setting("BENCH_FILE"), NULL, &present, &error),
          &error);
    if (!present) exit(1);
  }
}

int main(void) {
  return serve((struct action[]){{"mount", mount_and_read},
                                 {"mount-anew", mount_anew},
                                 {"extract", extract},
                                 {"unmount", unmount},
                                 {"fetch", fetch},
                                 {"presence", presence},
                                 {NULL, NULL}});
}
