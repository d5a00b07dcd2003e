// Reading the members of an object that a user has written, so that no mistake in it goes unnoticed.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "json/json.h"

namespace conu {

// What is wrong is Failure(invalid_argument) that names its path: a value of another type, null, what is missing and
// needed, and a member that nobody has asked for when it is all read.
class Members {
 public:
  explicit Members(const Json &object);

  bool has(const std::string &key);
  std::optional<std::string> text(const std::string &key);
  std::string needed_text(const std::string &key);  // not empty, without NUL
  std::optional<int64_t> integer(const std::string &key, int64_t least, int64_t most);
  bool boolean_or(const std::string &key, bool otherwise);
  std::optional<std::vector<std::string>> texts(const std::string &key);
  std::vector<Json> items(const std::string &key);
  std::optional<Json> object(const std::string &key);

  // After the last one was read.
  void finish() const;

  const Json &json() const { return object_; }
  [[noreturn]] static void reject(const Json &value, const std::string &what, const std::string &hint = {});

 private:
  Json member(const std::string &key);

  Json object_;
  std::set<std::string> known_;
};

// A text out of an array.
std::string text_of(const Json &value);

}  // namespace conu
