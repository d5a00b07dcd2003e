// A tree that was put into a folder, and goes with this.
#pragma once

#include "filesystem/mount.h"
#include "filesystem/tree_facts.h"

namespace conu {

class ExtractedMount : public Mount {
 public:
  // The folder is there and empty, or it is Failure(conflict); from now on, all that is in it belongs to this.
  explicit ExtractedMount(std::string folder);
  ~ExtractedMount() override;

  const char *method() const override { return "extract"; }
  const TreeFacts *facts() const override { return &facts_; }
  void set_facts(TreeFacts facts) { facts_ = std::move(facts); }
  // Empties the folder, which stays. Whoever is in it is in nobody's way.
  void unmount() override;

 private:
  TreeFacts facts_;
  bool is_there_ = true;
  unsigned fork_generation_;
};

}  // namespace conu
