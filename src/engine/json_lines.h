// A stream of JSON objects, cut into documents: newline separated, concatenated, or with record separators.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace conu {

// Feed it bytes, split anywhere, and take documents until there is none.
class JsonLines {
 public:
  static constexpr size_t document_limit = 16 << 20;

  // `source` stands in messages: "the engine's answer to POST /images/create".
  explicit JsonLines(std::string source = "the engine's answer") : source_(std::move(source)) {}

  void feed(std::string_view bytes);

  // The text of one whole object, not yet parsed. Throws Failure(protocol) for what begins no object, or is too large.
  std::optional<std::string> next();

  // The stream ended, and next() has nothing more: throws Failure(protocol) if that was in the middle of an object.
  void finish() const;

 private:
  bool find_start();

  std::string source_;
  std::string buffer_;
  size_t start_ = 0;  // in buffer_: of the document at hand
  size_t scan_ = 0;   // in buffer_: what lies before it was looked at
  int depth_ = 0;     // of open brackets; 0 is between documents
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace conu
