// Progress of a pull, push, build or load.
#include "engine/progress.h"

#include "capi/guard.h"
#include "capi/handles.h"
#include "util/text.h"

using namespace conu;

conu_progress_t *conu::begun(std::shared_ptr<Engine> engine, conu_cancel_t *cancel,
                             std::unique_ptr<conu_progress> progress, Progress::Work work) {
  // The work begins with its object, and must not where it is cancelled already.
  auto reason = cancel != nullptr ? of(cancel)->verdict() : nullptr;
  if (reason) throw *reason;
  progress->progress = std::make_unique<Progress>(std::move(engine), std::move(work));
  progress->progress->begin(of(cancel));
  return progress.release();
}

static Failure nothing_made(const char *what) {
  return Failure(Code::state, concat("the progress has no ", what, " to give"),
                 "read its steps to the end first; a load gives images, everything else an image");
}

conu_status_t conu_progress_next(conu_progress_t *progress, int64_t timeout_ms, conu_cancel_t *cancel, bool *more,
                                 conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(more, "more");
    conu_progress &asked = need(progress, "progress");
    auto step = asked.progress->next(timeout_ms, of(cancel));
    *more = step.has_value();
    if (!step) return;
    std::lock_guard lock(asked.mutex);
    asked.step = std::move(*step);
  });
}

const char *conu_progress_get_layer(const conu_progress_t *progress) {
  return progress != nullptr ? or_null(progress->step.layer) : nullptr;
}

const char *conu_progress_get_status(const conu_progress_t *progress) {
  return progress != nullptr ? or_null(progress->step.status) : nullptr;
}

const char *conu_progress_get_text(const conu_progress_t *progress) {
  return progress != nullptr ? or_null(progress->step.text) : nullptr;
}

int64_t conu_progress_get_current(const conu_progress_t *progress) {
  return progress != nullptr ? progress->step.current : 0;
}

int64_t conu_progress_get_total(const conu_progress_t *progress) {
  return progress != nullptr ? progress->step.total : 0;
}

conu_status_t conu_progress_take_image(conu_progress_t *progress, conu_image_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    conu_progress &asked = need(progress, "progress");
    if (!asked.progress->has_succeeded() || !asked.made->image) throw nothing_made("image");
    *out = new conu_image{asked.made->image};
  });
}

conu_status_t conu_progress_take_images(conu_progress_t *progress, conu_image_list_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    conu_progress &asked = need(progress, "progress");
    if (!asked.progress->has_succeeded() || !asked.made->images) throw nothing_made("images");
    *out = new conu_image_list{*asked.made->images};
  });
}

conu_status_t conu_progress_cancel(conu_progress_t *progress, conu_error_t **error) {
  return guard(__func__, error, [&] { need(progress, "progress").progress->cancel(); });
}

void conu_progress_free(conu_progress_t *progress) { delete progress; }
