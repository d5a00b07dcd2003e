// A document of checks is refused with the path of what is wrong, or read with nothing in it that later steps stumble
// over.
#include "check/document.h"

#include "fuzz.h"

using namespace conu;

static void require_path(const std::string &path) {
  require(path.starts_with('/') && path.find('\0') == path.npos && path.find("/..") == path.npos);
}

// Files of this machine that options name, be it with escapes for letters, are not what is looked at here.
static bool may_name_file(std::string_view input) {
  for (std::string_view part : {"envFile", "\\u004", "\\u005", "\\u006", "\\u007"})
    if (input.find(part) != input.npos) return true;
  return false;
}

void fuzz(std::string_view input) {
  if (may_name_file(input)) return;
  accepts(Code::invalid_argument, [&] {
    CheckDocument document = read_checks(input);
    for (const FileExistenceCheck &check : document.file_existence) require_path(check.path);
    for (const FileContentCheck &check : document.file_content) require_path(check.path);
    for (const LayerCheck &check : document.layers) require_path(check.path);
    for (const HiddenFileCheck &check : document.hidden) require_path(check.path);
    for (const CommandCheck &check : document.commands) require(!check.command.empty() && !check.command[0].empty());
  });
}
