// Running containers, and talking to the program that runs one in the foreground.
#include "container/run_via_binary.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

static RunBuilder builder_of(const conu_run_builder_t *builder) {
  return builder != nullptr ? builder->builder : RunBuilder();
}

conu_status_t conu_image_run_via_api(conu_image_t *image, const conu_run_builder_t *builder, conu_cancel_t *cancel,
                                     conu_container_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    RunBuilder options = builder_of(builder);
    *out = new conu_container{run(asked, cancel, [&](Api &api) { return run_via_api(api, asked, options); })};
  });
}

conu_status_t conu_image_run_via_binary(conu_image_t *image, const conu_run_builder_t *builder, conu_cancel_t *cancel,
                                        conu_container_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    RunBuilder options = builder_of(builder);
    *out = new conu_container{run(asked, cancel, [&](Api &api) { return run_via_binary(api, asked, options); })};
  });
}

conu_status_t conu_image_run_via_binary_in_foreground(conu_image_t *image, const conu_run_builder_t *builder,
                                                      unsigned stdio, const char *container_name, conu_cancel_t *cancel,
                                                      conu_container_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Image &asked = need_image(image);
    check_stdio(stdio, 0);
    ProcessOptions pipes;
    pipes.pipe_in = (stdio & CONU_STDIN_PIPE) != 0;
    pipes.pipe_out = (stdio & CONU_STDOUT_PIPE) != 0;
    pipes.pipe_err = (stdio & CONU_STDERR_PIPE) != 0;
    RunBuilder options = builder_of(builder);
    std::string name = text_or_empty(container_name);
    RunningProgram running =
        run(asked, cancel, [&](Api &api) { return run_in_foreground(api, asked, options, pipes, name); });
    *out = new conu_container{running.container, std::move(running.program)};
  });
}

static Foreground &need_program(conu_container_t *container) {
  conu_container_t &asked = need(container, "container");
  if (!asked.program)
    throw_failure(Code::state, {asked.container->subject(), " was not run in the foreground by this handle"},
                  "run it by conu_image_run_via_binary_in_foreground()");
  return *asked.program;
}

conu_status_t conu_container_get_process_stream(conu_container_t *container, conu_cancel_t *cancel, conu_stream_t **out,
                                                conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Foreground &program = need_program(container);
    *out = new conu_stream{program.output(container->container->engine(), of(cancel))};
  });
}

conu_status_t conu_container_write_to_stdin(conu_container_t *container, const void *data, size_t size,
                                            int64_t timeout_ms, conu_cancel_t *cancel, size_t *written,
                                            conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(written, "written");
    need_program(container).write(need_bytes(data, size, "data"), timeout_ms, of(cancel), written);
  });
}

conu_status_t conu_container_close_stdin(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { need_program(container).close_stdin(of(cancel)); });
}

conu_status_t conu_container_wait_process(conu_container_t *container, int64_t timeout_ms, conu_cancel_t *cancel,
                                          int *exit_code, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(exit_code, "exit_code");
    *exit_code = need_program(container).wait(timeout_ms, of(cancel));
  });
}
