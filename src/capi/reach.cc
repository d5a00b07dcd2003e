// Reaching a service in a container.
#include "container/reach.h"

#include "capi/guard.h"
#include "capi/handles.h"

#include <strings.h>

using namespace conu;

static Container &need_container(conu_container_t *container) { return *need(container, "container").container; }

conu_status_t conu_container_is_port_open(conu_container_t *container, int port, int64_t timeout_ms,
                                          conu_cancel_t *cancel, bool *out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    *out = run(asked, cancel, [&](Api &api) { return is_port_open(api, asked, port, timeout_ms); });
  });
}

conu_status_t conu_container_open_connection(conu_container_t *container, int port, conu_cancel_t *cancel, int *fd,
                                             conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(fd, "fd");
    Container &asked = need_container(container);
    *fd = run(asked, cancel, [&](Api &api) { return open_connection(api, asked, port); }).release();
  });
}

conu_status_t conu_container_http_request(conu_container_t *container, const char *method, const char *path, int port,
                                          const void *data, size_t size, conu_cancel_t *cancel,
                                          conu_http_response_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    Container &asked = need_container(container);
    HttpRequest request{need_text(method, "method"), need_text(path, "path"), {}};
    if (size > 0 && data == nullptr) reject_null("data");
    if (size > 0) request.body.assign(static_cast<const char *>(data), size);
    *out =
        new conu_http_response(run(asked, cancel, [&](Api &api) { return http_request(api, asked, port, request); }));
  });
}

// Fields of one name, in any case, are one list.
static void add_field(conu_http_response *response, const std::string &name, const std::string &value) {
  for (auto &[known, values] : response->headers)
    if (strcasecmp(known.c_str(), name.c_str()) == 0) {
      values += ", " + value;
      return;
    }
  response->headers.emplace_back(name, value);
}

conu_http_response::conu_http_response(HttpAnswer taken) : answer(std::move(taken)) {
  for (const auto &[name, value] : answer.headers) add_field(this, name, value);
  Json document = Json::object();
  for (const auto &[name, value] : headers) document.set(name, value);
  headers_json = document.dump();
}

int conu_http_response_get_status(const conu_http_response_t *response) {
  return response != nullptr ? response->answer.status : 0;
}

const char *conu_http_response_get_header(const conu_http_response_t *response, const char *name) {
  if (response == nullptr || name == nullptr) return nullptr;
  for (const auto &[known, value] : response->headers)
    if (strcasecmp(known.c_str(), name) == 0) return value.c_str();
  return nullptr;
}

const char *conu_http_response_get_headers_json(const conu_http_response_t *response) {
  return response != nullptr ? response->headers_json.c_str() : nullptr;
}

const void *conu_http_response_get_body(const conu_http_response_t *response, size_t *size) {
  if (size != nullptr) *size = response != nullptr ? response->answer.body.size() : 0;
  return response != nullptr ? response->answer.body.data() : nullptr;
}

void conu_http_response_free(conu_http_response_t *response) { delete response; }

conu_status_t conu_check_port(const char *host, int port, int64_t timeout_ms, conu_cancel_t *cancel, bool *out,
                              conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = run_alone(cancel, check_port(need_text(host, "host"), port, timeout_ms));
  });
}
