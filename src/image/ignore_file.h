// .dockerignore: which files of a folder stay out of a build, by the rules of the engines.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conu {

struct IgnorePattern;

class IgnoreFile {
 public:
  // Throws Failure(invalid_argument) that names the line of a bad pattern.
  explicit IgnoreFile(std::string_view text);

  // For a path relative to the folder, its parts separated by `/`.
  bool excludes(const std::string &path) const;

  // An excluded folder that no exception (`!pattern`) can reach into, so that nothing below it needs a look.
  bool may_skip_folder(const std::string &path) const;

 private:
  std::shared_ptr<const std::vector<IgnorePattern>> patterns_;
};

}  // namespace conu
