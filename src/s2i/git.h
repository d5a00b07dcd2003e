// Sources that the git program fetches.
#pragma once

#include <string>

#include "loop/task.h"

namespace conu {

// What a clone tells of itself; what is empty is not known.
struct Commit {
  std::string origin;  // without a password in it
  std::string ref, id, author, date, subject;
};

// Clones and checks out `ref` (empty: HEAD). It asks for nothing: credentials come from the URL, or where git looks for
// them. Failure(command_missing) without the program, Failure(command_failed) with what it says.
Task<void> clone(const std::string &source, const std::string &folder, const std::string &ref, bool with_submodules);
Task<void> look_up_commit(const std::string &folder, Commit *commit);

// A repository that has a folder ".git" (or a file of that name, which says where it is), and no commit in it yet.
bool has_no_commits(const std::string &folder);

}  // namespace conu
