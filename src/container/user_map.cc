// The users of a container that has its own.
#include "container/user_map.h"

#include <cinttypes>
#include <cstdio>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

UserMap::UserMap(const Json &ranges) {
  for (const Json &item : ranges.items()) {
    Range range{};
    std::string text = item.required_string();
    int read =
        sscanf(text.c_str(), "%18" SCNd64 ":%18" SCNd64 ":%18" SCNd64, &range.inside, &range.on_host, &range.count);
    if (read != 3)
      throw_failure(Code::protocol, {item.path(), " is ", in_quotes(text), ", which is no range of users"});
    ranges_.push_back(range);
  }
}

int64_t UserMap::inside(int64_t on_host) const {
  const int64_t nobody = 65534;
  for (const Range &range : ranges_)
    if (on_host >= range.on_host && on_host - range.on_host < range.count)
      return range.inside + (on_host - range.on_host);
  return nobody;
}

}  // namespace conu
