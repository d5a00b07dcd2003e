// Coroutines that end when a condition holds. What a container's end makes of that is not theirs to judge: wait.cc
// does.
#pragma once

#include "container/condition.h"
#include "container/wait_story.h"

namespace conu {

Task<void> satisfied(Api &api, Container &container, Condition condition, WaitStory &story);

}  // namespace conu
