// .dockerignore patterns, compiled to tokens and matched by keeping all states at once: no pattern takes long.
#include "image/ignore_file.h"

#include <algorithm>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

namespace {
struct Token {
  enum Kind {
    character,       // this one
    any,             // `?`: any one but /
    star,            // `*`: any number of them
    everything,      // `**` at the end: any number of characters, / included
    skip_folders,    // `**/`: goes past the next token …
    folders,         // … or takes it: anything up to and including a /
    character_class  // [a-z], [^a-z]
  } kind;
  char32_t value = 0;
  bool negated = false;
  std::vector<std::pair<char32_t, char32_t>> ranges = {};
};
}  // namespace

struct IgnorePattern {
  bool exception = false;
  std::vector<Token> tokens;
};

// --- from text to tokens ---------------------------------------------------------------------------------------------

// The path without empty parts, `.`, what `..` takes back, and the slashes around it.
static std::string cleaned(std::string_view path) {
  bool absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    bool has_folder_to_leave = !parts.empty() && parts.back() != "..";
    if (part == ".." && has_folder_to_leave)
      parts.pop_back();
    else if (part != ".." || !absolute)
      parts.push_back(part);
  }
  std::string clean;
  for (std::string_view part : parts) (clean += clean.empty() ? "" : "/") += part;
  return clean;
}

namespace {

class PatternReader {
 public:
  PatternReader(std::string_view text, size_t line) : text_(text), points_(code_points(text)), line_(line) {}

  std::vector<Token> read() {
    // `**` with nothing but plain characters behind it is any ending: `**.txt` is `a.txt` too.
    if (text_.starts_with("**") && !text_.starts_with("**/") && text_.find_first_of("*?[]\\", 2) == text_.npos) {
      tokens_.push_back({Token::everything});
      at_ = 2;
    }
    while (more()) read_token();
    return std::move(tokens_);
  }

 private:
  bool more() const { return at_ < points_.size(); }

  bool skip(char32_t expected) {
    if (!more() || points_[at_] != expected) return false;
    at_++;
    return true;
  }

  [[noreturn]] void reject(Text why) const {
    throw_failure(Code::invalid_argument,
                  {"line ", decimal(line_), " of .dockerignore: the pattern \"", excerpt(text_), "\" ", why});
  }

  void read_token() {
    if (skip('*')) {
      if (skip('*'))
        read_double_star();
      else
        tokens_.push_back({Token::star});
    } else if (skip('?')) {
      tokens_.push_back({Token::any});
    } else if (skip('[')) {
      read_class();
    } else {
      tokens_.push_back({Token::character, read_character()});
    }
  }

  void read_double_star() {
    skip('/');
    if (!more()) {
      tokens_.push_back({Token::everything});
    } else {
      tokens_.push_back({Token::skip_folders});
      tokens_.push_back({Token::folders});
    }
  }

  char32_t read_character() {
    bool escaped = skip('\\');
    if (escaped && !more()) reject("ends with a backslash that escapes nothing");
    return points_[at_++];
  }

  char32_t read_class_character() {
    if (!more()) reject("has a [ without its ]");
    if (points_[at_] == '-' || points_[at_] == ']') reject("has an empty or malformed range between [ and ]");
    return read_character();
  }

  void read_class() {
    Token token{Token::character_class};
    token.negated = skip('^');
    do {
      char32_t first = read_class_character();
      char32_t last = skip('-') ? read_class_character() : first;
      if (last < first) reject("has a range that runs backwards");
      token.ranges.emplace_back(first, last);
    } while (!skip(']'));
    tokens_.push_back(token);
  }

  std::string_view text_;
  std::u32string points_;
  size_t line_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

IgnoreFile::IgnoreFile(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  auto patterns = std::make_shared<std::vector<IgnorePattern>>();
  size_t line_number = 0;
  for (std::string_view line : split(text, '\n')) {
    line_number++;
    if (line.starts_with('#')) continue;
    line = trimmed(line);
    bool exception = line.starts_with('!');
    if (exception) line = trimmed(line.substr(1));
    if (exception && line.find_first_not_of('/') == line.npos)
      throw_failure(Code::invalid_argument,
                    {"line ", decimal(line_number), " of .dockerignore: an exception \"!\" needs a pattern"});
    std::string pattern = cleaned(line);
    if (pattern.empty()) continue;
    patterns->push_back({exception, PatternReader(pattern, line_number).read()});
  }
  patterns_ = patterns;
}

// --- matching --------------------------------------------------------------------------------------------------------

namespace {

// Reads a text, and knows after each character which tokens may come next.
class Matcher {
 public:
  explicit Matcher(const std::vector<Token> &tokens) : tokens_(tokens), active_(tokens.size() + 1) {
    active_[0] = true;
    skip_optional_tokens();
  }

  bool is_match() const { return active_.back(); }
  bool may_match_later() const { return std::find(active_.begin(), active_.end(), true) != active_.end(); }

  void read(char32_t c) {
    std::vector<bool> before(active_.size());
    before.swap(active_);
    for (size_t i = 0; i < tokens_.size(); i++) {
      if (!before[i]) continue;
      if (stays(tokens_[i], c)) active_[i] = true;
      if (passes(tokens_[i], c)) active_[i + 1] = true;
    }
    skip_optional_tokens();
  }

 private:
  // What may stand for no character at all need not come next: the token behind it may, too.
  void skip_optional_tokens() {
    for (size_t i = 0; i < tokens_.size(); i++) {
      if (!active_[i]) continue;
      Token::Kind kind = tokens_[i].kind;
      if (kind == Token::star || kind == Token::everything || kind == Token::skip_folders) active_[i + 1] = true;
      if (kind == Token::skip_folders) active_[i + 2] = true;
    }
  }

  // Whether the token takes this character and may take more.
  static bool stays(const Token &token, char32_t c) {
    return token.kind == Token::everything || token.kind == Token::folders || (token.kind == Token::star && c != '/');
  }

  // Whether the token takes this character as its last.
  static bool passes(const Token &token, char32_t c) {
    switch (token.kind) {
      case Token::character:
        return c == token.value;
      case Token::any:
        return c != '/';
      case Token::folders:
        return c == '/';
      case Token::character_class:
        return in_ranges(token, c) != token.negated;
      default:
        return false;
    }
  }

  static bool in_ranges(const Token &token, char32_t c) {
    return std::any_of(token.ranges.begin(), token.ranges.end(),
                       [c](const auto &range) { return range.first <= c && c <= range.second; });
  }

  const std::vector<Token> &tokens_;
  std::vector<bool> active_;  // one for each token, and one for having matched
};

}  // namespace

// Whether a pattern matches the path or a folder that it lies in.
static bool covers(const IgnorePattern &pattern, const std::u32string &path) {
  Matcher matcher(pattern.tokens);
  for (char32_t c : path) {
    if (c == '/' && matcher.is_match()) return true;
    matcher.read(c);
  }
  return matcher.is_match();
}

static bool may_reach_into(const IgnorePattern &pattern, const std::u32string &folder) {
  Matcher matcher(pattern.tokens);
  for (char32_t c : folder) matcher.read(c);
  matcher.read('/');
  return matcher.may_match_later();
}

bool IgnoreFile::excludes(const std::string &path) const {
  std::u32string points = code_points(path);
  bool excluded = false;
  for (const IgnorePattern &pattern : *patterns_)
    if (pattern.exception == excluded && covers(pattern, points)) excluded = !excluded;
  return excluded;
}

bool IgnoreFile::may_skip_folder(const std::string &path) const {
  if (!excludes(path)) return false;
  std::u32string points = code_points(path);
  return std::none_of(patterns_->begin(), patterns_->end(), [&](const IgnorePattern &pattern) {
    return pattern.exception && may_reach_into(pattern, points);
  });
}

}  // namespace conu
