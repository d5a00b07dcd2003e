// Who assembles: whether that user may, and whose the files are that it gets.
#include "s2i/users.h"

#include <algorithm>

#include "container/copy.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

std::string assemble_user(const S2iOptions &options, const Builder &builder) {
  return options.assemble_user.empty() ? builder.assemble_user : options.assemble_user;
}

// --- whether it may --------------------------------------------------------------------------------------------------

static void check_user(const S2iOptions &options, std::string_view user, const std::string &whose) {
  auto number = number_in(user.substr(0, user.find(':')));
  if (!number)
    throw_failure(Code::permission,
                  {whose, user.empty() ? " is not named" : concat(", ", user, ", is no number"),
                   ", and --allowed-uids allows numbers alone"},
                  "name a user by --assemble-user");
  bool is_allowed =
      std::any_of(options.allowed_users.begin(), options.allowed_users.end(),
                  [&](const UserRange &range) { return range.first <= *number && *number <= range.last; });
  if (!is_allowed)
    throw_failure(Code::permission, {whose, ", ", user, ", is not among those that --allowed-uids allows"});
}

void check_users(const S2iOptions &options, const Builder &builder, const std::string &subject) {
  if (options.allowed_users.empty()) return;
  for (std::string_view instruction : builder.on_build) {
    std::string_view words = trimmed(instruction);
    if (lower_case(words.substr(0, 5)) == "user ")
      check_user(options, trimmed(words.substr(5)), concat("the user of an ONBUILD instruction of ", subject));
  }
  std::string user = assemble_user(options, builder);
  if (user.empty())
    check_user(options, builder.user, concat("the user of ", subject));
  else
    check_user(options, user, concat("the user that assembles with ", subject));
}

// --- whose the files are ---------------------------------------------------------------------------------------------

// The fields of the line of a table whose field at `key` says `value`.
static std::vector<std::string_view> line_of(std::string_view table, size_t key, std::string_view value) {
  for (std::string_view line : split(table, '\n')) {
    auto fields = split(line, ':');
    if (fields.size() > 3 && fields[key] == value) return fields;
  }
  return {};
}

static Task<void> read_table(Api &api, Container &container, const char *path, std::string *table) {
  auto content = co_await content_of(api, container, path);
  *table = content.value_or("");
}

Task<void> find_owner(Api &api, Container &container, const std::string &user, Owner *owner) {
  if (user.empty()) co_return;
  std::string name = user.substr(0, user.find(':')), table;
  std::string group = name.size() < user.size() ? user.substr(name.size() + 1) : "";
  auto number = number_in(name), group_number = number_in(group);
  if (number) owner->user = static_cast<uid_t>(*number);
  if (!number || group.empty()) {
    co_await read_table(api, container, "/etc/passwd", &table);
    auto fields = line_of(table, number ? 2 : 0, name);
    if (fields.empty() && !number)
      throw_failure(Code::not_found, {container.subject(), " has no user ", name, " who could assemble"});
    if (!fields.empty()) {
      owner->user = static_cast<uid_t>(number_in(fields[2]).value_or(0));
      owner->group = static_cast<gid_t>(number_in(fields[3]).value_or(0));
    }
  }
  if (group_number) owner->group = static_cast<gid_t>(*group_number);
  if (group.empty() || group_number) co_return;
  co_await read_table(api, container, "/etc/group", &table);
  auto fields = line_of(table, 0, group);
  if (!fields.empty()) owner->group = static_cast<gid_t>(number_in(fields[2]).value_or(0));
}

}  // namespace conu
