// What a container is waited for.
#include "container/condition.h"

#include <algorithm>

#include "container/reach.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

[[noreturn]] static void reject(Text message, Text hint = {}) { throw_failure(Code::invalid_argument, message, hint); }

Condition port_condition(int port) {
  check_port_number(port);
  Condition condition;
  condition.kind = Condition::Kind::port;
  condition.port = port;
  return condition;
}

Condition log_condition(const std::string &pattern, int occurrences) {
  if (occurrences < 1) reject(concat("the argument occurrences is ", decimal(occurrences), ", not 1 or more"));
  Condition condition;
  condition.kind = Condition::Kind::log;
  condition.pattern = std::make_shared<const Pattern>(pattern);
  condition.occurrences = occurrences;
  return condition;
}

Condition http_condition(int port, const std::string &path, int http_status) {
  if (http_status < 100 || http_status > 599)
    reject(concat("the argument http_status is ", decimal(http_status), ", not 100 to 599"));
  Condition condition = port_condition(port);
  condition.kind = Condition::Kind::http;
  HttpRequest request;
  request.path = path;
  condition.path = checked(request).path;
  condition.http_status = http_status;
  return condition;
}

Condition healthy_condition() {
  Condition condition;
  condition.kind = Condition::Kind::healthy;
  return condition;
}

Condition status_condition(const std::string &status) {
  static const char *const known[] = {"created", "running", "paused", "restarting", "removing", "exited", "dead"};
  if (std::find(std::begin(known), std::end(known), status) == std::end(known))
    reject(concat("the argument status, ", in_quotes(status), ", is no state of a container"),
           "one of created, running, paused, restarting, removing, exited, dead");
  Condition condition;
  condition.kind = Condition::Kind::status;
  condition.status = status;
  return condition;
}

Condition command_condition(std::vector<std::string> command, int exit_code) {
  if (command.empty()) reject("the argument command is empty");
  if (exit_code < 0 || exit_code > 255)
    reject(concat("the argument exit_code is ", decimal(exit_code), ", not 0 to 255"));
  Condition condition;
  condition.kind = Condition::Kind::command;
  condition.command = std::move(command);
  condition.exit_code = exit_code;
  return condition;
}

static size_t count(const Condition &condition) {
  size_t all = 1;
  for (const Condition &part : condition.conditions) all += count(part);
  return all;
}

void add_condition(Condition *outer, const Condition &inner) {
  const size_t most = 100;  // each is a coroutine with a connection
  if (count(*outer) + count(inner) > most) reject(concat("a wait has at most ", decimal(most), " conditions"));
  Condition copy = inner;  // it may be the same object
  outer->conditions.push_back(std::move(copy));
}

std::string Condition::text() const {
  switch (kind) {
    case Kind::port:
      return concat("port ", decimal(port), " to be open");
    case Kind::log:
      return concat(occurrences == 1 ? "a log line" : concat(decimal(occurrences), " log lines"), " with ",
                    in_quotes(pattern->text()));
    case Kind::http:
      return concat("GET ", path, " on port ", decimal(port), " to answer ", decimal(http_status));
    case Kind::healthy:
      return "its health check to pass";
    case Kind::status:
      return concat("the state ", status);
    case Kind::command:
      return concat("the command ", command[0], " to end with ", decimal(exit_code));
    case Kind::all:
    case Kind::any:
      break;
  }
  std::string text;
  for (const Condition &part : conditions)
    text += concat(text.empty() ? "" : kind == Kind::all ? " and " : " or ", part.text());
  return text.empty() ? "nothing" : conditions.size() > 1 ? concat("(", text, ")") : text;
}

}  // namespace conu
