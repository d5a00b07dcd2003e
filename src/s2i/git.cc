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

// The same where it must not fail. `what` says what it is for.
static Task<void> need_git(const std::string &folder, const std::vector<std::string> &arguments,
                           const std::string &what, Text hint) {
  ProgramResult result;
  co_await git(folder, arguments, &result);
  if (result.exit_code == 0) co_return;
  std::string said = without_credentials(result.err), code = decimal(result.exit_code);
  throw_exit_failure(concat("git failed with exit code ", code, " to ", what, ": ", excerpt(trimmed(said), 600)), hint,
                     result.exit_code, "stderr", Json::string(said));
}

Task<void> clone(const std::string &source, const std::string &folder, const std::string &ref, bool with_submodules) {
  if (ref.starts_with('-')) throw_failure(Code::invalid_argument, {"option --ref of s2i build: ", ref, " is no ref"});
  std::string shown = without_credentials(source), wanted = ref.empty() ? "HEAD" : ref;
  std::string here = ".", what = concat("clone ", shown);
  auto arguments = words({"clone", "--quiet", "--", source, folder});
  co_await need_git(here, arguments, what, "");
  what = concat("check out ", wanted, " of ", shown);
  arguments = words({"checkout", "--quiet", wanted});
  co_await need_git(folder, arguments, what, "is there such a ref, and a commit?");
  if (!with_submodules) co_return;
  what = concat("fetch the submodules of ", shown);
  arguments = words({"submodule", "--quiet", "update", "--init", "--recursive"});
  co_await need_git(folder, arguments, what, "--ignore-submodules leaves them out");
}

static std::string_view take_line(std::string_view *text) {
  std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(text->size(), line.size() + 1));
  return line;
}

Task<void> look_up_commit(const std::string &folder, Commit *commit) {
  ProgramResult result;
  auto arguments = words({"config", "--get", "remote.origin.url"});
  co_await git(folder, arguments, &result);
  commit->origin = without_credentials(trimmed(result.out));
  arguments = words({"rev-parse", "--abbrev-ref", "HEAD"});
  co_await git(folder, arguments, &result);
  commit->ref = trimmed(result.out);
  arguments = words({"show", "-s", "--format=%H%n%an%n%ae%n%ad%n%<(80,trunc)%s", "HEAD"});
  co_await git(folder, arguments, &result);
  std::string_view lines = result.out;
  commit->id = take_line(&lines);
  std::string_view name = take_line(&lines), mail = take_line(&lines);
  if (!name.empty() || !mail.empty()) commit->author = concat(name, " <", mail, ">");
  commit->date = take_line(&lines);
  commit->subject = trimmed(take_line(&lines));
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
