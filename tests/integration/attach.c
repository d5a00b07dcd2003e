// Attaching to containers: output, input and its end, terminals, and what goes wrong.
#include "streams.h"

static conu_stream_t *attached(conu_container_t *container, unsigned stdio) {
  conu_stream_t *stream;
  ok(conu_container_attach(container, stdio, NULL, &stream, &error));
  return kept_stream(stream);
}

static const unsigned all = CONU_STDIN_PIPE | CONU_STDOUT_PIPE | CONU_STDERR_PIPE;

static void input_is_echoed_line_by_line(void **state) {
  (void)state;
  conu_stream_t *stream = attached(by_docker("-i", "cat"), all);
  for (int i = 0; i < 20; i++) {
    write_text(stream, text("line %d\n", i));
    assert_string_equal(next_line(stream), text("1:line %d", i));
  }
}

static void the_end_of_the_input_is_not_the_end_of_the_output(void **state) {
  (void)state;
  conu_container_t *container = by_docker("-i", "cat; sleep 0.3; echo out; echo err >&2; exit 9");
  conu_stream_t *stream = attached(container, all);
  write_text(stream, "first");
  ok(conu_stream_close_write(stream, NULL, &error));
  char *lines = all_lines(stream);
  contains(lines, "1:firstout");
  contains(lines, "2:err");
  assert_int_equal(waited(container), 9);
}

static void only_what_was_asked_for_is_attached(void **state) {
  (void)state;
  const char *script = "while true; do echo out; echo err >&2; sleep 0.1; done";
  conu_container_t *container = run("", script);
  conu_stream_t *out = attached(container, CONU_STDOUT_PIPE), *err = attached(container, CONU_STDERR_PIPE);
  for (int i = 0; i < 3; i++) {
    assert_string_equal(next_line(out), "1:out");
    assert_string_equal(next_line(err), "2:err");
  }
  size_t written;
  fails(CONU_ERROR_STATE, conu_stream_write(out, "x", 1, -1, NULL, &written, &error), "takes no input");
  fails(CONU_ERROR_STATE, conu_stream_close_write(out, NULL, &error), "takes no input");
}

static void the_end_of_the_container_is_the_end_of_the_stream(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 0.5; printf 'last words'");
  conu_stream_t *stream = attached(container, CONU_STDOUT_PIPE | CONU_STDERR_PIPE);
  assert_string_equal(all_lines(stream), "1:last words");
  int exit_code;
  fails(CONU_ERROR_STATE, conu_stream_get_exit_code(stream, NULL, &exit_code, &error), "no exit code");
}

static void megabytes_go_in_and_come_out_untouched(void **state) {
  (void)state;
  const size_t size = 4 << 20, part = 64 << 10;
  char *input = malloc(size);
  for (size_t i = 0; i < size; i++) input[i] = (char)(i * 31 >> 3);
  conu_stream_t *stream = attached(by_docker("-i", "cat"), CONU_STDIN_PIPE | CONU_STDOUT_PIPE);
  size_t sent = 0, got = 0;
  while (got < size) {
    size_t written = 0, room = size - sent < part ? size - sent : part;
    conu_status_t status = conu_stream_write(stream, input + sent, room, 20, NULL, &written, NULL);
    assert_true(status == CONU_OK || status == CONU_ERROR_TIMEOUT);
    sent += written;
    for (;;) {
      int channel;
      const void *data;
      size_t piece;
      status = conu_stream_next(stream, sent == size ? 5000 : 5, NULL, &channel, &data, &piece, NULL);
      if (status == CONU_ERROR_TIMEOUT) break;
      assert_int_equal(status, CONU_OK);
      assert_int_equal(channel, CONU_CHANNEL_STDOUT);
      assert_true(got + piece <= size);
      assert_memory_equal(data, input + got, piece);
      got += piece;
      if (got == size) break;
    }
  }
  free(input);
}

static void a_terminal_is_attached_and_resized(void **state) {
  (void)state;
  conu_container_t *container = by_docker("-i -t", "stty -echo; while read word; do stty size; done");
  conu_stream_t *stream = attached(container, all);
  sleep_ms(200);
  ok(conu_stream_resize(stream, 31, 71, NULL, &error));
  write_text(stream, "x\n");
  char *line = next_line(stream);
  while (strcmp(line, "1:31 71") != 0) line = next_line(stream);
}

static void what_has_no_terminal_is_not_resized(void **state) {
  (void)state;
  conu_stream_t *stream = attached(run("", "sleep 60"), CONU_STDOUT_PIPE);
  fails(CONU_ERROR_STATE, conu_stream_resize(stream, 24, 80, NULL, &error), "no terminal");
}

static void an_input_that_is_not_open_is_refused(void **state) {
  (void)state;
  conu_stream_t *stream;
  fails(CONU_ERROR_STATE, conu_container_attach(run("", "sleep 60"), all, NULL, &stream, &error),
        "no open standard input");
  hints("--interactive");
}

static void nothing_is_written_behind_the_end_of_the_input(void **state) {
  (void)state;
  conu_container_t *container = by_docker("-i", "cat; sleep 0.3; echo done");
  conu_stream_t *stream = attached(container, all);
  ok(conu_stream_close_write(stream, NULL, &error));
  size_t written;
  fails(CONU_ERROR_STATE, conu_stream_write(stream, "x", 1, 5000, NULL, &written, &error), "was closed before");
  says(conu_container_get_name(container));
  assert_string_equal(all_lines(stream), "1:done");
  stream = attached(by_docker("-i", "sleep 0.5"), all);
  assert_string_equal(all_lines(stream), "");
  fails(CONU_ERROR_UNREACHABLE, conu_stream_write(stream, "x", 1, 5000, NULL, &written, &error), "it has ended");
}

static void a_container_that_does_not_run_is_not_attached_to(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  waited(container);
  conu_stream_t *stream;
  fails(CONU_ERROR_STATE, conu_container_attach(container, CONU_STDOUT_PIPE, NULL, &stream, &error), "it is exited");
  ok(conu_container_delete(container, true, true, NULL, &error));
  fails(CONU_ERROR_NOT_FOUND, conu_container_attach(container, CONU_STDOUT_PIPE, NULL, &stream, &error), "");
}

static void a_paused_container_is_not_attached_to(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 60");
  ask("POST", text("/containers/%s/pause", conu_container_get_id(container)));
  conu_stream_t *stream;
  fails(CONU_ERROR_STATE, conu_container_attach(container, CONU_STDOUT_PIPE, NULL, &stream, &error), "it is paused");
  hints("unpause");
  ask("POST", text("/containers/%s/unpause", conu_container_get_id(container)));
}

static void a_mask_of_nothing_or_of_the_unknown_is_refused(void **state) {
  (void)state;
  conu_container_t *container = run("", "sleep 60");
  conu_stream_t *stream;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_attach(container, 0, NULL, &stream, &error), "stdio");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_attach(container, 8, NULL, &stream, &error), "stdio");
}

static void an_engine_that_is_killed_under_it_is_an_error_and_no_end(void **state) {
  (void)state;
  if (on_podman()) return;  // its containers' streams do not pass through the service alone
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE"));
  ok(conu_image_pull(image, NULL, NULL, &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("--stop-signal KILL", "sleep 60"), NULL, &container, &error));
  conu_stream_t *stream = attached(container, CONU_STDOUT_PIPE);
  kill_spare(spare);
  int channel;
  const void *data;
  size_t size;
  fails(CONU_ERROR_UNREACHABLE, conu_stream_next(stream, 10000, NULL, &channel, &data, &size, &error), spare->url);
  start_spare(spare);
  ok(conu_container_delete(container, true, true, NULL, &error));
  conu_container_free(container);
}

struct end {
  conu_stream_t *stream;
  size_t bytes;
};

static void write_much(void *argument) {
  struct end *end = argument;
  char block[10000] = {0};
  for (int i = 0; i < 300; i++) {
    size_t written = 0;
    if (conu_stream_write(end->stream, block, sizeof block, 20000, NULL, &written, NULL) != CONU_OK) break;
    end->bytes += written;
  }
  conu_stream_close_write(end->stream, NULL, NULL);
}

static void one_thread_writes_while_another_one_reads(void **state) {
  (void)state;
  struct end writer = {attached(by_docker("-i", "cat"), CONU_STDIN_PIPE | CONU_STDOUT_PIPE), 0};
  struct thread *thread = in_thread(write_much, &writer);
  size_t got = all_bytes(writer.stream, CONU_CHANNEL_STDOUT).size;
  join(thread);
  assert_int_equal(writer.bytes, 3000000);
  assert_int_equal(got, 3000000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(input_is_echoed_line_by_line),
      TEST(the_end_of_the_input_is_not_the_end_of_the_output),
      TEST(only_what_was_asked_for_is_attached),
      TEST(the_end_of_the_container_is_the_end_of_the_stream),
      TEST(megabytes_go_in_and_come_out_untouched),
      TEST(a_terminal_is_attached_and_resized),
      TEST(what_has_no_terminal_is_not_resized),
      TEST(an_input_that_is_not_open_is_refused),
      TEST(nothing_is_written_behind_the_end_of_the_input),
      TEST(a_container_that_does_not_run_is_not_attached_to),
      TEST(a_paused_container_is_not_attached_to),
      TEST(a_mask_of_nothing_or_of_the_unknown_is_refused),
      TEST(an_engine_that_is_killed_under_it_is_an_error_and_no_end),
      TEST(one_thread_writes_while_another_one_reads),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
