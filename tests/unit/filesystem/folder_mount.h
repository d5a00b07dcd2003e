// A folder as a mounted tree, which notes what becomes of it.
#pragma once

#include <optional>
#include <string>

#include "filesystem/mount.h"
#include "filesystem/tree_facts.h"
#include "util/failure.h"

struct FolderMount : conu::Mount {
  explicit FolderMount(std::string path) : Mount(std::move(path)) {}
  const char *method() const override { return "folder"; }
  const conu::TreeFacts *facts() const override { return extracted ? &*extracted : nullptr; }
  void unmount() override {
    if (is_busy) throw conu::Failure(conu::Code::conflict, mount_point() + " is busy");
    unmounted++;
  }

  std::optional<conu::TreeFacts> extracted;
  bool is_busy = false;
  int unmounted = 0;
};
