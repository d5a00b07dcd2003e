// Containers.
#include "container/container.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

static Container &need_container(conu_container_t *container) { return *need(container, "container").container; }

void conu_container_free(conu_container_t *container) { delete container; }

const char *conu_container_get_id(const conu_container_t *container) {
  return container != nullptr ? container->container->id().c_str() : nullptr;
}

const char *conu_container_get_name(const conu_container_t *container) {
  return container != nullptr ? container->container->name().c_str() : nullptr;
}

conu_status_t conu_container_is_running(conu_container_t *container, conu_cancel_t *cancel, bool *out,
                                        conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = run(asked, cancel, [&](Api &api) { return is_running(api, asked); });
  });
}

conu_status_t conu_container_exit_code(conu_container_t *container, conu_cancel_t *cancel, int *code,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(code, "exit_code");
    Container &asked = need_container(container);
    *code = run(asked, cancel, [&](Api &api) { return exit_code(api, asked); });
  });
}

conu_status_t conu_container_stop(conu_container_t *container, int64_t grace_ms, conu_cancel_t *cancel,
                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return stop(api, asked, grace_ms); });
  });
}

conu_status_t conu_container_kill(conu_container_t *container, const char *signal, conu_cancel_t *cancel,
                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    std::string name = signal != nullptr ? signal : "KILL";
    if (name.empty()) throw Failure(Code::invalid_argument, "the argument signal is empty");
    run(asked, cancel, [&](Api &api) { return conu::kill(api, asked, name); });
  });
}

conu_status_t conu_container_delete(conu_container_t *container, bool force, bool volumes, conu_cancel_t *cancel,
                                    conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return remove_container(api, asked.id(), asked.subject(), force, volumes); });
  });
}

conu_status_t conu_container_wait(conu_container_t *container, int64_t timeout_ms, conu_cancel_t *cancel,
                                  int *exit_code, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(exit_code, "exit_code");
    Container &asked = need_container(container);
    *exit_code = run(asked, cancel, [&](Api &api) { return conu::wait(api, asked, timeout_ms); });
  });
}

conu_status_t conu_container_logs_unicode(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                          conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = copied(as_utf8(run(asked, cancel, [&](Api &api) { return logs(api, asked); })));
  });
}
