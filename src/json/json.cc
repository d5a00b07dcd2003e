// JSON documents over Jansson.
#include "json/json.h"

#include <jansson.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

static json_t *checked(json_t *value) {
  if (value == nullptr) throw std::bad_alloc();
  return value;
}

Json::Json(const Json &other) : value_(json_incref(other.value_)), source_(other.source_), steps_(other.steps_) {}
Json::Json(Json &&other) noexcept
    : value_(std::exchange(other.value_, nullptr)),
      source_(std::move(other.source_)),
      steps_(std::move(other.steps_)) {}
Json &Json::operator=(Json other) noexcept {
  std::swap(value_, other.value_);
  std::swap(source_, other.source_);
  std::swap(steps_, other.steps_);
  return *this;
}
Json::~Json() { json_decref(value_); }

static json_t *load(std::string_view text, size_t flags, json_error_t *error) {
  json_t *value = json_loadb(text.data(), text.size(), flags, error);
  if (value == nullptr && json_error_code(error) == json_error_out_of_memory) throw std::bad_alloc();
  return value;
}

Json Json::of_text(json_t *value, const char *error, std::string_view text, Text source) {
  if (value == nullptr)
    throw_failure(Code::protocol,
                  {source, " is not JSON (", error, "): ", text.empty() ? "it is empty" : excerpt(text)});
  Json document(value);
  document.source_ = std::make_shared<const std::string>(source);
  return json_is_null(value) ? document.child(nullptr, "") : document;
}

Json Json::parse(std::string_view text, Text source) {
  // Engines send NUL characters in strings, and integers beyond 64 bits; the latter are read as reals on a second try.
  const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
  json_error_t error;
  json_t *value = load(text, flags, &error);
  if (value == nullptr && json_error_code(&error) == json_error_numeric_overflow)
    value = load(text, flags | JSON_DECODE_INT_AS_REAL, &error);
  return of_text(value, error.text, text, source);
}

Json Json::parse_strictly(std::string_view text, Text source) {
  json_error_t error;
  json_t *value = load(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
  return of_text(value, error.text, text, source);
}

Json Json::object() { return Json(checked(json_object())); }
Json Json::array() { return Json(checked(json_array())); }
Json Json::string(Text value) {
  json_t *string = json_stringn(value.data(), value.size());
  if (string == nullptr) {
    std::string valid = as_utf8(value);
    string = json_stringn(valid.data(), valid.size());
  }
  return Json(checked(string));
}
Json Json::integer(int64_t value) { return Json(checked(json_integer(value))); }
Json Json::null() { return Json(json_null()); }
Json Json::boolean(bool value) { return Json(checked(json_boolean(value))); }

Json &Json::set(Text key, const Json &value) {
  if (!value) return *this;
  bool has_nul = key.find('\0') != key.npos;  // which Jansson takes, and does not read again
  if (has_nul || json_object_setn(value_, key.data(), key.size(), value.value_) != 0) {
    std::string valid = as_utf8(key);
    if (json_object_setn(value_, valid.data(), valid.size(), value.value_) != 0) throw std::bad_alloc();
  }
  return *this;
}
Json &Json::set(Text key, Text value) { return set(key, string(value)); }

Json &Json::append(const Json &value) {
  if (value && json_array_append(value_, value.value_) != 0) throw std::bad_alloc();
  return *this;
}

std::string Json::path() const { return source_ ? concat(*source_, ": $", steps_) : concat("$", steps_); }

Json Json::child(json_t *borrowed, std::string steps) const {
  Json child(json_is_null(borrowed) ? nullptr : json_incref(borrowed));
  child.source_ = source_;
  child.steps_ = std::move(steps);
  return child;
}

void Json::wrong_type(const char *expected) const {
  static const char *names[] = {"an object", "an array", "a string", "an integer", "a number", "true", "false", "null"};
  throw_failure(Code::protocol, {path(), " should be ", expected, ", but is ", names[json_typeof(value_)]});
}

Json Json::operator[](Text key) const {
  if (*this && !json_is_object(value_)) wrong_type("an object");
  return child(json_object_getn(value_, key.data(), key.size()), concat(steps_, ".", key));
}

Json Json::at(size_t index) const {
  if (*this && !json_is_array(value_)) wrong_type("an array");
  return child(json_array_get(value_, index), concat(steps_, "[", decimal(index), "]"));
}

size_t Json::size() const { return is_array() ? json_array_size(value_) : json_object_size(value_); }
bool Json::is_object() const { return json_is_object(value_); }
bool Json::is_array() const { return json_is_array(value_); }
bool Json::is_string() const { return json_is_string(value_); }
bool Json::is_boolean() const { return json_is_boolean(value_); }
bool Json::is_integer() const { return json_is_integer(value_); }

std::vector<std::pair<std::string, Json>> Json::members() const {
  std::vector<std::pair<std::string, Json>> all;
  if (!*this) return all;
  if (!is_object()) wrong_type("an object");
  const char *key;
  json_t *value;
  json_object_foreach(value_, key, value) all.emplace_back(key, child(value, concat(steps_, ".", key)));
  return all;
}

std::vector<Json> Json::items() const {
  std::vector<Json> all;
  if (!*this) return all;
  if (!is_array()) wrong_type("an array");
  for (size_t i = 0; i < size(); i++) all.push_back(at(i));
  return all;
}

std::optional<std::string> Json::as_string() const {
  if (!*this) return std::nullopt;
  if (!is_string()) wrong_type("a string");
  return std::string(json_string_value(value_), json_string_length(value_));
}

std::optional<int64_t> Json::as_integer() const {
  if (!*this) return std::nullopt;
  if (json_is_real(value_)) {
    double real = json_real_value(value_);
    if (real >= 9.2e18) return INT64_MAX;
    if (real <= -9.2e18) return INT64_MIN;
    return static_cast<int64_t>(real);
  }
  if (!json_is_integer(value_)) wrong_type("an integer");
  return json_integer_value(value_);
}

std::optional<bool> Json::as_boolean() const {
  if (!*this) return std::nullopt;
  if (!json_is_boolean(value_)) wrong_type("a boolean");
  return json_is_true(value_);
}

std::string Json::text_or(Text otherwise) const { return as_string().value_or(std::string(otherwise)); }
int64_t Json::integer_or(int64_t otherwise) const { return as_integer().value_or(otherwise); }
bool Json::boolean_or(bool otherwise) const { return as_boolean().value_or(otherwise); }

std::string Json::required_string() const {
  if (!*this) throw_failure(Code::protocol, {path(), " is missing"});
  return *as_string();
}

// --- writing ---------------------------------------------------------------------------------------------------------

static void append_leaf(std::string *text, const json_t *value) {
  std::unique_ptr<char, void (*)(void *)> leaf(json_dumps(value, JSON_ENCODE_ANY), free);
  if (!leaf) throw std::bad_alloc();
  text->append(leaf.get());
}

static void append_string(std::string *text, std::string_view bytes) {
  auto is_escaped = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\'; };
  if (std::any_of(bytes.begin(), bytes.end(), is_escaped)) {
    std::unique_ptr<json_t, void (*)(json_t *)> string(checked(json_stringn(bytes.data(), bytes.size())), json_decref);
    return append_leaf(text, string.get());
  }
  text->append(1, '"').append(bytes).append(1, '"');
}

// Jansson writes what takes rules, and not the documents: it looks for circles by printing each value's address, and
// takes strings apart by characters. Of what a container costs, an eighth went there. Nothing here makes circles.
static void append_value(std::string *text, json_t *value) {
  if (json_is_object(value)) {
    const char *key;
    json_t *item;
    char before = '{';
    json_object_foreach(value, key, item) {
      text->append(1, before);
      append_string(text, key);
      text->append(1, ':');
      append_value(text, item);
      before = ',';
    }
    text->append(before == '{' ? "{}" : "}");
  } else if (json_is_array(value)) {
    size_t index;
    json_t *item;
    text->append(1, '[');
    json_array_foreach(value, index, item) {
      if (index > 0) text->append(1, ',');
      append_value(text, item);
    }
    text->append(1, ']');
  } else if (json_is_string(value)) {
    append_string(text, {json_string_value(value), json_string_length(value)});
  } else {
    append_leaf(text, value);
  }
}

std::string Json::dump() const {
  if (!*this) return "null";
  std::string text;
  append_value(&text, value_);
  return text;
}

}  // namespace conu
