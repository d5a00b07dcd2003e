// Containers.
#include "container/container.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "container/commit.h"
#include "container/lifecycle.h"
#include "container/report.h"
#include "container/state.h"
#include "session/cleanup.h"
#include "util/text.h"

using namespace conu;

conu_status_t conu_container_from_id(conu_engine_t *engine, const char *id_or_name, conu_cancel_t *cancel,
                                     conu_container_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    std::string text = need_text(id_or_name, "id_or_name");
    auto found = engine_of(engine, cancel);
    *out = new conu_container{found->run(of(cancel), [&](Api &api) { return container_from_id(api, found, text); })};
  });
}

void conu_container_free(conu_container_t *container) { delete container; }

const char *conu_container_get_id(const conu_container_t *container) {
  return container != nullptr ? container->container->id().c_str() : nullptr;
}

const char *conu_container_get_name(const conu_container_t *container) {
  return container != nullptr ? container->container->name().c_str() : nullptr;
}

// --- state -----------------------------------------------------------------------------------------------------------

// What `read` makes of the container's inspect document, asked anew.
template <class Read>
static auto fact(conu_container_t *container, conu_cancel_t *cancel, Read read) {
  Container &asked = need_container(container);
  return read(run(asked, cancel, [&](Api &api) { return inspect(api, asked); }));
}

static void check_port(int port, int least) {
  if (port < least || port > 65535)
    throw_failure(Code::invalid_argument, {"the argument port is ", decimal(port), ", which is no port"});
}

conu_status_t conu_container_get_image(conu_container_t *container, conu_cancel_t *cancel, conu_image_t **out,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = new conu_image{run(asked, cancel, [&](Api &api) { return image_of(api, asked); })};
  });
}

conu_status_t conu_container_get_image_name(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                            conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = fact(container, cancel,
                [](const Json &document) { return copied(document["Config"]["Image"].required_string()); });
  });
}

conu_status_t conu_container_inspect(conu_container_t *container, bool refresh, conu_cancel_t *cancel, char **out,
                                     conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = copied(run(asked, cancel, [&](Api &api) { return inspect(api, asked, refresh); }));
  });
}

conu_status_t conu_container_get_metadata(conu_container_t *container, bool refresh, conu_cancel_t *cancel,
                                          conu_metadata_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    std::string document = run(asked, cancel, [&](Api &api) { return inspect(api, asked, refresh); });
    Json parsed = Json::parse(document, concat("the inspect document of ", asked.subject()));
    *out = new conu_metadata(container_metadata(parsed));
  });
}

conu_status_t conu_container_get_status(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                        conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = fact(container, cancel, [](const Json &document) { return copied(status_in(document)); });
  });
}

conu_status_t conu_container_is_running(conu_container_t *container, conu_cancel_t *cancel, bool *out,
                                        conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = fact(container, cancel, is_running_in);
  });
}

conu_status_t conu_container_get_pid(conu_container_t *container, conu_cancel_t *cancel, int *out,
                                     conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = fact(container, cancel,
                [](const Json &document) { return static_cast<int>(document["State"]["Pid"].integer_or(0)); });
  });
}

conu_status_t conu_container_exit_code(conu_container_t *container, conu_cancel_t *cancel, int *code,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(code, "exit_code");
    *code = fact(container, cancel, exit_code_in);
  });
}

conu_status_t conu_container_get_IPv4s(conu_container_t *container, conu_cancel_t *cancel, conu_string_list_t **out,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_string_list{fact(container, cancel, ipv4_addresses_in)};
  });
}

conu_status_t conu_container_get_IPv6s(conu_container_t *container, conu_cancel_t *cancel, conu_string_list_t **out,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_string_list{fact(container, cancel, ipv6_addresses_in)};
  });
}

conu_status_t conu_container_get_ports(conu_container_t *container, conu_cancel_t *cancel, conu_string_list_t **out,
                                       conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_string_list{fact(container, cancel, ports_in)};
  });
}

conu_status_t conu_container_get_port_mappings(conu_container_t *container, int port, conu_cancel_t *cancel, char **out,
                                               conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    need_container(container);
    check_port(port, 0);
    Json mappings = fact(container, cancel, port_mappings_in);
    if (port > 0) {
      Json of_port = mappings[concat(decimal(port), "/tcp")];
      mappings = of_port ? of_port : Json::array();
    }
    *out = copied(mappings.dump());
  });
}

conu_status_t conu_container_get_host_port(conu_container_t *container, int port, conu_cancel_t *cancel, int *out,
                                           conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    check_port(port, 1);
    *out = run(asked, cancel, [&](Api &api) { return host_port(api, asked, port); });
  });
}

// --- its life --------------------------------------------------------------------------------------------------------

conu_status_t conu_container_start(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return start(api, asked); });
  });
}

conu_status_t conu_container_stop(conu_container_t *container, int64_t grace_ms, conu_cancel_t *cancel,
                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return stop(api, asked, grace_ms); });
  });
}

conu_status_t conu_container_restart(conu_container_t *container, int64_t grace_ms, conu_cancel_t *cancel,
                                     conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return restart(api, asked, grace_ms); });
  });
}

conu_status_t conu_container_kill(conu_container_t *container, const char *signal, conu_cancel_t *cancel,
                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    std::string name = signal != nullptr ? signal : "KILL";
    if (name.empty()) throw_failure(Code::invalid_argument, "the argument signal is empty");
    run(asked, cancel, [&](Api &api) { return conu::kill(api, asked, name); });
  });
}

conu_status_t conu_container_pause(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return conu::pause(api, asked); });
  });
}

conu_status_t conu_container_unpause(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return unpause(api, asked); });
  });
}

conu_status_t conu_container_rename(conu_container_t *container, const char *name, conu_cancel_t *cancel,
                                    conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    std::string text = need_text(name, "name");
    run(asked, cancel, [&](Api &api) { return conu::rename(api, asked, text); });
  });
}

conu_status_t conu_container_delete(conu_container_t *container, bool force, bool volumes, conu_cancel_t *cancel,
                                    conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    run(asked, cancel, [&](Api &api) { return remove_container(api, asked.id(), asked.subject(), force, volumes); });
  });
}

conu_status_t conu_container_commit(conu_container_t *container, const char *repository, const char *tag,
                                    conu_cancel_t *cancel, conu_image_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = new conu_image{run(
        asked, cancel, [&](Api &api) { return commit(api, asked, text_or_empty(repository), text_or_empty(tag)); })};
  });
}

conu_status_t conu_container_changes(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                     conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = copied(run(asked, cancel, [&](Api &api) { return changes(api, asked); }));
  });
}

conu_status_t conu_container_stats(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                   conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = copied(run(asked, cancel, [&](Api &api) { return stats(api, asked); }));
  });
}

conu_status_t conu_container_top(conu_container_t *container, conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = copied(run(asked, cancel, [&](Api &api) { return top(api, asked); }));
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
