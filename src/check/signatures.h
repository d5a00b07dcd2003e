// The signatures of rpm packages: what rpm prints of them, and the keys they were made with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace conu {

// What rpm is asked to print of each package: its name, and the signatures that a package of whatever age may carry.
extern const char rpm_query_format[];

struct SignedPackage {
  std::string name;
  std::vector<std::string> keys;  // one for each signature; empty where rpm names no key
};

// Of rpm's output; Failure(protocol) that names `subject` where a line is none of rpm's. The public keys that rpm lists
// among the packages are left out.
std::vector<SignedPackage> read_packages(std::string_view output, const std::string &subject);

// A key ID or fingerprint as people write it ("0x1234 ABCD"), for comparing; Failure(invalid_argument) where it is
// none.
std::string normal_key(std::string_view key);

// Whether it has a signature, and each is by one of these keys. A key may be told by the last 8 or more of its digits.
bool is_signed_with(const SignedPackage &package, const std::vector<std::string> &normal_keys);

}  // namespace conu
