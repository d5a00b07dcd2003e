/* Source-to-image: extend an image with a website whose scripts come along, serve it, ask it, clean up. s2i IMAGE */
#include <conu/conu.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static conu_directory_t *source;
static conu_image_t *image;
static conu_container_t *container;
static conu_error_t *error;

static void clean_up(void) {
  if (container != NULL) conu_container_delete(container, true, true, NULL, NULL);
  if (image != NULL) conu_image_rmi(image, true, false, NULL, NULL);
  conu_container_free(container);
  conu_image_free(image);
  conu_directory_free(source);
}

/* Ends the program at the first failure, and leaves nothing behind. */
static void must(conu_status_t status) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(error));
  if (conu_error_get_hint(error) != NULL) fprintf(stderr, "hint: %s\n", conu_error_get_hint(error));
  conu_error_free(error);
  clean_up();
  exit(1);
}

static char *in_source(const char *name) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", conu_directory_get_path(source), name);
  return path;
}

static void write_file(const char *name, const char *content) {
  FILE *file = fopen(in_source(name), "w");
  if (file == NULL || fputs(content, file) < 0 || fclose(file) != 0) {
    perror(name);
    clean_up();
    exit(1);
  }
}

static void write_website(void) {
  must(conu_directory_new(NULL, NULL, &source, &error));
  mkdir(in_source(".s2i"), 0755);
  mkdir(in_source(".s2i/bin"), 0755);
  write_file("index.html", "hello from the source\n");
  write_file(".s2i/bin/assemble", "#!/bin/sh\necho assembling\nmkdir -p /srv && cp /tmp/src/index.html /srv\n");
  write_file(".s2i/bin/run", "#!/bin/sh\nexec httpd -f -p 8080 -h /srv\n");
}

static void extend(const char *name) {
  static const char *const options[] = {"-e", "GREETING=hello", "--description=a website"};
  conu_string_list_t *args = conu_string_list_new();
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) must(conu_string_list_append(args, options[i], &error));
  conu_image_t *builder;
  conu_progress_t *progress;
  bool more;
  must(conu_image_new(NULL, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &builder, &error));
  must(conu_image_s2i_extend_progress(builder, conu_directory_get_path(source), "localhost/conu-example:c", args, NULL,
                                      &progress, &error));
  for (;;) {
    must(conu_progress_next(progress, -1, NULL, &more, &error));
    if (!more) break;
    printf("%s\n", conu_progress_get_text(progress));
  }
  must(conu_progress_take_image(progress, &image, &error));
  conu_progress_free(progress);
  conu_image_free(builder);
  conu_string_list_free(args);
  printf("made %s\n", conu_image_get_full_name(image));
}

static void serve(void) {
  conu_http_response_t *response;
  size_t size;
  must(conu_image_run_via_api(image, NULL, NULL, &container, &error));
  must(conu_container_wait_for_port(container, 8080, 10000, NULL, &error));
  must(conu_container_http_request(container, "GET", "/index.html", 8080, NULL, 0, NULL, &response, &error));
  const char *body = conu_http_response_get_body(response, &size);
  printf("answered %.*s", (int)size, body);
  conu_http_response_free(response);
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  write_website();
  extend(argv[1]);
  serve();
  clean_up();
  return 0;
}
