// Sees the end of a container whose log is followed on Podman.
#include "container/end_watch.h"

#include "util/text.h"

namespace conu {

// A line that is there at once is given without any of this. What a container can write before the event is waited for
// is little enough to be sent before Podman drops lines.
static const int64_t before_event_ms = 20, before_wait_ms = 150, silence_ms = 1000;

static ContainerPtr copy_of(const Container &container) {
  return std::make_shared<Container>(container.engine(), container.id(), container.name(), container.terminal());
}

// The lines may outlive the log that is read, and the container's handle: they have one of their own.
EndWatch::EndWatch(Api &api, const Container &container) : EndWatch(api, copy_of(container)) {}

EndWatch::EndWatch(Api &api, ContainerPtr container)
    : state_(std::make_shared<State>()),
      event_line_(api.http.loop(), see_event(api, container, state_)),
      end_line_(api.http.loop(), see_end(api, container, state_)) {}

void EndWatch::State::end() {
  has_ended = true;
  wake();
}

void EndWatch::State::wake() {
  bool is_awaited = reader != nullptr && (is_silent || wakes_at_end);
  if (is_awaited && reader->interrupt(Failure(Code::cancelled, "the container has ended"))) has_woken = true;
}

// False where the engine could not say.
static Task<bool> saw_end(Api &api, Container &container) {
  Scope &scope = co_await current_scope();
  try {
    co_await wait(api, container, -1);
  } catch (const Failure &failure) {
    if (scope.is_cancelled()) throw;
    co_return failure.code == Code::not_found;
  }
  co_return true;
}

// The event comes before Podman tidies up behind the container, which the answer to a wait comes after.
Task<void> EndWatch::see_event(Api &api, ContainerPtr container, std::shared_ptr<State> state) {
  co_await sleep_for(before_event_ms);
  Query query;
  query.add("filters", concat("{\"container\":[\"", container->id(), "\"],\"event\":[\"died\"]}"));
  Request request = api.request("GET");
  request.head_timeout_ms = request.piece_timeout_ms = -1;
  Exchange exchange = co_await api.open(std::move(request), concat("/events", query.text()), container->subject());
  std::string_view event = co_await exchange.next();
  if (!event.empty()) state->end();
}

// Sees an end that came before the event was waited for, too.
Task<void> EndWatch::see_end(Api &api, ContainerPtr container, std::shared_ptr<State> state) {
  co_await sleep_for(before_wait_ms);
  for (;;) {
    bool has_ended = co_await saw_end(api, *container);
    if (has_ended) break;
    co_await sleep_for(silence_ms);
  }
  state->end();
  size_t before = 0;
  do {
    before = state->pieces;
    co_await sleep_for(silence_ms);
  } while (before != state->pieces);
  state->is_silent = true;
  state->wake();
}

EndWatch::Reading::Reading(const std::unique_ptr<EndWatch> &watch, Scope &scope, bool at_end) {
  if (!watch) return;
  state_ = watch->state_;
  state_->reader = &scope;
  state_->wakes_at_end = at_end;
  state_->has_woken = false;
}

EndWatch::Reading::~Reading() {
  if (state_) state_->reader = nullptr;
}

}  // namespace conu
