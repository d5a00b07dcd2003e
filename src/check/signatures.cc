// The signatures of rpm packages.
#include "check/signatures.h"

#include <algorithm>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

// SIGPGP and SIGGPG sign the whole of older packages, RSAHEADER and DSAHEADER the header of newer ones.
const char rpm_query_format[] = "%{NAME} %{SIGPGP:pgpsig}|%{SIGGPG:pgpsig}|%{RSAHEADER:pgpsig}|%{DSAHEADER:pgpsig}\\n";

static const size_t shortest_key = 8;

// "RSA/SHA256, Thu Nov  5 12:00:00 2020, Key ID 0123456789abcdef": rpm tells the key at the end.
static std::string key_in(std::string_view signature) {
  std::string key = lower_case(trimmed(signature.substr(signature.rfind(' ') + 1)));
  bool is_key = signature.find("Key") != signature.npos && key.size() >= shortest_key && is_hex(key);
  return is_key ? key : "";
}

std::vector<SignedPackage> read_packages(std::string_view output, const std::string &subject) {
  std::vector<SignedPackage> packages;
  for (std::string_view line : split(output, '\n')) {
    if (trimmed(line).empty()) continue;
    size_t blank = line.find(' ');
    auto signatures = split(blank == line.npos ? "" : line.substr(blank + 1), '|');
    if (blank == 0 || signatures.size() != 4)
      throw_failure(Code::protocol, {"rpm in ", subject, " printed ", in_quotes(line), ", which is no package"});
    SignedPackage package{std::string(line.substr(0, blank)), {}};
    if (package.name == "gpg-pubkey") continue;
    for (std::string_view signature : signatures)
      if (trimmed(signature) != "(none)") package.keys.push_back(key_in(trimmed(signature)));
    packages.push_back(std::move(package));
  }
  return packages;
}

std::string normal_key(std::string_view key) {
  std::string normal = lower_case(key);
  normal.erase(std::remove(normal.begin(), normal.end(), ' '), normal.end());
  if (normal.starts_with("0x")) normal.erase(0, 2);
  if (normal.size() < shortest_key || normal.size() > 64 || !is_hex(normal))
    throw_failure(Code::invalid_argument, {in_quotes(key), " among the allowed_keys is no key ID"},
                  "a key ID is at least 8 hexadecimal digits, as `rpm -qi` tells it");
  return normal;
}

static bool is_same_key(const std::string &one, const std::string &other) {
  return one.size() < other.size() ? other.ends_with(one) : one.ends_with(other);
}

bool is_signed_with(const SignedPackage &package, const std::vector<std::string> &normal_keys) {
  auto is_allowed = [&](const std::string &key) {
    return !key.empty() && std::any_of(normal_keys.begin(), normal_keys.end(),
                                       [&](const std::string &allowed) { return is_same_key(key, allowed); });
  };
  return !package.keys.empty() && std::all_of(package.keys.begin(), package.keys.end(), is_allowed);
}

}  // namespace conu
