// Running a script of an image in a container, to its end.
#include "s2i/script_run.h"

#include "container/copy.h"
#include "container/lifecycle.h"
#include "container/output.h"
#include "loop/group.h"
#include "loop/signal.h"
#include "s2i/exit_failure.h"
#include "s2i/users.h"
#include "session/cleanup.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- output ----------------------------------------------------------------------------------------------------------

Task<void> ScriptOutput::take(Piece piece) {
  const size_t beginning = 1024;
  if (piece.channel == 2 && first_errors_.size() < beginning)
    first_errors_ += piece.bytes.substr(0, beginning - first_errors_.size());
  lines_.feed(piece);
  for (auto line = lines_.next(); line; line = lines_.next()) {
    Piece whole = *line;
    co_await put(whole);
  }
}

Task<void> ScriptOutput::finish() {
  for (auto line = lines_.last(); line; line = lines_.last()) {
    Piece rest = *line;
    co_await put(rest);
  }
}

void ScriptOutput::forget() {
  first_errors_.clear();
  last_error_.clear();
  last_lines_.clear();
}

Task<void> ScriptOutput::put(Piece line) {
  const size_t kept_lines = 50, kept_bytes = 4096;
  bool is_out = line.channel != 2;
  // Podman's own, where a script does not read its input to the end.
  bool is_podmans =
      !is_out && line.bytes.starts_with("Error: ") && line.bytes.find(" unixpacket @->") != line.bytes.npos;
  if (is_podmans) co_return;
  Step step;
  step.text = is_out ? trimmed(line.bytes) : line.bytes;
  notice(step.text);
  last_lines_.push_back(as_utf8(step.text.substr(0, kept_bytes)));
  if (!is_out && !trimmed(line.bytes).empty()) last_error_ = last_lines_.back();
  if (last_lines_.size() > kept_lines) last_lines_.pop_front();
  if (is_out && is_quiet_) co_return;
  co_await steps_.put(std::move(step));
}

void throw_script_failure(const std::string &subject, int exit_code, const ScriptOutput &output) {
  Json lines = Json::array();
  std::string end;
  for (const std::string &line : output.last_lines()) {
    lines.append(Json::string(line));
    if (!trimmed(line).empty()) end = line;
  }
  if (!output.last_error().empty()) end = output.last_error();  // which may have come before the rest
  const char *hint = exit_code == 126 ? "the script is there, but may not be executed" : "";
  if (exit_code == 127) hint = "is the script there, and the program that its first line names?";
  throw_exit_failure(concat(subject, " failed with exit code ", decimal(exit_code),
                            end.empty() ? "" : "; its output ends: ", end.empty() ? "" : in_quotes(end)),
                     hint, exit_code, "output", lines);
}

// --- input -----------------------------------------------------------------------------------------------------------

namespace {

// Bytes of an archive, those of its files included, one piece after the other.
class Feed {
 public:
  explicit Feed(std::shared_ptr<BodySource> source) : source_(std::move(source)) {}

  std::string_view next() {
    if (range_.size == 0) {
      std::string_view bytes = source_->next();
      range_ = source_->file();
      if (!bytes.empty() || range_.size == 0) return bytes;
    }
    return read_next(&range_, &buffer_);
  }

 private:
  std::shared_ptr<BodySource> source_;
  FileRange range_;
  std::string buffer_;
};

}  // namespace

// No bytes: the end. Whether the container took it; what it does not read is its own business.
static Task<void> write(Exchange &exchange, std::string_view bytes, bool *is_taken) {
  size_t written = 0;
  std::optional<Failure> failure;
  try {
    if (bytes.empty())
      co_await exchange.close_write();
    else
      co_await exchange.write(bytes, &written);
  } catch (const Failure &caught) {
    failure = caught;
  }
  *is_taken = !failure;
}

// Ends by its failure alone: the reading says when all is over.
static Task<void> feed(Exchange &exchange, std::shared_ptr<BodySource> source) {
  Feed feed(std::move(source));
  bool is_taken = true, is_at_end = false;
  while (is_taken && !is_at_end) {
    std::string_view bytes = feed.next();
    is_at_end = bytes.empty();
    co_await write(exchange, bytes, &is_taken);
  }
  Signal never;
  co_await never.wait();
}

static Task<void> read(Output &output, ScriptOutput &to) {
  for (;;) {
    auto piece = co_await output.next();
    if (!piece) break;
    Piece taken = *piece;
    co_await to.take(taken);
  }
  co_await to.finish();
}

// --- the run ---------------------------------------------------------------------------------------------------------

// Nothing is lost of the output: it is asked for before the start.
static Task<int> run_to_end(Api &api, Container &container, std::shared_ptr<BodySource> input, ScriptOutput &to) {
  Query query;
  query.add("stream", "1").add("stdin", input ? "1" : "0").add("stdout", "1").add("stderr", "1");
  std::string path = container.path(concat("/attach", query.text()));
  Exchange exchange = co_await open_upgraded(api, path, container.subject(), Json());
  Output output(std::move(exchange), false, concat("the output of ", container.subject()));
  co_await start(api, container);
  std::vector<Task<void>> lines;
  lines.push_back(read(output, to));
  if (input) lines.push_back(feed(output.exchange(), input));
  co_await when_any(std::move(lines));
  int exit_code = co_await wait(api, container, -1);
  co_return exit_code;
}

// Whether these errors are those of an image without the programs tar or sh.
static bool tell_of_no_tar(const std::string &errors) {
  for (std::string_view line : split(errors, '\n')) {
    std::string words = lower_case(line);
    auto follows = [&](const char *first, const char *then) {
      size_t at = words.find(first);
      return at != words.npos && words.find(then, at) != words.npos;
    };
    if (follows("tar", "not found") || follows("/bin/sh", "no such file or directory")) return true;
  }
  return false;
}

static Task<void> put_files(Api &api, Container &container, const ScriptRun &run) {
  Owner owner{0, 0};
  co_await find_owner(api, container, run.user, &owner);
  std::string subject = concat("the files for ", container.subject());
  co_await put_archive(api, container, run.destination, run.archive(owner), subject);
}

// Nothing where the image lacks tar, which was to be used.
static Task<std::optional<int>> run_in(Api &api, Container &container, const ScriptRun &run, bool by_tar,
                                       ScriptOutput &output) {
  if (run.before) co_await run.before(container);
  if (run.archive && !by_tar) co_await put_files(api, container, run);
  std::shared_ptr<BodySource> input;
  if (by_tar) input = run.archive(Owner{geteuid(), getegid()});
  int exit_code = 0;
  try {
    exit_code = co_await run_to_end(api, container, input, output);
  } catch (Failure &failure) {
    blame_program(&failure);  // Podman tells of it before the start
    if (!by_tar || failure.code != Code::command_missing) throw;
    co_return std::nullopt;  // not even a shell
  }
  if (by_tar && exit_code != 0 && tell_of_no_tar(output.first_errors())) co_return std::nullopt;
  co_return exit_code;
}

static Task<void> run_and_finish(Api &api, ContainerPtr container, const ScriptRun &run, bool by_tar,
                                 ScriptOutput &output, bool *is_done) {
  auto exit_code = co_await run_in(api, *container, run, by_tar, output);
  *is_done = exit_code.has_value();
  if (*is_done) co_await run.after(*container, *exit_code);
}

static Task<bool> try_to_run(Api &api, const ScriptRun &run, bool by_tar, ScriptOutput &output) {
  auto command = words({run.script}), options = run.options;
  if (by_tar) {
    command = words({"/bin/sh", "-c", concat("tar -C ", run.destination, " -xf - && ", run.script)});
    options.push_back("--interactive");
  }
  ContainerPtr container = co_await create_via_api(api, *run.image, RunBuilder(std::move(command), std::move(options)));
  bool is_done = false;
  co_await with_cleanup(run_and_finish(api, container, run, by_tar, output, &is_done),
                        remove_container(api, container->id(), container->subject(), true, true));
  co_return is_done;
}

ScriptRun::ScriptRun() = default;
ScriptRun::~ScriptRun() = default;

Task<void> run_script(Api &api, const ScriptRun &run, ScriptOutput &output) {
  bool by_tar = static_cast<bool>(run.archive);
  bool is_done = co_await try_to_run(api, run, by_tar, output);
  if (is_done) co_return;
  output.forget();
  co_await try_to_run(api, run, false, output);
}

}  // namespace conu
