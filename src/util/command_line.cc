// Reading the words of a command line by a table of options.
#include "util/command_line.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

bool read_truth(std::string_view text) {
  for (const char *yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (text == yes) return true;
  for (const char *no : {"0", "f", "F", "false", "FALSE", "False"})
    if (text == no) return false;
  throw BadValue{"is neither true nor false", ""};
}

void CommandLine::reject(const std::string &option, std::string_view value, const BadValue &bad) const {
  throw_failure(Code::invalid_argument, {"option ", option, " of ", program_, ": ", in_quotes(value), " ", bad.why},
                bad.hint);
}

void CommandLine::reject_word(const std::string &word, const char *where) const {
  throw_failure(Code::invalid_argument, {in_quotes(word), where, " among the options of ", program_, " is no option"},
                elsewhere_);
}

void CommandLine::apply(const OptionShape &option, const std::string &value, const Apply &apply) const {
  try {
    if (option.kind == OptionShape::value) return apply(option, value);
    apply(option, read_truth(value) ? "true" : "false");
  } catch (const BadValue &bad) {
    reject(concat("--", option.name), value, bad);
  }
}

template <class Is>
const OptionShape *CommandLine::find(Is is) const {
  for (size_t i = 0;; i++) {
    const OptionShape *option = row_(i);
    if (option == nullptr || is(*option)) return option;
  }
}

bool CommandLine::read(const std::vector<std::string> &words, const Apply &act) const {
  size_t next = 0;
  auto unknown = [&](const std::string &spelling, const std::string &word) {
    throw_failure(Code::invalid_argument, {"unknown option ", excerpt(spelling),
                                           word != spelling ? concat(" in ", excerpt(word)) : "", " of ", program_});
  };
  auto take_value = [&](const std::string &spelling) -> const std::string & {
    if (next == words.size())
      throw_failure(Code::invalid_argument, {"option ", spelling, " of ", program_, " needs a value"});
    return words[next++];
  };
  while (next < words.size()) {
    const std::string &word = words[next++];
    if (word == "--" && next < words.size()) reject_word(words[next], " behind --");
    if (word == "--") return true;
    if (word.size() < 2 || word[0] != '-') reject_word(word, "");
    if (word[1] == '-') {
      size_t end = word.find('=');
      std::string spelling = word.substr(0, end);
      const OptionShape *option =
          find([name = std::string_view(spelling).substr(2)](const OptionShape &row) { return name == row.name; });
      if (option == nullptr) unknown(spelling, spelling);
      if (end != word.npos)
        apply(*option, word.substr(end + 1), act);
      else
        apply(*option, option->kind == OptionShape::flag ? "true" : take_value(spelling), act);
      continue;
    }
    for (size_t i = 1; i < word.size(); i++) {
      std::string spelling = concat("-", std::string_view(&word[i], 1));
      const OptionShape *option = find([&](const OptionShape &row) { return row.letter == word[i]; });
      if (option == nullptr) unknown(spelling, word);
      bool is_assigned = i + 2 < word.size() && word[i + 1] == '=';
      if (!is_assigned && option->kind == OptionShape::flag) {
        apply(*option, "true", act);
        continue;
      }
      std::string rest = word.substr(i + (is_assigned ? 2 : 1));
      apply(*option, rest.empty() ? take_value(spelling) : rest, act);
      break;
    }
  }
  return false;
}

}  // namespace conu
