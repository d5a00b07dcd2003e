// A tree of an image or a container in a folder of this host, for as long as this lives.
#pragma once

#include <string>
#include <utility>

namespace conu {

class TreeFacts;

class Mount {
 public:
  virtual ~Mount() = default;  // undone at best effort
  Mount(const Mount &) = delete;
  Mount &operator=(const Mount &) = delete;

  const std::string &mount_point() const { return mount_point_; }
  // "overlay", "bind", "fuse", "extract", "merged".
  virtual const char *method() const = 0;
  // What the files on disk do not tell of the tree; null where they tell it all.
  virtual const TreeFacts *facts() const { return nullptr; }
  // Removes what was made on this host. Once it has succeeded, again is no failure. Failure(conflict) where it is in
  // use, naming by whom where that can be known; it may be called again then.
  virtual void unmount() = 0;

 protected:
  explicit Mount(std::string mount_point) : mount_point_(std::move(mount_point)) {}

 private:
  std::string mount_point_;
};

}  // namespace conu
