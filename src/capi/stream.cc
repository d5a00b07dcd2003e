// Streams.
#include "container/stream.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "container/attach.h"
#include "util/text.h"

using namespace conu;

static Stream &need_stream(conu_stream_t *stream) { return *need(stream, "stream").stream; }

void conu::check_stdio(unsigned stdio, unsigned least) {
  const unsigned all = CONU_STDIN_PIPE | CONU_STDOUT_PIPE | CONU_STDERR_PIPE;
  if (stdio < least || (stdio & ~all) != 0)
    throw_failure(Code::invalid_argument, {"the argument stdio is ", decimal(stdio),
                                           ", which is no sum of CONU_STDIN_PIPE, CONU_STDOUT_PIPE and "
                                           "CONU_STDERR_PIPE"});
}

conu_status_t conu_container_attach(conu_container_t *container, unsigned stdio, conu_cancel_t *cancel,
                                    conu_stream_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ContainerPtr asked = need(container, "container").container;
    check_stdio(stdio, 1);
    AttachRequest request;
    request.with_stdin = (stdio & CONU_STDIN_PIPE) != 0;
    request.with_stdout = (stdio & CONU_STDOUT_PIPE) != 0;
    request.with_stderr = (stdio & CONU_STDERR_PIPE) != 0;
    auto open = [=](Api &api) { return open_attach_stream(api, asked, request); };
    *out = new conu_stream{std::make_unique<Stream>(asked->engine(), open, of(cancel))};
  });
}

// Gives a piece out as it is: borrowed until the next one is asked for.
static void give(const std::optional<Piece> &piece, int *channel, const void **data, size_t *size) {
  if (!piece) return;
  *channel = piece->channel;
  *data = piece->bytes.empty() ? "" : piece->bytes.data();
  *size = piece->bytes.size();
}

conu_status_t conu_stream_next(conu_stream_t *stream, int64_t timeout_ms, conu_cancel_t *cancel, int *channel,
                               const void **data, size_t *size, conu_error_t **error) {
  return guard(__func__, error, [&] {
    clear_outs(channel, data, size);
    need_out(channel, "channel");
    need_out(data, "data");
    need_out(size, "size");
    give(need_stream(stream).next(timeout_ms, of(cancel)), channel, data, size);
  });
}

conu_status_t conu_stream_next_line(conu_stream_t *stream, int64_t timeout_ms, conu_cancel_t *cancel, int *channel,
                                    const void **data, size_t *size, conu_error_t **error) {
  return guard(__func__, error, [&] {
    clear_outs(channel, data, size);
    need_out(channel, "channel");
    need_out(data, "data");
    need_out(size, "size");
    give(need_stream(stream).next_line(timeout_ms, of(cancel)), channel, data, size);
  });
}

conu_status_t conu_stream_write(conu_stream_t *stream, const void *data, size_t size, int64_t timeout_ms,
                                conu_cancel_t *cancel, size_t *written, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(written, "written");
    need_stream(stream).write(need_bytes(data, size, "data"), timeout_ms, of(cancel), written);
  });
}

conu_status_t conu_stream_close_write(conu_stream_t *stream, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { need_stream(stream).close_write(of(cancel)); });
}

conu_status_t conu_stream_resize(conu_stream_t *stream, int rows, int columns, conu_cancel_t *cancel,
                                 conu_error_t **error) {
  return guard(__func__, error, [&] {
    Stream &asked = need_stream(stream);
    const int most = 65535;
    if (rows < 1 || rows > most || columns < 1 || columns > most)
      throw_failure(Code::invalid_argument,
                    {"a terminal of ", decimal(rows), " rows and ", decimal(columns), " columns cannot be"});
    asked.resize(rows, columns, of(cancel));
  });
}

conu_status_t conu_stream_get_exit_code(conu_stream_t *stream, conu_cancel_t *cancel, int *exit_code,
                                        conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(exit_code, "exit_code");
    *exit_code = need_stream(stream).exit_code(of(cancel));
  });
}

void conu_stream_free(conu_stream_t *stream) { delete stream; }
