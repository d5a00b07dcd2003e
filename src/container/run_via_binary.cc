// Running a container by the docker or podman program.
#include "container/run_via_binary.h"

#include "container/creation.h"
#include "container/engine_program.h"
#include "container/lifecycle.h"
#include "container/state.h"
#include "filesystem/directory.h"
#include "loop/group.h"
#include "loop/process.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

namespace {

// A start by the program, and what is known of it.
struct Start {
  Start(Image &image, const RunBuilder &builder)
      : image(image), builder(builder), program(program_for(image.engine()->endpoint(), builder.binary())) {
    try {
      request = builder.request(image.engine_name());
      if (!request->name.empty()) creation.name = request->name;
    } catch (const Failure &) {
      // The program judges: it may know options that only it has.
    }
  }

  std::string subject() const { return concat("the container ", creation.name, " of ", image.subject()); }
  std::vector<NamedVolume> volumes() const { return request ? request->volumes : std::vector<NamedVolume>(); }
  std::vector<std::string> command_line(const std::vector<std::string> &options) const;
  Failure failure(const std::string &what, int exit_code, const std::string &errors) const;

  Image &image;
  const RunBuilder &builder;
  EngineProgram program;
  std::optional<RunRequest> request;  // nothing where the options cannot be read
  Creation creation;
};

// Our options stand before the builder's, which may end in anything.
std::vector<std::string> Start::command_line(const std::vector<std::string> &options) const {
  std::vector<std::string> words = program.words;
  auto add = [&](const std::vector<std::string> &more) { words.insert(words.end(), more.begin(), more.end()); };
  add({"run"});
  add(options);
  add({"--name", creation.name});
  for (const auto &[key, value] : creation.labels()) add({"--label", std::string(key).append("=").append(value)});
  add(builder.options());
  add({image.engine_name()});
  add(builder.arguments());
  return words;
}

Failure Start::failure(const std::string &what, int exit_code, const std::string &errors) const {
  std::string said = errors.empty() ? "" : concat(": ", excerpt(errors, 2000));
  Failure failure(Code::command_failed, concat(subject(), ": ", program.words[0], " run ", what, " with exit code ",
                                               decimal(exit_code), said));
  if (errors.find("already in use") != errors.npos)
    failure.hint = "the name is taken: choose another one, or remove the container that has it";
  else if (exit_code == 126 || exit_code == 127)
    failure.hint = "the image may not have the program that it is to run: see the command";
  failure.details = Json::object().set("exit_code", Json::integer(exit_code)).set("stderr", errors).dump();
  return failure;
}

}  // namespace

// The id is the program's word: what is removed is found by its label alone.
static Task<void> undo_start(Api &api, Start &start) {
  start.creation.id.clear();
  return undo(api, start.creation, start.creation.was_asked);
}

static bool is_id(std::string_view text) { return text.size() == 64 && is_hex(text); }

// --- in the background -----------------------------------------------------------------------------------------------

static Task<void> run_detached(Start &start, ProgramResult *result) {
  std::vector<std::string> options;
  options.push_back("--detach");
  start.creation.was_asked = true;
  ProcessOptions surroundings;
  surroundings.hidden_variables = start.program.hidden_variables;
  *result = co_await run_program(start.command_line(options), "", -1, 16 << 20, surroundings);
}

// The last line of its output is the container's id: others may tell of a pull.
static std::string id_in(const std::string &output) {
  std::string_view line = trimmed(output);
  line = trimmed(line.substr(line.rfind('\n') + 1));
  return is_id(line) ? std::string(line) : "";
}

static Task<ContainerPtr> start_detached(Api &api, Start &start) {
  co_await create_volumes(api, start.volumes(), &start.creation);
  Scope &scope = co_await current_scope();
  // A cancel lets the program end by itself, for a while: what it has created can then be removed for certain.
  ProgramResult result;
  co_await shielded(run_detached(start, &result), cleanup_ms / 2);
  if (result.exit_code != 0) throw start.failure("failed", result.exit_code, result.err);
  start.creation.id = id_in(result.out);
  if (start.creation.id.empty()) throw start.failure("gave no ID of a container, but ended", 0, result.err);
  if (scope.is_cancelled()) throw scope.reason();
  auto container =
      std::make_shared<Container>(start.image.engine(), start.creation.id, start.creation.name, std::nullopt);
  if (start.request) co_return container;
  Json document = co_await inspect(api, *container);
  container->set_name(name_in(document));  // of which the options that were not read may say something
  co_return container;
}

Task<ContainerPtr> run_via_binary(Api &api, Image &image, RunBuilder builder) {
  Start start(image, builder);
  ContainerPtr container;
  std::optional<Failure> failure;
  try {
    container = co_await start_detached(api, start);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return container;
  co_await undo_start(api, start);
  throw *failure;
}

// --- in the foreground -----------------------------------------------------------------------------------------------

static const int64_t look_again_ms = 5;

// The id is in the file that the program writes; where the builder may have such a file of its own, the engine is
// asked.
static Task<void> await_creation(Api &api, Start &start, Foreground &program, std::string cid_file) {
  for (;;) {
    bool has_ended = program.exit_code().has_value();  // first, so that what is looked at then is the last word
    std::string id;
    if (cid_file.empty())
      id = co_await id_by_label(api, start.creation.token);
    else
      id = trimmed(read_file(cid_file).value_or(""));
    if (is_id(id)) start.creation.id = id;
    if (is_id(id) || has_ended) co_return;
    co_await sleep_for(look_again_ms);
  }
}

// What inspect says of a container that has started; absent where it has run, and removed itself.
static Task<Json> await_start(Api &api, Start &start, Foreground &program) {
  for (;;) {
    auto exit_code = program.exit_code();
    Json document;
    try {
      std::string text = co_await inspect_text(api, start.creation.id, start.subject());
      document = Json::parse(text, concat("the engine's answer about ", start.subject()));
    } catch (const Failure &failure) {
      if (failure.code != Code::not_found) throw;
    }
    bool has_started = document && status_in(document) != "created";
    if (has_started) co_return document;
    // The program's own failures, where the container is not there to tell.
    bool failed = document || (exit_code && *exit_code >= 125 && *exit_code <= 127);
    if (exit_code && failed) throw start.failure("failed", *exit_code, program.errors_so_far());
    if (exit_code) co_return document;
    co_await sleep_for(look_again_ms);
  }
}

static Task<RunningProgram> start_in_foreground(Api &api, Start &start, ProcessOptions pipes, std::string name) {
  co_await create_volumes(api, start.volumes(), &start.creation);
  Scope &scope = co_await current_scope();
  std::vector<std::string> options;
  if (pipes.pipe_in) options.push_back("--interactive");
  DirectoryOptions temporary;
  auto folder = co_await Directory::make(temporary);
  std::string cid_file;
  if (start.request && start.request->cid_file.empty()) {
    cid_file = concat(folder->path(), "/id");
    options.push_back("--cidfile");
    options.push_back(cid_file);
  }
  pipes.hidden_variables = start.program.hidden_variables;
  RunningProgram running;
  running.program = std::make_unique<Foreground>(start.command_line(options), pipes, start.subject());
  start.creation.was_asked = true;
  // As in the background.
  co_await shielded(await_creation(api, start, *running.program, cid_file), cleanup_ms / 2);
  if (scope.is_cancelled()) throw scope.reason();
  if (start.creation.id.empty()) {
    int exit_code = *running.program->exit_code();
    throw start.failure("failed", exit_code, running.program->errors_so_far());
  }
  Json document = co_await await_start(api, start, *running.program);
  std::optional<bool> terminal;
  if (document) {
    start.creation.name = name_in(document);
    terminal = document["Config"]["Tty"].boolean_or(false);
  }
  if (!name.empty() && start.creation.name != name)
    throw_failure(Code::invalid_argument, {start.subject(), " is not called ", in_quotes(name)},
                  "the builder has a name, too: give one of the two");
  running.container =
      std::make_shared<Container>(start.image.engine(), start.creation.id, start.creation.name, terminal);
  co_return running;
}

static void set_name(Start *start, const std::string &name) {
  if (name.empty()) return;
  check_container_name(name);
  if (start->request && !start->request->name.empty() && start->request->name != name)
    throw_failure(Code::invalid_argument,
                  {"the container cannot be called ", in_quotes(name), " as the argument container_name says, and ",
                   in_quotes(start->request->name), " as the builder does"},
                  "give one of the two");
  start->creation.name = name;
}

Task<RunningProgram> run_in_foreground(Api &api, Image &image, RunBuilder builder, ProcessOptions pipes,
                                       std::string name) {
  Start start(image, builder);
  set_name(&start, name);
  RunningProgram running;
  std::optional<Failure> failure;
  try {
    running = co_await start_in_foreground(api, start, pipes, name);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (!failure) co_return running;
  co_await undo_start(api, start);
  throw *failure;
}

}  // namespace conu
