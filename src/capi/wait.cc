// Waiting for a container to be ready.
#include "container/wait.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

static void wait_for_it(Container &asked, const Condition &condition, int64_t timeout_ms, conu_cancel_t *cancel) {
  run(asked, cancel, [&](Api &api) { return conu::wait_for(api, asked, condition, timeout_ms); });
}

conu_status_t conu_container_wait_for_port(conu_container_t *container, int port, int64_t timeout_ms,
                                           conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, port_condition(port), timeout_ms, cancel);
  });
}

conu_status_t conu_container_wait_for_log(conu_container_t *container, const char *pattern, int occurrences,
                                          int64_t timeout_ms, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, log_condition(need_text(pattern, "pattern"), occurrences), timeout_ms, cancel);
  });
}

conu_status_t conu_container_wait_for_http(conu_container_t *container, int port, const char *path, int http_status,
                                           int64_t timeout_ms, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, http_condition(port, need_text(path, "path"), http_status), timeout_ms, cancel);
  });
}

conu_status_t conu_container_wait_for_healthy(conu_container_t *container, int64_t timeout_ms, conu_cancel_t *cancel,
                                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, healthy_condition(), timeout_ms, cancel);
  });
}

conu_status_t conu_container_wait_for_status(conu_container_t *container, const char *status, int64_t timeout_ms,
                                             conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, status_condition(need_text(status, "status")), timeout_ms, cancel);
  });
}

conu_status_t conu_container_wait_for(conu_container_t *container, const conu_wait_t *wait, int64_t timeout_ms,
                                      conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    wait_for_it(asked, need(wait, "wait").condition, timeout_ms, cancel);
  });
}

static conu_wait_t *new_wait(Condition::Kind kind) {
  return make_or_null([&] {
    auto *wait = new conu_wait_t;
    wait->condition.kind = kind;
    return wait;
  });
}

conu_wait_t *conu_wait_all_of(void) { return new_wait(Condition::Kind::all); }
conu_wait_t *conu_wait_any_of(void) { return new_wait(Condition::Kind::any); }
void conu_wait_free(conu_wait_t *wait) { delete wait; }

conu_status_t conu_wait_add_port(conu_wait_t *wait, int port, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, port_condition(port));
  });
}

conu_status_t conu_wait_add_log(conu_wait_t *wait, const char *pattern, int occurrences, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, log_condition(need_text(pattern, "pattern"), occurrences));
  });
}

conu_status_t conu_wait_add_http(conu_wait_t *wait, int port, const char *path, int http_status, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, http_condition(port, need_text(path, "path"), http_status));
  });
}

conu_status_t conu_wait_add_healthy(conu_wait_t *wait, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, healthy_condition());
  });
}

conu_status_t conu_wait_add_status(conu_wait_t *wait, const char *status, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, status_condition(need_text(status, "status")));
  });
}

conu_status_t conu_wait_add_command(conu_wait_t *wait, const conu_string_list_t *command, int exit_code,
                                    conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, command_condition(need(command, "command").items, exit_code));
  });
}

conu_status_t conu_wait_add(conu_wait_t *wait, const conu_wait_t *inner, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Condition &outer = need(wait, "wait").condition;
    add_condition(&outer, need(inner, "inner").condition);
  });
}
