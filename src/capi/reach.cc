// Reaching a service in a container.
#include "container/reach.h"

#include "capi/guard.h"
#include "capi/handles.h"

#include <strings.h>

#include <algorithm>

using namespace conu;

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
    request.body = need_bytes(data, size, "data");
    *out =
        new conu_http_response(run(asked, cancel, [&](Api &api) { return http_request(api, asked, port, request); }));
  });
}

// The values of a header field, whose name may be in any case; null where there is none.
template <class Response>
static auto *values_of(Response &response, const char *name) {
  auto is_meant = [&](const auto &header) { return strcasecmp(header.first.c_str(), name) == 0; };
  auto found = std::find_if(response.headers.begin(), response.headers.end(), is_meant);
  return found != response.headers.end() ? &found->second : nullptr;
}

conu_http_response::conu_http_response(HttpAnswer taken) : answer(std::move(taken)) {
  for (const auto &[name, value] : answer.headers)
    if (auto *values = values_of(*this, name.c_str()))
      values->append(", ").append(value);
    else
      headers.emplace_back(name, value);
  Json document = Json::object();
  for (const auto &[name, value] : headers) document.set(name, value);
  headers_json = document.dump();
}

int conu_http_response_get_status(const conu_http_response_t *response) {
  return response != nullptr ? response->answer.status : 0;
}

const char *conu_http_response_get_header(const conu_http_response_t *response, const char *name) {
  if (response == nullptr || name == nullptr) return nullptr;
  const std::string *values = values_of(*response, name);
  return values != nullptr ? values->c_str() : nullptr;
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
