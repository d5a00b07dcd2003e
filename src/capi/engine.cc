// Engines, and the lists that they give.
#include "engine/engine.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "container/state.h"
#include "session/cleanup.h"
#include "util/text.h"

using namespace conu;

std::shared_ptr<Engine> conu::engine_of(const conu_engine_t *handle, conu_cancel_t *cancel) {
  return handle != nullptr ? handle->engine : Engine::standard(of(cancel));
}

conu_status_t conu_engine_open(const char *url, conu_cancel_t *cancel, conu_engine_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    if (url != nullptr && *url == '\0')
      throw_failure(Code::invalid_argument, "the argument url is empty", "give it an address, or NULL for discovery");
    *out = new conu_engine{Engine::open(text_or_empty(url), of(cancel))};
  });
}

conu_status_t conu_engine_default(conu_cancel_t *cancel, conu_engine_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_engine{Engine::standard(of(cancel))};
  });
}

void conu_engine_free(conu_engine_t *engine) { delete engine; }

const char *conu_engine_get_url(const conu_engine_t *engine) {
  return engine != nullptr ? engine->engine->url().c_str() : nullptr;
}

const char *conu_engine_get_api_version(const conu_engine_t *engine) {
  return engine != nullptr ? engine->engine->api_version().c_str() : nullptr;
}

const char *conu_engine_get_discovery_json(const conu_engine_t *engine) {
  return engine != nullptr ? engine->engine->discovery().c_str() : nullptr;
}

conu_status_t conu_engine_set_timeout(conu_engine_t *engine, int64_t timeout_ms, conu_error_t **error) {
  return guard(__func__, error, [&] {
    if (timeout_ms == 0)
      throw_failure(Code::invalid_argument, "the argument timeout_ms is 0, in which nothing can be answered",
                    "give it milliseconds, or a negative number for no limit");
    engine_of(engine, nullptr)->set_timeout_ms(timeout_ms);
  });
}

conu_status_t conu_engine_ping(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { engine_of(engine, cancel)->run(of(cancel), ping); });
}

conu_status_t conu_engine_info(conu_engine_t *engine, conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    auto start = [](Api &api) { return api.get("/info", concat("the engine at ", api.engine.url())); };
    *out = copied(engine_of(engine, cancel)->run(of(cancel), start));
  });
}

conu_status_t conu_engine_version(conu_engine_t *engine, conu_cancel_t *cancel, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    auto start = [](Api &api) { return api.get("/version", concat("the engine at ", api.engine.url())); };
    *out = copied(engine_of(engine, cancel)->run(of(cancel), start));
  });
}

conu_status_t conu_engine_login(conu_engine_t *engine, const char *username, const char *password, const char *registry,
                                conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    std::string name = need_text(username, "username"), secret = need_text(password, "password");
    engine_of(engine, cancel)->run(of(cancel), [&](Api &api) {
      return login(api, name, secret, text_or_empty(registry));
    });
  });
}

conu_status_t conu_engine_list_images(conu_engine_t *engine, conu_cancel_t *cancel, conu_image_list_t **out,
                                      conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    auto found = engine_of(engine, cancel);
    *out = new conu_image_list{found->run(of(cancel), [&](Api &api) { return list_images(api, found); })};
  });
}

conu_status_t conu_engine_list_containers(conu_engine_t *engine, conu_cancel_t *cancel, conu_container_list_t **out,
                                          conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    auto found = engine_of(engine, cancel);
    *out = new conu_container_list{found->run(of(cancel), [&](Api &api) { return list_containers(api, found); })};
  });
}

conu_status_t conu_engine_cleanup_containers(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { engine_of(engine, cancel)->run(of(cancel), cleanup_containers); });
}

conu_status_t conu_engine_cleanup_images(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { engine_of(engine, cancel)->run(of(cancel), cleanup_images); });
}

conu_status_t conu_engine_cleanup_volumes(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] { engine_of(engine, cancel)->run(of(cancel), cleanup_volumes); });
}

// The item at `index` of a list of `what`.
template <class Items>
static const auto &item_at(const Items &items, size_t index, const char *what) {
  if (index >= items.size())
    throw_failure(Code::invalid_argument,
                  {"the index ", decimal(index), " is beyond the end of a list of ", decimal(items.size()), " ", what});
  return items[index];
}

size_t conu_image_list_size(const conu_image_list_t *list) { return list != nullptr ? list->items.size() : 0; }

conu_status_t conu_image_list_get(const conu_image_list_t *list, size_t index, conu_image_t **out,
                                  conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_image{item_at(need(list, "list").items, index, "images")};
  });
}

void conu_image_list_free(conu_image_list_t *list) { delete list; }

size_t conu_container_list_size(const conu_container_list_t *list) { return list != nullptr ? list->items.size() : 0; }

conu_status_t conu_container_list_get(const conu_container_list_t *list, size_t index, conu_container_t **out,
                                      conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = new conu_container{item_at(need(list, "list").items, index, "containers")};
  });
}

void conu_container_list_free(conu_container_list_t *list) { delete list; }
