// Copying between the host and containers.
#include "container/copy.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

conu_status_t conu_container_copy_to(conu_container_t *container, const char *src, const char *dest,
                                     conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    std::string source = need_text(src, "src"), destination = need_text(dest, "dest");
    run(asked, cancel, [&](Api &api) { return copy_to(api, asked, source, destination); });
  });
}

conu_status_t conu_container_copy_from(conu_container_t *container, const char *src, const char *dest,
                                       conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    Container &asked = need_container(container);
    std::string source = need_text(src, "src"), destination = need_text(dest, "dest");
    run(asked, cancel, [&](Api &api) { return copy_from(api, asked, source, destination); });
  });
}
