// What a container is waited for: single conditions, and all or any of several.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "container/pattern.h"

namespace conu {

struct Condition {
  enum class Kind { all, any, port, log, http, healthy, status, command };

  Kind kind = Kind::all;
  int port = 0;                            // port, http
  std::shared_ptr<const Pattern> pattern;  // log
  int occurrences = 1;                     // log: the lines that match
  std::string path;                        // http
  int http_status = 200;
  std::string status;                 // of the container
  std::vector<std::string> command;   // repeated until it ends with
  int exit_code = 0;                  //   this code
  std::vector<Condition> conditions;  // all, any

  std::string text() const;  // "port 80 to be open", for messages
};

// Each throws Failure(invalid_argument) for what cannot be meant.
Condition port_condition(int port);
Condition log_condition(const std::string &pattern, int occurrences);
Condition http_condition(int port, const std::string &path, int http_status);
Condition healthy_condition();
Condition status_condition(const std::string &status);
Condition command_condition(std::vector<std::string> command, int exit_code);
// Puts a copy of `inner` into an all or any.
void add_condition(Condition *outer, const Condition &inner);

}  // namespace conu
