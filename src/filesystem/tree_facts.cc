// What the files of an extracted tree do not tell on disk.
#include "filesystem/tree_facts.h"

namespace conu {

void TreeFacts::set(const std::string &path, FileFacts facts) { facts_[path] = std::move(facts); }

void TreeFacts::forget(const std::string &path) {
  facts_.erase(path);
  std::string below = path + "/";
  auto first = facts_.lower_bound(below), last = first;
  while (last != facts_.end() && last->first.starts_with(below)) ++last;
  facts_.erase(first, last);
}

const FileFacts *TreeFacts::find(std::string_view path) const {
  auto found = facts_.find(path);
  return found != facts_.end() ? &found->second : nullptr;
}

std::vector<std::string> TreeFacts::missing_in(std::string_view folder) const {
  std::string below = folder.empty() ? "" : std::string(folder) + "/";
  std::vector<std::string> names;
  for (auto it = facts_.lower_bound(below); it != facts_.end() && it->first.starts_with(below); ++it) {
    std::string name = it->first.substr(below.size());
    bool is_child = !name.empty() && name.find('/') == std::string::npos;
    if (is_child && !it->second.is_on_disk) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace conu
