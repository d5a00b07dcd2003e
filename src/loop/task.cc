// What all coroutines share.
#include "loop/task.h"

namespace conu {

void PromiseBase::rethrow() const { std::rethrow_exception(exception); }

}  // namespace conu
