// The options of `docker run`, as a command line and as what is asked of the engine.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "json/json.h"

namespace conu {

struct NamedVolume {
  std::string name;
  std::string driver;  // empty: the engine's own
  Json options, labels;
  bool by_volume_option = false;  // then --volume-driver speaks of it
};

// Something that engines before a version of their API would leave out without a word.
struct NeededVersion {
  std::string option;
  int minor;  // of 1.x
};

// A seccomp profile that the body has whole. Podman takes the name of its file instead.
struct Profile {
  std::string text, path;
};

// What the options and the command come to.
struct RunRequest {
  Json body;             // of POST /containers/create
  std::string name;      // for the query; empty: the engine makes one up
  std::string platform;  // for the query; empty: any
  std::string pull;      // always, missing, never, or empty
  std::string cid_file;  // where the container's ID is to be written; empty: nowhere
  std::vector<NamedVolume> volumes;
  std::vector<NeededVersion> needs;
  std::vector<Profile> profiles;
  bool shares_engine;  // the container is to use it as the user does
};

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

  // As they were given; no program is the one that there is, docker or podman.
  const std::string &binary() const { return binary_; }
  const std::vector<std::string> &options() const { return options_; }
  const std::vector<std::string> &arguments() const { return arguments_; }

  // The program, `run`, options, labels of the session and those added, image, command. Options are not looked into:
  // the program judges them.
  std::vector<std::string> command_line(const std::string &image) const;

  // These read the options, and throw Failure(invalid_argument) that names one which is unknown or malformed. Only
  // request() reads the files that options name.
  RunRequest request(const std::string &image) const;
  std::string name() const;

 private:
  std::string binary_;
  std::vector<std::string> options_;
  std::vector<std::string> arguments_;
  std::vector<std::pair<std::string, std::string>> labels_;
};

}  // namespace conu
