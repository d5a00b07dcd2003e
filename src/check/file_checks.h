// Checks of the files of an image.
#pragma once

#include "check/document.h"
#include "check/environment.h"
#include "check/image_files.h"
#include "check/results.h"

namespace conu {

// What does not hold goes into the result; a Failure is about the engine or the call.
Task<void> check_existence(ImageFiles &files, const FileExistenceCheck &check, const Environment &environment,
                           CheckResult *result);
Task<void> check_content(ImageFiles &files, const FileContentCheck &check, const Environment &environment,
                         CheckResult *result);
Task<void> check_setuid(ImageFiles &files, const SetuidCheck &check, CheckResult *result);

// "-rwsr-xr-x" as Go has it, and with it container-structure-test: "urwxr-xr-x".
std::string permissions_of_go(const std::string &type, int64_t mode);

}  // namespace conu
