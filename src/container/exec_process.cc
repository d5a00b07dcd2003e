// A process that was started in a container beside its own.
#include "container/exec_process.h"

#include <algorithm>

#include "container/local_process.h"
#include "session/labels.h"
#include "util/text.h"

namespace conu {

static const char mark_name[] = "CONU_EXEC_ID";

static std::string line_of(const std::vector<std::string> &command) {
  std::string line;
  for (const std::string &word : command) line += concat(line.empty() ? "" : " ", word);
  return in_quotes(line);
}

ExecProcess::ExecProcess(const Container &container, const ExecRequest &request)
    : container_id_(container.id()),
      container_path_(container.path("")),
      subject_(concat("the command ", line_of(request.command), " in ", container.subject())) {
  if (request.command.empty() || request.command[0].empty())
    throw_failure(Code::invalid_argument, {"the command to execute in ", container.subject(), " is empty"});
  command_ = request.command[0];
  if (request.timeout_ms >= 0) mark_ = concat(mark_name, "=", random_uuid());
}

// --- its start -------------------------------------------------------------------------------------------------------

static Json list_of(const std::vector<std::string> &items) {
  Json list = Json::array();
  for (const std::string &item : items) list.append(Json::string(item));
  return list;
}

// Engines refuse in different ways what a container that does not run cannot do.
static void explain_refusal(Failure *failure) {
  auto says = [&](const char *phrase) { return failure->message.find(phrase) != std::string::npos; };
  if (says("is paused")) {
    failure->code = Code::state;
    failure->hint = "unpause the container first";
  } else if (says("is restarting")) {
    failure->code = Code::state;
    failure->hint = "wait until it runs: conu_container_wait_for_status";
  } else if (says("is not running") || says("container state improper")) {
    failure->code = Code::state;
    failure->hint = "the container must run: its log and exit code may say why it does not";
  }
}

Task<void> ExecProcess::start(Api &api, ExecRequest request, bool with_stdin) {
  Json body = Json::object();
  body.set("AttachStdout", Json::boolean(true)).set("AttachStderr", Json::boolean(true));
  body.set("AttachStdin", Json::boolean(with_stdin)).set("Tty", Json::boolean(request.tty));
  body.set("Privileged", Json::boolean(request.privileged)).set("Cmd", list_of(request.command));
  if (!request.user.empty()) body.set("User", request.user);
  if (!request.workdir.empty()) body.set("WorkingDir", request.workdir);
  if (!mark_.empty()) request.environment.push_back(mark_);
  if (!request.environment.empty()) body.set("Env", list_of(request.environment));
  bool is_starting = false;
  try {
    std::string answer = co_await api.call("POST", concat(container_path_, "/exec"), subject_, body);
    id_ = Json::parse(answer, concat("the engine's answer to POST ", container_path_, "/exec"))["Id"].required_string();

    is_starting = true;
    Json how = Json::object().set("Detach", Json::boolean(false)).set("Tty", Json::boolean(request.tty));
    Exchange exchange = co_await open_upgraded(api, concat("/exec/", id_, "/start"), subject_, how);
    output_ = std::make_shared<Output>(std::move(exchange), request.tty, concat("the output of ", subject_));
  } catch (Failure &failure) {
    explain_refusal(&failure);
    if (is_starting && failure.code == Code::engine) failure.code = Code::command_failed;
    throw;
  }
}

Task<void> ExecProcess::write_input(std::shared_ptr<Output> output, std::string input) {
  try {
    size_t written = 0;
    co_await output->exchange().write(input, &written);
    co_await output->exchange().close_write();
  } catch (const Failure &) {
    // It has closed its input, or ended: its output and exit code tell the rest.
  }
}

void ExecProcess::feed(Loop &loop, std::string input) {
  feeding_ = Background(loop, write_input(output_, std::move(input)));
}

// --- its state -------------------------------------------------------------------------------------------------------

Task<Json> ExecProcess::inspect(Api &api) {
  std::string path = concat("/exec/", id_, "/json");
  std::string answer;
  try {
    answer = co_await api.get(path, subject_);
  } catch (Failure &failure) {
    // Podman forgets what ran in a container when that is started again.
    bool is_forgotten = failure.message.find("no such exec session") != failure.message.npos;
    if (is_forgotten) {
      failure.code = Code::state;
      failure.hint = "the container has ended while it ran: its log and exit code may say why";
    }
    throw;
  }
  co_return Json::parse(answer, concat("the engine's answer to GET ", path));
}

// Docker counts no process where it could not start one; Podman forgets the number of one that has ended, too, and can
// only be told by what it says.
static bool has_never_run(const Json &state, bool is_podman, std::string_view said) {
  if (state["Pid"].integer_or(0) != 0) return false;
  if (!is_podman) return true;
  int64_t code = state["ExitCode"].integer_or(0);
  if (code != 126 && code != 127) return false;
  std::string_view words = trimmed(said);
  return words.starts_with("Error: ") && words.find("OCI ") != words.npos;
}

static Failure not_started(const std::string &subject, const std::string &command, std::string_view said) {
  std::string text(trimmed(said));
  auto says = [&](const char *phrase) { return text.find(phrase) != std::string::npos; };
  bool has_no_folder = says("chdir to cwd");
  bool is_missing = says("executable file not found") || says("command that was not found") ||
                    (says((concat("exec: \"", command, "\"")).c_str()) && says("no such file or directory"));
  std::string message = concat(subject, " could not be started: ", excerpt(text, 600));
  if (has_no_folder)
    return Failure(Code::command_failed, message,
                   "the container has no such folder to work in, or the user may not enter it");
  if (is_missing)
    return Failure(Code::command_missing, message, "the container has no such program: see its PATH, or give the path");
  return Failure(Code::command_failed, message,
                 says("permission denied") ? "the file is no program, or the user may not run it" : "");
}

Task<int> ExecProcess::exit_code(Api &api, std::string_view said) {
  Scope &scope = co_await current_scope();
  int64_t limit_ms = api.engine.timeout_ms();
  Deadline deadline(scope, limit_ms, [&] {
    return Failure(Code::timeout,
                   concat(subject_, " has closed its output, but still runs after ", decimal(limit_ms), " ms"));
  });
  for (int64_t pause_ms = 1;; pause_ms = std::min<int64_t>(pause_ms * 2, 50)) {
    Json state = co_await inspect(api);
    auto code = state["ExitCode"].as_integer();
    bool running = state["Running"].boolean_or(false);
    if (!running && code) {
      if (has_never_run(state, api.engine.is_podman(), said)) throw not_started(subject_, command_, said);
      co_return static_cast<int>(*code);
    }
    co_await sleep_for(pause_ms);
  }
}

Task<void> ExecProcess::resize(Api &api, int rows, int columns) {
  Query query;
  query.add("h", decimal(rows)).add("w", decimal(columns));
  co_await api.call("POST", concat("/exec/", id_, "/resize", query.text()), subject_);
}

// --- its end ---------------------------------------------------------------------------------------------------------

// By a command in the container that looks for the mark in what its processes were started with.
Task<void> ExecProcess::kill_from_within(Api &api) {
  const std::string script =
      "for e in /proc/[0-9]*/environ; do if grep -q \"$1\" $e 2>/dev/null; then p=${e#/proc/}; "
      "kill -KILL ${p%/environ}; fi; done";
  Json body = Json::object();
  body.set("Cmd", list_of({"sh", "-c", script, "sh", mark_})).set("User", "0");
  body.set("AttachStdout", Json::boolean(true)).set("AttachStderr", Json::boolean(true));
  std::string answer = co_await api.call("POST", concat(container_path_, "/exec"), subject_, body);
  std::string id = Json::parse(answer, "the engine's answer to POST /exec")["Id"].required_string();
  Json how = Json::object().set("Detach", Json::boolean(true)).set("Tty", Json::boolean(false));
  co_await api.call("POST", concat("/exec/", id, "/start"), subject_, how);
}

Task<void> ExecProcess::end(Api &api, End *result) {
  *result = End::runs_on;
  if (id_.empty()) {
    *result = End::had_ended;
    co_return;
  }
  const int64_t patience_ms = 3000, start_ms = 500;  // for its end; for a start whose answer did not come
  Scope &scope = co_await current_scope();
  int64_t began = scope.loop.now();
  bool signalled = false;
  for (;;) {
    Json state = co_await inspect(api);
    int64_t passed = scope.loop.now() - began;
    bool running = state["Running"].boolean_or(false);
    bool may_start = !output_ && !signalled && passed < start_ms;
    if (!running && !may_start) {
      *result = signalled ? End::ended : End::had_ended;
      co_return;
    }
    int64_t pid = state["Pid"].integer_or(0);
    if (running && !signalled && pid > 0) {
      signalled = true;
      bool killed = kill_process_of(container_id_, static_cast<pid_t>(pid));
      if (killed) *result = End::ended;  // nothing withstands that; a busy engine may be late to notice
      if (!killed && !mark_.empty()) co_await kill_from_within(api);
      // Podman sees no end of a process before its output is taken.
      if (output_) output_->exchange().abort();
    }
    if (passed > patience_ms) co_return;
    co_await sleep_for(10);
  }
}

}  // namespace conu
