// Reading the words of a command line by a table of options, as the programs of the field do it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace conu {

// What is wrong with a value; whoever knows the option adds its name and the value itself.
struct BadValue {
  std::string why;  // continues a sentence that begins with the value: "is no size"
  std::string hint;
};

bool read_truth(std::string_view text);  // throws BadValue

struct OptionShape {
  const char *name;  // behind two dashes
  char letter;       // behind one dash; 0: none
  enum Kind { flag, value } kind;
};

class CommandLine {
 public:
  using Row = const OptionShape *(*)(size_t index);

  // `program` stands in messages: "docker run". `row` gives the rows of the table, null behind the last. What is no
  // option has no place here; `elsewhere` says where it is given.
  constexpr CommandLine(const char *program, Row row, const char *elsewhere)
      : program_(program), row_(row), elsewhere_(elsewhere) {}

  // A flag's value is "true" or "false". Throws BadValue.
  using Apply = std::function<void(const OptionShape &option, const std::string &value)>;

  // --name, --name=value, --name value, -n, -nvalue, -n=value, -n value, and flags together: -ab. Throws
  // Failure(invalid_argument) that names the option. Whether "--" has ended the options.
  bool read(const std::vector<std::string> &words, const Apply &apply) const;

  // Throws what is wrong with an option's value.
  [[noreturn]] void reject(const std::string &option, std::string_view value, const BadValue &bad) const;

 private:
  [[noreturn]] void reject_word(const std::string &word, const char *where) const;
  void apply(const OptionShape &option, const std::string &value, const Apply &apply) const;
  template <class Is>
  const OptionShape *find(Is is) const;

  const char *program_;
  Row row_;
  const char *elsewhere_;
};

}  // namespace conu
