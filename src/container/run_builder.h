// The options of `docker run`, as a command line and as the body of POST /containers/create.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "json/json.h"

namespace conu {

class RunBuilder {
 public:
  // `additional_opts` are the words of a command line: an option's value follows it, or is joined to it.
  explicit RunBuilder(std::vector<std::string> command = {}, std::vector<std::string> additional_opts = {});

  void add_option(std::string option);
  void add_argument(std::string argument);
  // A host folder or a volume's name (empty: a volume without a name) at `target`; `mode` may be empty.
  void add_volume(const std::string &source, const std::string &target, const std::string &mode);
  void add_label(const std::string &key, const std::string &value);
  void set_binary(std::string binary);

  // The program, `run`, options, labels, image, command. Options are not looked into: the program judges them.
  std::vector<std::string> command_line(const std::string &image) const;

  // The rest reads the options, and throws Failure(invalid_argument) that names one which is unknown or malformed.
  Json parameters(const std::string &image) const;  // body of POST /containers/create; the name goes in the query
  std::string name() const;                         // empty: the engine makes one up
  bool auto_remove() const;                         // --rm
  std::vector<std::string> named_volumes() const;   // the volumes that the engine would create, by name

 private:
  std::string binary_ = "docker";
  std::vector<std::string> options_;
  std::vector<std::string> arguments_;
  std::vector<std::pair<std::string, std::string>> labels_;
};

}  // namespace conu
