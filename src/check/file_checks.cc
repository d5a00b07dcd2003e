// Checks of the files of an image.
#include "check/file_checks.h"

#include <algorithm>

#include "check/search.h"
#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

// --- existence -------------------------------------------------------------------------------------------------------

std::string permissions_of_go(const std::string &type, int64_t mode) {
  static const std::pair<const char *, const char *> types[] = {
      {"directory", "d"}, {"symlink", "L"},           {"fifo", "p"},
      {"socket", "S"},    {"character_device", "Dc"}, {"block_device", "D"}};
  std::string text;
  for (const auto &[name, letters] : types)
    if (type == name) text += letters;
  if (mode & 04000) text += 'u';
  if (mode & 02000) text += 'g';
  if (mode & 01000) text += 't';
  if (text.empty()) text = "-";
  for (int bit = 8; bit >= 0; bit--) text += mode >> bit & 1 ? "xwr"[bit % 3] : '-';
  return text;
}

namespace {

// Says of a file what it is instead of what it should be.
class Expectations {
 public:
  Expectations(std::string path, CheckResult *result) : path_(std::move(path)), result_(result) {}

  template <class T>
  void same(const char *what, const std::optional<T> &expected, const T &found) {
    if (expected && *expected != found) add(what, text(*expected), text(found));
  }
  void add(const std::string &what, const std::string &expected, const std::string &found) {
    result_->errors.push_back(concat(path_, ": ", what, " should be ", expected, ", but is ", found));
  }

 private:
  static std::string text(const std::string &value) { return value.empty() ? "nothing" : excerpt(value); }
  static std::string text(int64_t value) { return decimal(value); }

  std::string path_;
  CheckResult *result_;
};

}  // namespace

static bool is_executable_by(const std::string &whom, int64_t mode) {
  int64_t bits = whom == "owner" ? 0100 : whom == "group" ? 0010 : whom == "other" ? 0001 : 0111;
  return (mode & bits) != 0;
}

// The name of an ID in a file of the form of /etc/passwd; empty where it has none.
static std::string name_of_id(std::string_view accounts, int64_t id) {
  for (std::string_view line : split(accounts, '\n')) {
    std::vector<std::string_view> fields = split(line, ':');
    if (fields.size() > 2 && fields[2] == decimal(id)) return std::string(fields[0]);
  }
  return "";
}

static Task<void> check_name(ImageFiles &files, std::string what, std::string expected, int64_t id,
                             Expectations *expectations) {
  const bool is_owner = what == "the owner";
  std::string accounts = co_await files.read(is_owner ? "/etc/passwd" : "/etc/group");
  std::string name = name_of_id(accounts, id);
  if (name != expected) expectations->add(what, expected, concat(decimal(id), name.empty() ? "" : concat(", ", name)));
}

static Task<void> check_status(ImageFiles &files, const FileExistenceCheck &check, Json status,
                               Expectations expectations) {
  int64_t mode = status["mode"].integer_or(0);
  std::string type = status["type"].text_or(""), permissions = status["permissions"].text_or("");
  if (check.permissions && *check.permissions != permissions_of_go(type, mode))
    expectations.same("the permissions", check.permissions, permissions);
  expectations.same("the mode", check.mode, status["mode_octal"].text_or(""));
  expectations.same("the user ID", check.uid, status["uid"].integer_or(-1));
  expectations.same("the group ID", check.gid, status["gid"].integer_or(-1));
  if (check.executable_by && !is_executable_by(*check.executable_by, mode))
    expectations.add("it", concat("executable by ", *check.executable_by), permissions);
  if (check.symlink_target && type != "symlink")
    expectations.add("it", concat("a link to ", *check.symlink_target), type);
  else
    expectations.same("the target", check.symlink_target, status["target"].text_or(""));
  if (check.owner) co_await check_name(files, "the owner", *check.owner, status["uid"].integer_or(-1), &expectations);
  if (check.group) co_await check_name(files, "the group", *check.group, status["gid"].integer_or(-1), &expectations);
}

// The path without variables; empty where one is not known.
static std::string expanded(const std::string &path, const Environment &environment, CheckResult *result) {
  Words unknown;
  std::string text = substituted(path, environment, &unknown);
  for (const std::string &name : unknown)
    result->errors.push_back(concat("the path ", path, " has the variable ", name, ", which the image has not"));
  return unknown.empty() ? clean_path(text) : "";
}

Task<void> check_existence(ImageFiles &files, const FileExistenceCheck &check, const Environment &environment,
                           CheckResult *result) {
  std::string path = expanded(check.path, environment, result);
  if (path.empty()) co_return;
  bool needs_owner = check.uid || check.gid || check.owner || check.group;
  std::optional<Failure> failure;
  try {
    std::optional<Json> status = co_await files.look_at(path, needs_owner);
    if (!status && check.should_exist) result->errors.push_back(concat(path, " should be there, and is not"));
    if (status && !check.should_exist)
      result->errors.push_back(concat(path, " should not be there, and is: ", (*status)["permissions"].text_or("")));
    if (status && check.should_exist) co_await check_status(files, check, *status, Expectations(path, result));
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) add_failure(*failure, result);
}

// --- content ---------------------------------------------------------------------------------------------------------

Task<void> check_content(ImageFiles &files, const FileContentCheck &check, const Environment &environment,
                         CheckResult *result) {
  std::string path = expanded(check.path, environment, result);
  if (path.empty()) co_return;
  std::optional<Failure> failure;
  try {
    std::string content = co_await files.read(path);
    co_await search_for(path, content, check.expected, check.excluded, result);
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure) add_failure(*failure, result);
}

// --- set-uid ---------------------------------------------------------------------------------------------------------

Task<void> check_setuid(ImageFiles &files, const SetuidCheck &check, CheckResult *result) {
  std::vector<Json> found = co_await files.privileged();
  for (const Json &status : found) {
    std::string path = status["path"].text_or("");
    bool is_allowed = std::find(check.allowed.begin(), check.allowed.end(), path) != check.allowed.end();
    if (is_allowed) continue;
    result->errors.push_back(concat(path, " is ", status["permissions"].text_or(""), " of user ",
                                    decimal(status["uid"].integer_or(-1)), " and group ",
                                    decimal(status["gid"].integer_or(-1)), ", and is not among those that may be"));
  }
}

}  // namespace conu
