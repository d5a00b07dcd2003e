// Checks of the configuration of an image.
#pragma once

#include "check/document.h"
#include "check/environment.h"
#include "check/results.h"
#include "json/json.h"

namespace conu {

// The variables of an inspect document.
Environment environment_in(const Json &document);

// Adds what does not hold.
void check_metadata(const Json &document, const MetadataCheck &check, CheckResult *result);

}  // namespace conu
