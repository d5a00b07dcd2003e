// Checks of what a command does in a container of an image.
#include "check/command_checks.h"

#include "check/image_files.h"
#include "check/search.h"
#include "container/commit.h"
#include "container/container.h"
#include "container/logs.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- one container ---------------------------------------------------------------------------------------------------

namespace {

struct Outcome {
  int exit_code = 0;
  std::string out, err;
  ImagePtr image;  // with what the command has changed, where that was asked for
};

}  // namespace

static Task<void> follow(Api &api, Container &container, Outcome *outcome) {
  const size_t most = 16 << 20;
  LogOptions options;
  options.follow = true;
  std::unique_ptr<Log> log = co_await open_log(api, container, options);
  for (;;) {
    auto piece = co_await log->next();
    if (!piece) break;
    (piece->channel == 2 ? outcome->err : outcome->out).append(piece->bytes);
    if (outcome->out.size() + outcome->err.size() > most) throw_failure(Code::io, "it has written more than 16 MiB");
  }
  outcome->exit_code = co_await wait(api, container, -1);
}

static Task<void> watch(Api &api, Container &container, int64_t timeout_ms, bool is_kept, Outcome *outcome) {
  Scope &scope = co_await current_scope();
  {
    Deadline deadline(scope, timeout_ms, [timeout_ms] {
      return Failure(Code::command_failed, concat("it has not ended within ", decimal(timeout_ms), " ms"));
    });
    co_await follow(api, container, outcome);
  }
  if (is_kept) outcome->image = co_await commit(api, container, "", "");
}

static Task<void> run_command(Api &api, Image &image, Words options, Words command, int64_t timeout_ms, bool is_kept,
                              Outcome *outcome) {
  options.insert(options.end(), {"--entrypoint", command.front()});
  command.erase(command.begin());
  ContainerPtr container = co_await run_via_api(api, image, RunBuilder(command, options));
  co_await with_cleanup(watch(api, *container, timeout_ms, is_kept, outcome),
                        remove_container(api, container->id(), container->subject(), true, true));
}

// --- before and after ------------------------------------------------------------------------------------------------

// Images below it stay, also those without a name: they are not ours.
static Task<void> remove_step(Api &api, ImagePtr step) {
  try {
    co_await api.call("DELETE", step->path("?force=1&noprune=1"), step->subject());
  } catch (const Failure &failure) {
    if (failure.http_status != 404) throw;
  }
}

static std::string in_words(const Words &command) {
  std::string text;
  for (const std::string &word : command) text += concat(text.empty() ? "" : " ", word);
  return in_quotes(text);
}

static void need_success(const char *kind, const Words &command, const Outcome &outcome) {
  if (outcome.exit_code == 0) return;
  const std::string &said = outcome.err.empty() ? outcome.out : outcome.err;
  throw_failure(Code::command_failed,
                {"the ", kind, " command ", in_words(command), " ended with ", decimal(outcome.exit_code),
                 said.empty() ? " and no word" : concat(": ", excerpt(said))});
}

// --- the check -------------------------------------------------------------------------------------------------------

namespace {

// What its containers have in common.
struct Work {
  Api &api;
  const CommandCheck &check;
  Words options;
  Environment environment;
  std::vector<ImagePtr> steps;  // one for each command of the setup

  Words expanded(const Words &command) const {
    Words words;
    for (const std::string &word : command) words.push_back(substituted(word, environment));
    return words;
  }
};

}  // namespace

static Task<void> remove_steps(Work &work) {
  for (; !work.steps.empty(); work.steps.pop_back()) {
    ImagePtr step = work.steps.back();
    co_await remove_step(work.api, step);
  }
}

static Words options_of(const CheckDocument &document, const CommandCheck &check, Environment environment) {
  Words options = document.run_options;
  for (const std::vector<NamedValue> *list : {&document.global_env, &check.env}) {
    for (const NamedValue &variable : *list) {
      std::string value = substituted(variable.value, environment);
      environment[variable.key] = value;
      options.insert(options.end(), {"--env", concat(variable.key, "=", value)});
    }
  }
  return options;
}

// Podman removes an image without a name together with the last image that was made from it.
static void need_name(const Api &api, const Image &image) {
  Json document = Json::parse(image.remembered().value_or("{}"), concat("the inspect document of ", image.subject()));
  if (api.engine.is_podman() && document["RepoTags"].size() == 0)
    throw_failure(Code::unsupported,
                  {image.subject(), " has no name, and would not outlive a setup on Podman: tag it"});
}

static Task<void> set_up(Work &work, ImagePtr *image) {
  if (!work.check.setup.empty()) need_name(work.api, **image);
  for (const Words &words : work.check.setup) {
    Outcome outcome;
    Words command = work.expanded(words);
    co_await run_command(work.api, **image, work.options, command, work.check.timeout_ms, true, &outcome);
    work.steps.push_back(outcome.image);
    need_success("setup", command, outcome);
    *image = outcome.image;
  }
}

static Task<void> tear_down(Work &work, ImagePtr image) {
  for (const Words &words : work.check.teardown) {
    Outcome outcome;
    Words command = work.expanded(words);
    co_await run_command(work.api, *image, work.options, command, work.check.timeout_ms, false, &outcome);
    need_success("teardown", command, outcome);
  }
}

static Task<void> judge(const CommandCheck &check, const Outcome &outcome, CheckResult *result) {
  if (outcome.exit_code != check.exit_code) {
    const std::string &said = outcome.err.empty() ? outcome.out : outcome.err;
    result->errors.push_back(concat("it should end with ", decimal(check.exit_code), ", but ended with ",
                                    decimal(outcome.exit_code), said.empty() ? "" : concat(": ", excerpt(said))));
  }
  co_await search_for("its output", outcome.out, check.expected_output, check.excluded_output, result);
  co_await search_for("its error output", outcome.err, check.expected_error, check.excluded_error, result);
}

// What is put into the results of an output.
static std::string beginning_of(std::string text) {
  const size_t most = 64 << 10;
  if (text.size() <= most) return text;
  size_t left = text.size() - most;
  text.resize(most);
  return concat(text, "\n[and ", decimal(left), " bytes more]\n");
}

static Task<void> run_test(Work &work, ImagePtr image, CheckResult *result) {
  Outcome outcome;
  Words command = work.expanded(work.check.command);
  std::optional<Failure> failure;
  try {
    co_await run_command(work.api, *image, work.options, command, work.check.timeout_ms, false, &outcome);
    co_await judge(work.check, outcome, result);
  } catch (const Failure &caught) {
    failure = caught;
  }
  result->out = beginning_of(std::move(outcome.out));
  result->err = beginning_of(std::move(outcome.err));
  if (failure) add_failure(*failure, result);
}

static Task<void> run_all(Work &work, ImagePtr image, CheckResult *result) {
  co_await set_up(work, &image);
  co_await run_test(work, image, result);
  co_await tear_down(work, image);
}

Task<void> check_command(Api &api, ImagePtr image, const CheckDocument &document, const CommandCheck &check,
                         Environment environment, CheckResult *result) {
  Work work{api, check, options_of(document, check, environment), environment, {}};
  std::optional<Failure> failure;
  try {
    co_await with_cleanup(run_all(work, image, result), remove_steps(work));
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) add_failure(*failure, result);
}

}  // namespace conu
