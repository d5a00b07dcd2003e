// Sources that the git program fetches.
#include "s2i/git.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "json/json.h"
#include "loop/process.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/folder.h"
#include "util/program.h"
#include "util/text.h"

namespace conu {

std::string without_credentials(std::string_view text) {
  std::string clean;
  for (size_t scheme = text.find("://"); scheme != text.npos; scheme = text.find("://")) {
    bool is_ssh = text.substr(0, scheme).ends_with("ssh");
    clean += text.substr(0, scheme + 3);
    text.remove_prefix(scheme + 3);
    std::string_view authority = text.substr(0, text.find_first_of("/ \t\r\n'\""));
    size_t at = authority.rfind('@');
    if (at == authority.npos) continue;
    if (is_ssh) clean += concat(authority.substr(0, std::min(at, authority.find(':'))), "@");
    text.remove_prefix(at + 1);
  }
  return clean.append(text);
}

// --- running it ------------------------------------------------------------------------------------------------------

// Neither git nor ssh may ask a terminal for anything: nobody would answer.
static Task<ProgramResult> git(std::string folder, std::vector<std::string> words) {
  if (!find_program("git"))
    throw_failure(Code::command_missing, "there is no program git, which fetches the source",
                  "install git, or give a folder without a repository in it");
  std::vector<std::string> command = {"env", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=force", "git"};
  if (!folder.empty()) command.insert(command.end(), {"-C", folder});
  command.insert(command.end(), words.begin(), words.end());
  ProgramResult result = co_await run_program(std::move(command), "", -1);
  co_return result;
}

static void check(const ProgramResult &result, Text what, Text hint = {}) {
  if (result.exit_code == 0) return;
  std::string said = without_credentials(result.err);
  Failure failure(
      Code::command_failed,
      concat("git failed with exit code ", decimal(result.exit_code), " ", what, ": ", excerpt(trimmed(said), 600)),
      hint);
  Json details = Json::object().set("exit_code", Json::integer(result.exit_code)).set("stderr", as_utf8(said));
  failure.details = details.dump();
  throw failure;
}

Task<void> clone(std::string source, std::string folder, std::string ref, bool with_submodules) {
  if (ref.starts_with('-')) throw_failure(Code::invalid_argument, {"option --ref of s2i build: ", ref, " is no ref"});
  std::string shown = without_credentials(source);
  std::vector<std::string> words = {"clone", "--quiet", "--", source, folder};
  ProgramResult result = co_await git("", words);
  check(result, concat("to clone ", shown));
  std::string wanted = ref.empty() ? "HEAD" : ref;
  words = {"checkout", "--quiet", wanted};
  result = co_await git(folder, words);
  check(result, concat("to check out ", wanted, " of ", shown),
        ref.empty() ? "has it a commit?" : "is there such a ref?");
  if (!with_submodules) co_return;
  words = {"submodule", "--quiet", "update", "--init", "--recursive"};
  result = co_await git(folder, words);
  check(result, concat("to fetch the submodules of ", shown), "--ignore-submodules leaves them out");
}

static std::string_view take_line(std::string_view *text) {
  std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(text->size(), line.size() + 1));
  return line;
}

Task<Commit> commit_of(std::string folder) {
  Commit commit;
  std::vector<std::string> words = {"config", "--get", "remote.origin.url"};
  ProgramResult result = co_await git(folder, words);
  commit.origin = without_credentials(trimmed(result.out));
  words = {"rev-parse", "--abbrev-ref", "HEAD"};
  result = co_await git(folder, words);
  commit.ref = trimmed(result.out);
  words = {"show", "-s", "--format=%H%n%an%n%ae%n%ad%n%<(80,trunc)%s", "HEAD"};
  result = co_await git(folder, words);
  std::string_view lines = result.out;
  commit.id = take_line(&lines);
  std::string_view name = take_line(&lines), mail = take_line(&lines);
  if (!name.empty() || !mail.empty()) commit.author = concat(name, " <", mail, ">");
  commit.date = take_line(&lines);
  commit.subject = trimmed(take_line(&lines));
  co_return commit;
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
  if (stat(note.c_str(), &common) == 0) repository = named_by(note, "", repository);
  return !has_file_below(concat(repository, "/objects")) && !has_file_below(concat(repository, "/refs"));
}

}  // namespace conu
