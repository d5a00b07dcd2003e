// Reading streams.
#include "streams.h"

static void free_stream(void *stream) { conu_stream_free(stream); }
static void free_logs_options(void *options) { conu_logs_options_free(options); }
static void free_exec_options(void *options) { conu_exec_options_free(options); }
static void free_result(void *result) { conu_exec_result_free(result); }

conu_stream_t *kept_stream(conu_stream_t *stream) {
  assert_non_null(stream);
  put_off(free_stream, stream);
  return stream;
}

conu_logs_options_t *log_options(void) {
  conu_logs_options_t *options = conu_logs_options_new();
  assert_non_null(options);
  put_off(free_logs_options, options);
  return options;
}

conu_exec_options_t *exec_options(void) {
  conu_exec_options_t *options = conu_exec_options_new();
  assert_non_null(options);
  put_off(free_exec_options, options);
  return options;
}

conu_stream_t *log_of(conu_container_t *container, conu_logs_options_t *options) {
  conu_stream_t *stream;
  ok(conu_container_logs(container, options, NULL, &stream, &error));
  return kept_stream(stream);
}

char *next_line(conu_stream_t *stream) {
  int channel;
  const void *data;
  size_t size;
  ok(conu_stream_next_line(stream, 20000, NULL, &channel, &data, &size, &error));
  if (data == NULL) return NULL;
  return text("%d:%.*s", channel, (int)size, (const char *)data);
}

char *all_lines(conu_stream_t *stream) {
  char *all = text("%s", "");
  for (char *line = next_line(stream); line != NULL; line = next_line(stream))
    all = text("%s%s%s", all, *all != '\0' ? " " : "", line);
  return all;
}

bool is_silent(conu_stream_t *stream, int64_t timeout_ms) {
  int channel;
  const void *data;
  size_t size;
  conu_status_t status = conu_stream_next(stream, timeout_ms, NULL, &channel, &data, &size, NULL);
  assert_null(data);
  return status == CONU_ERROR_TIMEOUT;
}

static void free_bytes(void *bytes) { free(bytes); }

struct bytes all_bytes(conu_stream_t *stream, int channel) {
  struct bytes all = {NULL, 0};
  size_t room = 0;
  for (;;) {
    int of;
    const void *data;
    size_t size;
    ok(conu_stream_next(stream, 20000, NULL, &of, &data, &size, &error));
    if (data == NULL) break;
    assert_true(size > 0);
    if (of != channel) continue;
    if (all.size + size + 1 > room) all.data = realloc(all.data, room = 2 * (all.size + size) + 1);
    assert_non_null(all.data);
    memcpy(all.data + all.size, data, size);
    all.size += size;
  }
  if (all.data == NULL) all.data = calloc(1, 1);
  all.data[all.size] = '\0';
  put_off(free_bytes, all.data);
  return all;
}

void write_text(conu_stream_t *stream, const char *bytes) {
  size_t written;
  ok(conu_stream_write(stream, bytes, strlen(bytes), 10000, NULL, &written, &error));
  assert_int_equal(written, strlen(bytes));
}

// Its input ends with the stream that was attached, and it may be about to end when it is removed.
static void remove_ending(void *container) { ok(conu_container_delete(container, true, true, NULL, &error)); }

conu_container_t *by_docker(const char *options, const char *script) {
  const char *docker = text("docker --host %s", setting("CONU_HOST"));
  char *id = shell("%s create %s %s sh -c '%s'", docker, options, setting("CONU_TEST_IMAGE"), script);
  id[strcspn(id, "\n")] = '\0';
  conu_container_t *container;
  ok(conu_container_from_id(engine, id, NULL, &container, &error));
  kept_container(container);
  put_off(remove_ending, container);
  shell("%s start %s", docker, id);
  return container;
}

conu_string_list_t *in_shell(const char *script) {
  conu_string_list_t *command = words("sh -c");
  ok(conu_string_list_append(command, script, &error));
  return command;
}

conu_exec_result_t *executed(conu_container_t *container, conu_exec_options_t *options, const char *script) {
  conu_exec_result_t *result;
  ok(conu_container_execute(container, in_shell(script), options, NULL, &result, &error));
  put_off(free_result, result);
  return result;
}

const char *output_of(const conu_exec_result_t *result) {
  size_t size;
  const char *bytes = conu_exec_result_get_stdout(result, &size);
  return text("%.*s", (int)size, bytes);
}

const char *errors_of(const conu_exec_result_t *result) {
  size_t size;
  const char *bytes = conu_exec_result_get_stderr(result, &size);
  return text("%.*s", (int)size, bytes);
}

long peak_memory(void) {
  char line[200];
  long kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "re");
  assert_non_null(status);
  while (fgets(line, sizeof line, status) != NULL)
    if (sscanf(line, "VmHWM: %ld kB", &kilobytes) == 1) break;
  fclose(status);
  return kilobytes;
}
