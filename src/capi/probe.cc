// Probes of the user's own.
#include "loop/probe.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

conu_status_t conu_probe_run(conu_probe_t probe, void *user, int64_t timeout_ms, int64_t pause_ms, int count,
                             conu_cancel_t *cancel, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need(probe, "probe");
    run_probe([&] { return probe(user); }, {timeout_ms, pause_ms, count}, of(cancel));
  });
}
