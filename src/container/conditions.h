// Coroutines that end when a condition holds. What a container's end makes of that is not theirs to judge: wait.cc
// does.
#pragma once

#include <functional>

#include "container/condition.h"
#include "container/wait_story.h"

namespace conu {

// Tells at once that a condition has held: the coroutine itself first joins what it has begun besides.
using Held = std::function<void()>;

Task<void> satisfied(Api &api, Container &container, Condition condition, WaitStory &story, Held held);

}  // namespace conu
