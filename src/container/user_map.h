// The users of a container that has its own, by the numbers that they have on the engine's host.
#pragma once

#include <cstdint>
#include <vector>

#include "json/json.h"

namespace conu {

class UserMap {
 public:
  UserMap() = default;
  // Of ranges in an inspect document: "0:231072:65536", the first inside, the first on the host, how many.
  explicit UserMap(const Json &ranges);

  bool empty() const { return ranges_.empty(); }
  // The number inside, nobody's for one that has none.
  int64_t inside(int64_t on_host) const;

 private:
  struct Range {
    int64_t inside, on_host, count;
  };
  std::vector<Range> ranges_;
};

}  // namespace conu
