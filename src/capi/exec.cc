// Commands that are executed in containers, and the results of commands.
#include "container/exec.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

static ExecRequest request_of(const conu_string_list_t *command, const conu_exec_options_t *options) {
  ExecRequest request;
  if (options != nullptr) request = options->request;
  request.command = need(command, "command").items;
  return request;
}

conu_status_t conu_container_execute(conu_container_t *container, const conu_string_list_t *command,
                                     const conu_exec_options_t *options, conu_cancel_t *cancel,
                                     conu_exec_result_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    ExecRequest request = request_of(command, options);
    *out = new conu_exec_result{run(asked, cancel, [&](Api &api) { return execute(api, asked, request); })};
  });
}

conu_status_t conu_container_execute_stream(conu_container_t *container, const conu_string_list_t *command,
                                            const conu_exec_options_t *options, conu_cancel_t *cancel,
                                            conu_stream_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ContainerPtr asked = need(container, "container").container;
    ExecRequest request = request_of(command, options);
    auto open = [=](Api &api) { return open_exec_stream(api, asked, request); };
    *out = new conu_stream{std::make_unique<Stream>(asked->engine(), open, of(cancel))};
  });
}

conu_exec_options_t *conu_exec_options_new(void) {
  return make_or_null([] { return new conu_exec_options; });
}

conu_status_t conu_exec_options_set_user(conu_exec_options_t *options, const char *user, conu_error_t **error) {
  return guard(__func__, error, [&] { need(options, "options").request.user = need_text(user, "user"); });
}

conu_status_t conu_exec_options_set_workdir(conu_exec_options_t *options, const char *workdir, conu_error_t **error) {
  return guard(__func__, error, [&] { need(options, "options").request.workdir = need_text(workdir, "workdir"); });
}

conu_status_t conu_exec_options_add_env(conu_exec_options_t *options, const char *name, const char *value,
                                        conu_error_t **error) {
  return guard(__func__, error, [&] {
    ExecRequest &request = need(options, "options").request;
    std::string variable = need_text(name, "name"), text = need_text(value, "value");
    if (variable.empty() || variable.find('=') != variable.npos)
      throw_failure(Code::invalid_argument, {"the argument name, \"", variable, "\", is not the name of a variable"});
    request.environment.push_back(concat(variable, "=", text));
  });
}

conu_status_t conu_exec_options_set_stdin(conu_exec_options_t *options, const void *data, size_t size,
                                          conu_error_t **error) {
  return guard(__func__, error, [&] {
    ExecRequest &request = need(options, "options").request;
    request.input = std::string(need_bytes(data, size, "data"));
  });
}

void conu_exec_options_set_tty(conu_exec_options_t *options, bool tty) {
  if (options != nullptr) options->request.tty = tty;
}

void conu_exec_options_set_privileged(conu_exec_options_t *options, bool privileged) {
  if (options != nullptr) options->request.privileged = privileged;
}

void conu_exec_options_set_timeout(conu_exec_options_t *options, int64_t timeout_ms) {
  if (options != nullptr) options->request.timeout_ms = timeout_ms;
}

void conu_exec_options_free(conu_exec_options_t *options) { delete options; }

static const void *bytes_of(const std::string &bytes, size_t *size) {
  if (size != nullptr) *size = bytes.size();
  return bytes.data();
}

static const void *no_bytes(size_t *size) {
  if (size != nullptr) *size = 0;
  return nullptr;
}

int conu_exec_result_get_exit_code(const conu_exec_result_t *result) {
  return result != nullptr ? result->result.exit_code : 0;
}

const void *conu_exec_result_get_stdout(const conu_exec_result_t *result, size_t *size) {
  return result != nullptr ? bytes_of(result->result.out, size) : no_bytes(size);
}

const void *conu_exec_result_get_stderr(const conu_exec_result_t *result, size_t *size) {
  return result != nullptr ? bytes_of(result->result.err, size) : no_bytes(size);
}

void conu_exec_result_free(conu_exec_result_t *result) { delete result; }
