// A folder that may be skipped has nothing in it that would be kept.
#include "fuzz.h"
#include "image/ignore_file.h"

using namespace conu;

void fuzz(std::string_view input) {
  std::string folder(take_line(&input));
  std::string child(take_line(&input));
  accepts(Code::invalid_argument, [&] {
    IgnoreFile file(input);
    bool excluded = file.excludes(folder);
    if (!file.may_skip_folder(folder)) return;
    require(excluded);
    require(file.excludes(folder + "/" + child));
  });
}
