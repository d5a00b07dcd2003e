// The source that a builder is given: a folder of this host, or a clone that git has made.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "container/pattern.h"
#include "s2i/git.h"
#include "s2i/options.h"
#include "session/labels.h"

namespace conu {

// Which of its files stay out: those of .s2iignore and of the option --exclude.
class SourceFilter {
 public:
  SourceFilter() = default;
  SourceFilter(std::string folder, const std::string &exclude);

  // By their names in the folder. Who asks about a file in a folder that stays out has to ask about the folder, too.
  bool ignores(const std::string &name) const;
  bool excludes(const std::string &name) const;
  bool ignores_on_the_way(const std::string &name) const;  // the file or a folder that it is in

 private:
  struct Rule {
    std::string pattern;
    bool is_exception;
  };
  std::string folder_;
  std::vector<Rule> rules_;
  std::shared_ptr<const Pattern> exclude_;  // null: none
};

struct Source {
  Source();
  Source(const Source &) = delete;  // it is shared
  ~Source();

  std::string folder;  // which is the root that the builder sees
  std::string location, context_dir;
  std::optional<Commit> commit;  // of a clone
  std::string boundary;          // of a clone: what links lead to outside of it is no part of the source
  bool follows_links = false;
  SourceFilter filter;

  bool is_clone() const { return commit.has_value(); }
  bool may_follow(const std::string &path) const;
  Labels labels() const;  // io.openshift.s2i.build.*, without those that have nothing to say
  // The path of one of its scripts, "assemble"; nothing where it has none.
  std::optional<std::string> script(const std::string &name) const;
  // The content of .s2i/environment; nothing where it has none.
  std::optional<std::string> environment() const;
};

// What the caller's words for a source come to, before anything is done: it throws for what is no source at all.
struct SourceName {
  std::string text;        // for git
  std::string folder;      // of this host; empty: it is elsewhere
  bool is_cloned = false;  // and not copied

  SourceName(const std::string &source, const S2iOptions &options);
  ~SourceName();
};

// `work` is an empty folder for a clone.
Task<void> fetch(const SourceName &name, const S2iOptions &options, const std::string &work, Source *source);

}  // namespace conu
