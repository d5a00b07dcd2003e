// Checks of images.
#include "capi/guard.h"
#include "capi/handles.h"
#include "check/image_check.h"

using namespace conu;

conu_status_t conu_image_check(conu_image_t *image, const char *checks_json, conu_cancel_t *cancel, char **out,
                               conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    ImagePtr asked = need(image, "image").image;
    CheckDocument document = read_checks(need_text(checks_json, "checks_json"));
    *out = copied(to_json(run(*asked, cancel, [&](Api &api) { return check_image(api, asked, document); })));
  });
}

conu_status_t conu_check_results_to_junit(const char *results_json, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = copied(to_junit(read_results(need_text(results_json, "results_json"))));
  });
}
