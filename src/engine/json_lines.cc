// Cutting a stream into JSON objects by counting brackets outside strings. What is inside is the JSON reader's to
// judge.
#include "engine/json_lines.h"

#include <algorithm>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

void JsonLines::feed(std::string_view bytes) {
  buffer_.erase(0, start_);
  scan_ -= start_;
  start_ = 0;
  buffer_.append(bytes);
}

// Goes to the next object's opening bracket; false if it has not come yet.
bool JsonLines::find_start() {
  // Whitespace, and the record separator of JSON text sequences (RFC 7464).
  start_ = std::min(buffer_.find_first_not_of(" \t\r\n\x1e", start_), buffer_.size());
  scan_ = start_;
  if (start_ == buffer_.size()) return false;
  std::string_view rest = std::string_view(buffer_).substr(start_);
  if (rest.front() != '{')
    throw_failure(Code::protocol, {source_, " should be JSON objects, but has: ", excerpt(rest)});
  return true;
}

std::optional<std::string> JsonLines::next() {
  if (depth_ == 0 && !find_start()) return std::nullopt;
  size_t end = std::min(buffer_.size(), start_ + document_limit);
  while (scan_ < end) {
    char c = buffer_[scan_++];
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      escaped_ = c == '\\';
      in_string_ = c != '"';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      depth_++;
    } else if ((c == '}' || c == ']') && --depth_ == 0) {
      std::string document = buffer_.substr(start_, scan_ - start_);
      start_ = scan_;
      return document;
    }
  }
  if (scan_ - start_ >= document_limit)
    throw_failure(Code::protocol, {source_, " has a JSON object of more than 16 MiB"});
  return std::nullopt;
}

void JsonLines::finish() const {
  if (depth_ == 0) return;
  throw_failure(
      Code::protocol,
      {source_, " ended in the middle of a JSON object: ", excerpt(std::string_view(buffer_).substr(start_))});
}

}  // namespace conu
