// How many times this process was forked off since the library came into use.
#pragma once

namespace conu {

// It differs between a parent and its child: what belongs to another generation is not this process's to touch.
unsigned fork_generation();

}  // namespace conu
