// Sources that the git program fetches.
#include "s2i/git.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "loop/process.h"
#include "s2i/exit_failure.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/folder.h"
#include "util/program.h"
#include "util/text.h"

namespace conu {

// --- running it ------------------------------------------------------------------------------------------------------

// Neither git nor ssh may ask a terminal for anything: nobody would answer.
static Task<void> git(const std::string &folder, const std::vector<std::string> &arguments, ProgramResult *result) {
  if (!find_program("git"))
    throw_failure(Code::command_missing, "there is no program git, which fetches the source",
                  "install git, or give a folder without a repository in it");
  auto command = words({"env", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=force", "git", "-C", folder});
  command.insert(command.end(), arguments.begin(), arguments.end());
  *result = co_await run_program(std::move(command), "", -1);
}

namespace {

struct GitCall {
  GitCall(std::string folder, std::vector<std::string> arguments, std::string what, const char *hint)
      : folder(std::move(folder)), arguments(std::move(arguments)), what(std::move(what)), hint(hint) {}
  GitCall(const GitCall &);
  ~GitCall();

  std::string folder;
  std::vector<std::string> arguments;
  std::string what;  // it is for
  const char *hint;
};

GitCall::GitCall(const GitCall &) = default;
GitCall::~GitCall() = default;

}  // namespace

// The same where it must not fail.
static Task<void> need_git(const GitCall &call) {
  ProgramResult result;
  co_await git(call.folder, call.arguments, &result);
  if (result.exit_code == 0) co_return;
  std::string said = without_credentials(result.err), code = decimal(result.exit_code);
  throw_exit_failure(concat("git failed with exit code ", code, " to ", call.what, ": ", excerpt(trimmed(said), 600)),
                     call.hint, result.exit_code, "stderr", Json::string(said));
}

static std::vector<GitCall> calls_for(const std::string &source, const std::string &folder, const std::string &ref,
                                      bool with_submodules) {
  if (ref.starts_with('-')) throw_failure(Code::invalid_argument, {"option --ref of s2i build: ", ref, " is no ref"});
  std::string shown = without_credentials(source), wanted = ref.empty() ? "HEAD" : ref;
  std::vector<GitCall> calls;
  calls.emplace_back(".", words({"clone", "--quiet", "--", source, folder}), concat("clone ", shown), "");
  calls.emplace_back(folder, words({"checkout", "--quiet", wanted}), concat("check out ", wanted, " of ", shown),
                     "is there such a ref, and a commit?");
  if (with_submodules)
    calls.emplace_back(folder, words({"submodule", "--quiet", "update", "--init", "--recursive"}),
                       concat("fetch the submodules of ", shown), "--ignore-submodules leaves them out");
  return calls;
}

Task<void> clone(const std::string &source, const std::string &folder, const std::string &ref, bool with_submodules) {
  std::vector<GitCall> calls = calls_for(source, folder, ref, with_submodules);
  for (const GitCall &call : calls) co_await need_git(call);
}

static std::string_view take_line(std::string_view *text) {
  std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(text->size(), line.size() + 1));
  return line;
}

static void read_commit(std::string_view lines, Commit *commit) {
  commit->id = take_line(&lines);
  std::string_view name = take_line(&lines), mail = take_line(&lines);
  if (!name.empty() || !mail.empty()) commit->author = concat(name, " <", mail, ">");
  commit->date = take_line(&lines);
  commit->subject = trimmed(take_line(&lines));
}

Task<void> look_up_commit(const std::string &folder, Commit *commit) {
  static const char *const questions[] = {"config|--get|remote.origin.url", "rev-parse|--abbrev-ref|HEAD",
                                          "show|-s|--format=%H%n%an%n%ae%n%ad%n%<(80,trunc)%s|HEAD"};
  std::string answers[3];
  for (size_t i = 0; i < 3; i++) {
    auto parts = split(questions[i], '|');
    std::vector<std::string> arguments(parts.begin(), parts.end());
    ProgramResult result;
    co_await git(folder, arguments, &result);
    answers[i] = std::move(result.out);
  }
  commit->origin = without_credentials(trimmed(answers[0]));
  commit->ref = trimmed(answers[1]);
  read_commit(answers[2], commit);
}

// --- repositories of this host ---------------------------------------------------------------------------------------

static bool has_file_below(const std::string &folder) {
  bool found = false;
  for_each_entry(AT_FDCWD, folder.c_str(), [&](const dirent &entry) {
    std::string path = concat(folder, "/", entry.d_name);
    struct stat status {};
    if (found || lstat(path.c_str(), &status) != 0) return;
    found = S_ISDIR(status.st_mode) ? has_file_below(path) : true;
  });
  return found;
}

// A path that a file names, behind a word.
static std::string named_by(const std::string &file, std::string_view word, const std::string &folder) {
  std::string text = read_file(file).value_or("");
  if (!text.starts_with(word)) return "";
  std::string_view path = trimmed(std::string_view(text).substr(word.size()));
  return path.starts_with('/') ? std::string(path) : concat(folder, "/", path);
}

bool has_no_commits(const std::string &folder) {
  std::string repository = concat(folder, "/.git");
  struct stat status {};
  if (stat(repository.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    repository = named_by(repository, "gitdir:", folder);
  // That of a second working tree has what it shares elsewhere.
  struct stat common {};
  std::string note = concat(repository, "/commondir");
  if (stat(note.c_str(), &common) == 0 && S_ISREG(common.st_mode)) repository = named_by(note, "", repository);
  return !has_file_below(concat(repository, "/objects")) && !has_file_below(concat(repository, "/refs"));
}

}  // namespace conu
