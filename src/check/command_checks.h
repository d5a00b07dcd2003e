// Checks of what a command does in a container of an image.
#pragma once

#include "check/document.h"
#include "check/environment.h"
#include "check/results.h"
#include "image/image.h"

namespace conu {

// Runs it, with what is to run before and after it, in containers of its own, which are removed. What does not hold
// goes into the result; a Failure is about the engine or the call.
Task<void> check_command(Api &api, ImagePtr image, const CheckDocument &document, const CommandCheck &check,
                         Environment environment, CheckResult *result);

}  // namespace conu
