// Reading the members of an object that a user has written.
#include "check/members.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

void Members::reject(const Json &value, const std::string &what, const std::string &hint) {
  throw_failure(Code::invalid_argument, {value.path(), " ", what}, hint);
}

Members::Members(const Json &object) : object_(object) {
  if (!object || !object.is_object()) reject(object, "should be an object");
  for (const auto &[key, value] : object.members())
    if (!value) reject(value, "is null", "leave out what is not to be checked");
}

Json Members::member(const std::string &key) {
  known_.insert(key);
  return object_[key];
}

bool Members::has(const std::string &key) { return static_cast<bool>(member(key)); }

std::string text_of(const Json &value) {
  if (!value || !value.is_string()) Members::reject(value, "should be a string");
  return *value.as_string();
}

std::optional<std::string> Members::text(const std::string &key) {
  Json value = member(key);
  if (!value) return std::nullopt;
  return text_of(value);
}

std::string Members::needed_text(const std::string &key) {
  Json value = member(key);
  if (!value) reject(value, "is missing");
  std::string text = text_of(value);
  if (text.empty()) reject(value, "is empty");
  return text;
}

std::optional<int64_t> Members::integer(const std::string &key, int64_t least, int64_t most) {
  Json value = member(key);
  if (!value) return std::nullopt;
  if (!value.is_integer()) reject(value, "should be an integer");
  int64_t number = *value.as_integer();
  if (number < least || number > most)
    reject(value, concat("is ", decimal(number), ", and should be from ", decimal(least), " to ", decimal(most)));
  return number;
}

bool Members::boolean_or(const std::string &key, bool otherwise) {
  Json value = member(key);
  if (value && !value.is_boolean()) reject(value, "should be true or false");
  return value.boolean_or(otherwise);
}

std::vector<Json> Members::items(const std::string &key) {
  Json value = member(key);
  if (value && !value.is_array()) reject(value, "should be an array");
  return value.items();
}

std::optional<std::vector<std::string>> Members::texts(const std::string &key) {
  if (!has(key)) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json &item : items(key)) texts.push_back(text_of(item));
  return texts;
}

std::optional<Json> Members::object(const std::string &key) {
  Json value = member(key);
  if (!value) return std::nullopt;
  if (!value.is_object()) reject(value, "should be an object");
  return value;
}

void Members::finish() const {
  for (const auto &[key, value] : object_.members()) {
    if (known_.contains(key)) continue;
    std::string names;
    for (const std::string &name : known_) names += concat(names.empty() ? "" : ", ", name);
    reject(value, "is a member that is not known here", concat("there may be ", names));
  }
}

}  // namespace conu
