/* Containers: run a service, wait until it is ready, ask it, run a command in it, copy a file in and out, clean up.
   containers IMAGE */
#include <conu/conu.h>
#include <stdio.h>
#include <stdlib.h>

static const char script[] = "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www";

static conu_container_t *container;
static conu_error_t *error;

/* Ends the program at the first failure, and leaves no container behind. */
static void must(conu_status_t status) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(error));
  if (conu_error_get_hint(error) != NULL) fprintf(stderr, "hint: %s\n", conu_error_get_hint(error));
  conu_error_free(error);
  if (container != NULL) conu_container_delete(container, true, true, NULL, NULL);
  exit(1);
}

static conu_string_list_t *words(const char *first, const char *second, const char *third) {
  conu_string_list_t *list = conu_string_list_new();
  must(conu_string_list_append(list, first, &error));
  must(conu_string_list_append(list, second, &error));
  must(conu_string_list_append(list, third, &error));
  return list;
}

static void start(const char *name) {
  conu_image_t *image;
  conu_run_builder_t *builder;
  conu_string_list_t *command = words("sh", "-c", script);
  must(conu_image_new(NULL, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &image, &error));
  must(conu_run_builder_new(command, NULL, &builder, &error));
  must(conu_image_run_via_api(image, builder, NULL, &container, &error));
  conu_run_builder_free(builder);
  conu_string_list_free(command);
  conu_image_free(image);
}

static void wait_until_ready(void) {
  conu_wait_t *ready = conu_wait_all_of();
  must(conu_wait_add_log(ready, "ready", 1, &error));
  must(conu_wait_add_port(ready, 8080, &error));
  must(conu_container_wait_for(container, ready, 30000, NULL, &error));
  conu_wait_free(ready);
}

static void ask(const char *path, const char *introduction) {
  conu_http_response_t *response;
  size_t size;
  must(conu_container_http_request(container, "GET", path, 8080, NULL, 0, NULL, &response, &error));
  const char *body = conu_http_response_get_body(response, &size);
  printf("%s %d, %.*s", introduction, conu_http_response_get_status(response), (int)size, body);
  conu_http_response_free(response);
}

static void execute(void) {
  conu_exec_result_t *result;
  conu_string_list_t *command = words("sh", "-c", "wc -c < /www/index.html");
  size_t size;
  must(conu_container_execute(container, command, NULL, NULL, &result, &error));
  const char *output = conu_exec_result_get_stdout(result, &size);
  printf("its page has %.*s bytes, exit code %d\n", (int)size - 1, output, conu_exec_result_get_exit_code(result));
  conu_exec_result_free(result);
  conu_string_list_free(command);
}

static void copy_out_and_in(void) {
  conu_directory_options_t *options = conu_directory_options_new();
  conu_directory_t *folder;
  char path[4096];
  must(conu_directory_new(options, NULL, &folder, &error));
  snprintf(path, sizeof path, "%s/page", conu_directory_get_path(folder));
  must(conu_container_copy_from(container, "/www/index.html", path, NULL, &error));
  must(conu_container_copy_to(container, path, "/www/copy.html", NULL, &error));
  must(conu_directory_remove(folder, NULL, &error));
  conu_directory_free(folder);
  conu_directory_options_free(options);
}

static void show_log(void) {
  conu_stream_t *log;
  const void *line;
  size_t size;
  int channel;
  must(conu_container_logs(container, NULL, NULL, &log, &error));
  for (;;) {
    must(conu_stream_next_line(log, 30000, NULL, &channel, &line, &size, &error));
    if (line == NULL) break;
    printf("its log: %.*s\n", (int)size, (const char *)line);
  }
  conu_stream_free(log);
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  start(argv[1]);
  wait_until_ready();
  ask("/index.html", "the service says");
  execute();
  copy_out_and_in();
  ask("/copy.html", "and its copy");
  show_log();
  must(conu_container_delete(container, true, true, NULL, &error));
  conu_container_free(container);
  return 0;
}
