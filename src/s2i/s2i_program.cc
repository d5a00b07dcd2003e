// The s2i program itself, for who asks for it.
#include "s2i/s2i_program.h"

#include "container/engine_program.h"
#include "container/lines.h"
#include "loop/process.h"
#include "s2i/exit_failure.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/program.h"
#include "util/text.h"

namespace conu {

bool is_program_wanted() {
  auto wanted = environment("CONU_S2I");
  if (wanted && *wanted != "binary" && *wanted != "native")
    throw_failure(Code::invalid_argument, {"CONU_S2I is ", in_quotes(*wanted)}, "it is binary, native, or not set");
  return wanted == "binary";
}

static std::vector<std::string> command_for(const char *verb, Image &builder) {
  if (!find_program("s2i"))
    throw_failure(Code::command_missing, "there is no program s2i, which CONU_S2I=binary asks for",
                  "install it, or unset CONU_S2I: libconu does the work of s2i itself");
  const Endpoint &endpoint = builder.engine()->endpoint();
  // Some of its complaints come on its standard output.
  auto command = words({"sh", "-c", "exec \"$0\" \"$@\" >&2", "s2i", verb, "--url", endpoint.for_programs()});
  if (endpoint.tls) add_tls_options(*endpoint.tls, {"--ca", "--cert", "--key"}, &command);
  return command;
}

// What it says, line by line.
static Task<void> read_lines(Descriptor &from, Steps &steps, std::string *said) {
  const size_t kept = 64 << 10;
  std::string buffer(16 << 10, '\0');
  Lines lines;
  for (;;) {
    size_t n = co_await read_some(from, buffer.data(), buffer.size(), "the output of the program s2i");
    if (n == 0) break;
    lines.feed(Piece{2, std::string_view(buffer).substr(0, n)});
    for (auto line = lines.next(); line; line = lines.next()) {
      Step step;
      step.text = without_credentials(line->bytes);
      said->append(step.text).append("\n");
      if (said->size() > kept) said->erase(0, said->size() - kept);
      co_await steps.put(std::move(step));
    }
  }
}

static Task<void> run(const std::vector<std::string> &command, Steps &steps, std::string *all) {
  Scope &scope = co_await current_scope();
  ProcessOptions options;
  options.pipe_out = false;
  Process process(scope.loop, command, options);
  process.close_stdin();
  std::string &said = *all;
  co_await read_lines(*process.err(), steps, &said);
  int exit_code = co_await process.wait();
  if (exit_code != 0) {
    throw_exit_failure(
        concat("s2i ", command[4], " failed with exit code ", decimal(exit_code), ": ", excerpt(trimmed(said), 2000)),
        "", exit_code, "stderr", Json::string(said));
  }
}

Task<void> extend_by_program(Steps &steps, Image &builder, const Extension &extension) {
  auto command = command_for("build", builder);
  command.insert(command.end(), extension.arguments.begin(), extension.arguments.end());
  auto names = words({extension.source, builder.engine_name(), extension.new_name});
  command.insert(command.end(), names.begin(), names.end());
  std::string said;
  co_await run(command, steps, &said);
}

Task<std::string> usage_by_program(Image &builder) {
  Steps unread;
  auto command = command_for("usage", builder);
  command.push_back(builder.engine_name());
  std::string said;
  co_await run(command, unread, &said);
  co_return std::string(trimmed(said));
}

}  // namespace conu
