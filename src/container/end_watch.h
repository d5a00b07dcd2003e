// Sees the end of a container whose log is followed on Podman.
//
// Podman 4 may miss that end where it comes in the moment the following begins, and then follows for ever. A quarter of
// a second after an end that it has seen, it drops what it has not sent yet.
#pragma once

#include <memory>

#include "container/container.h"
#include "loop/group.h"

namespace conu {

class EndWatch {
 private:
  struct State {
    bool has_ended = false;
    bool is_silent = false;
    size_t pieces = 0;
    Scope *reader = nullptr;
    bool wakes_at_end = false;
    bool has_woken = false;

    void end();
    void wake();
  };

 public:
  EndWatch(Api &api, const Container &container);

  // The container has ended: its log is whole, and can be read without following.
  bool has_ended() const { return state_->has_ended; }
  // And nothing more came of what is followed, for as long as Podman may need to end it.
  bool is_silent() const { return state_->is_silent; }
  // A piece has come.
  void heard() { state_->pieces++; }

  // While it lives, silence ends the await that `scope` is in with a failure, and where `at_end` the end does, too.
  class Reading {
   public:
    Reading(const std::unique_ptr<EndWatch> &watch, Scope &scope, bool at_end);
    ~Reading();
    Reading(const Reading &) = delete;
    Reading &operator=(const Reading &) = delete;
    bool was_ended() const { return state_ && state_->has_woken; }  // by that failure

   private:
    std::shared_ptr<State> state_;
  };

 private:
  EndWatch(Api &api, ContainerPtr container);
  static Task<void> see_event(Api &api, ContainerPtr container, std::shared_ptr<State> state);
  static Task<void> see_end(Api &api, ContainerPtr container, std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
  Background event_line_, end_line_;
};

}  // namespace conu
