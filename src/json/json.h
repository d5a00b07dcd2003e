// JSON documents: a value that owns its tree, and a reader that names the path of what it finds wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/text.h"

struct json_t;

namespace conu {

// A JSON value: shares its tree with its copies. A default-constructed one is absent.
class Json {
 public:
  Json() = default;
  Json(const Json &other);
  Json(Json &&other) noexcept;
  Json &operator=(Json other) noexcept;
  ~Json();

  // Throws Failure(protocol) that names `source` ("the engine's answer to GET /info") where the text is no JSON.
  static Json parse(std::string_view text, Text source);
  // The same of what a person has written: a member that stands twice in an object is wrong, too.
  static Json parse_strictly(std::string_view text, Text source);

  static Json object();
  static Json array();
  static Json string(Text value);  // made valid UTF-8 where it is not
  static Json integer(int64_t value);
  static Json boolean(bool value);
  static Json null();

  // Building. An absent value is left out.
  Json &set(Text key, const Json &value);
  Json &set(Text key, Text value);
  Json &append(const Json &value);

  // Reading. A member that is missing or null is absent; one of another type is a Failure(protocol) with its path.
  explicit operator bool() const { return value_ != nullptr; }
  Json operator[](Text key) const;
  Json at(size_t index) const;
  size_t size() const;  // of an array or an object, 0 for everything else
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_boolean() const;
  bool is_integer() const;   // as_integer takes any number
  std::string path() const;  // for messages: "the argument x: $.list[3]"
  std::vector<std::pair<std::string, Json>> members() const;
  std::vector<Json> items() const;
  std::optional<std::string> as_string() const;
  std::optional<int64_t> as_integer() const;
  std::optional<bool> as_boolean() const;
  std::string text_or(Text otherwise) const;  // as_string with a default
  int64_t integer_or(int64_t otherwise) const;
  bool boolean_or(bool otherwise) const;
  std::string required_string() const;

  std::string dump() const;  // compact, members in the order they were set

 private:
  explicit Json(json_t *owned) : value_(owned) {}
  static Json of_text(json_t *value, const char *error, std::string_view text, Text source);
  Json child(json_t *borrowed, std::string steps) const;
  [[noreturn]] void wrong_type(const char *expected) const;

  json_t *value_ = nullptr;
  // Where it stands, for messages. Most of the time nobody asks, so that the two are put together only then.
  std::shared_ptr<const std::string> source_;  // of the document; none where it was built here
  std::string steps_;                          // from its root: ".list[3]"
};

}  // namespace conu
