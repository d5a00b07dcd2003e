/* The same with libconu. "lifecycles" is 32 of them at once, from 32 threads on one engine. */
#include <conu/conu.h>
#include <pthread.h>

#include "client.h"

static conu_engine_t *engine;

static void check(conu_status_t status, conu_error_t **error) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(*error));
  exit(1);
}

static conu_container_t *container_of(const char *variable) {
  conu_error_t *error;
  conu_container_t *container;
  check(conu_container_from_id(engine, setting(variable), NULL, &container, &error), &error);
  return container;
}

static void *run_lifecycle(void *unused) {
  conu_error_t *error;
  conu_image_t *image;
  conu_container_t *container;
  conu_run_builder_t *builder;
  conu_string_list_t *command = conu_string_list_new();
  void *log;
  size_t size;
  int exit_code;
  check(conu_string_list_append(command, "true", &error), &error);
  check(conu_run_builder_new(command, NULL, &builder, &error), &error);
  check(conu_image_new(engine, setting("BENCH_IMAGE"), NULL, CONU_PULL_NEVER, NULL, &image, &error), &error);
  check(conu_image_run_via_api(image, builder, NULL, &container, &error), &error);
  check(conu_container_wait(container, -1, NULL, &exit_code, &error), &error);
  check(conu_container_logs_in_bytes(container, NULL, &log, &size, &error), &error);
  check(conu_container_delete(container, false, false, NULL, &error), &error);
  conu_bytes_free(log);
  conu_container_free(container);
  conu_image_free(image);
  conu_run_builder_free(builder);
  conu_string_list_free(command);
  return unused;
}

static void lifecycle(void) { run_lifecycle(NULL); }

static void lifecycles(void) {
  pthread_t threads[32];
  for (int i = 0; i < 32; i++)
    if (pthread_create(&threads[i], NULL, run_lifecycle, NULL) != 0) exit(1);
  for (int i = 0; i < 32; i++) pthread_join(threads[i], NULL);
}

static void logs(void) {
  conu_error_t *error;
  conu_container_t *container = container_of("BENCH_LOG_CONTAINER");
  conu_stream_t *stream;
  const void *data;
  size_t size, total = 0;
  int channel;
  check(conu_container_logs(container, NULL, NULL, &stream, &error), &error);
  do {
    check(conu_stream_next(stream, -1, NULL, &channel, &data, &size, &error), &error);
    total += size;
  } while (data != NULL);
  conu_stream_free(stream);
  conu_container_free(container);
  if (total == 0) exit(1); /* no log was seen */
}

static void copy_to(void) {
  conu_error_t *error;
  conu_container_t *container = container_of("BENCH_COPY_CONTAINER");
  check(conu_container_copy_to(container, setting("BENCH_COPY_FILE"), "/big", NULL, &error), &error);
  conu_container_free(container);
}

static void copy_from(void) {
  conu_error_t *error;
  conu_container_t *container = container_of("BENCH_COPY_CONTAINER");
  remove(setting("BENCH_COPY_TARGET"));
  check(conu_container_copy_from(container, "/big", setting("BENCH_COPY_TARGET"), NULL, &error), &error);
  conu_container_free(container);
}

static void echo(void) {
  static conu_stream_t *stream;
  conu_error_t *error;
  const void *data;
  size_t size, written;
  int channel;
  if (stream == NULL) {
    conu_container_t *container = container_of("BENCH_ECHO_CONTAINER");
    unsigned all = CONU_STDIN_PIPE | CONU_STDOUT_PIPE | CONU_STDERR_PIPE;
    check(conu_container_attach(container, all, NULL, &stream, &error), &error);
    conu_container_free(container);
  }
  check(conu_stream_write(stream, "0123456789abcde\n", 16, -1, NULL, &written, &error), &error);
  for (size_t got = 0; got < 16; got += size) {
    check(conu_stream_next(stream, -1, NULL, &channel, &data, &size, &error), &error);
    if (data == NULL) exit(1);
  }
}

int main(void) {
  conu_error_t *error;
  check(conu_engine_default(NULL, &engine, &error), &error);
  return serve((struct action[]){{"lifecycle", lifecycle},
                                 {"lifecycles", lifecycles},
                                 {"logs", logs},
                                 {"copy_to", copy_to},
                                 {"copy_from", copy_from},
                                 {"echo", echo},
                                 {NULL, NULL}});
}
