// Logs of containers.
#include "container/logs.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

static std::string whole_log(conu_container_t *container, conu_cancel_t *cancel) {
  Container &asked = need_container(container);
  return run(asked, cancel, [&](Api &api) { return logs(api, asked); });
}

conu_status_t conu_container_logs(conu_container_t *container, const conu_logs_options_t *options,
                                  conu_cancel_t *cancel, conu_stream_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ContainerPtr asked = need(container, "container").container;
    LogOptions set = options != nullptr ? options->options : LogOptions();
    auto open = [=](Api &api) { return open_log_stream(api, asked, set); };
    *out = new conu_stream{std::make_unique<Stream>(asked->engine(), open, of(cancel))};
  });
}

conu_status_t conu_container_logs_in_bytes(conu_container_t *container, conu_cancel_t *cancel, void **data,
                                           size_t *size, conu_error_t **error) {
  return guard(__func__, error, [&] {
    clear_outs(data, size);
    need_out(data, "data");
    need_out(size, "size");
    std::string log = whole_log(container, cancel);
    *data = copied(log);
    *size = log.size();
  });
}

conu_status_t conu_container_logs_unicode(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                          conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = copied(as_utf8(whole_log(container, cancel)));
  });
}

conu_logs_options_t *conu_logs_options_new(void) {
  return make_or_null([] { return new conu_logs_options; });
}

void conu_logs_options_set_follow(conu_logs_options_t *options, bool follow) {
  if (options != nullptr) options->options.follow = follow;
}

void conu_logs_options_set_timestamps(conu_logs_options_t *options, bool timestamps) {
  if (options != nullptr) options->options.timestamps = timestamps;
}

void conu_logs_options_set_channels(conu_logs_options_t *options, bool with_stdout, bool with_stderr) {
  if (options == nullptr) return;
  options->options.with_stdout = with_stdout;
  options->options.with_stderr = with_stderr;
}

// What is not after the epoch is no limit.
static std::optional<int64_t> time_of(int64_t unix_ms) {
  if (unix_ms <= 0) return std::nullopt;
  return unix_ms;
}

void conu_logs_options_set_since(conu_logs_options_t *options, int64_t unix_ms) {
  if (options != nullptr) options->options.since_ms = time_of(unix_ms);
}

void conu_logs_options_set_until(conu_logs_options_t *options, int64_t unix_ms) {
  if (options != nullptr) options->options.until_ms = time_of(unix_ms);
}

void conu_logs_options_set_tail(conu_logs_options_t *options, int64_t lines) {
  if (options == nullptr) return;
  options->options.tail.reset();
  if (lines >= 0) options->options.tail = lines;
}

void conu_logs_options_free(conu_logs_options_t *options) { delete options; }
