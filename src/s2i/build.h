// A build on its way: what is known of it, and its parts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "container/container.h"
#include "filesystem/mount_point.h"
#include "s2i/builder.h"
#include "s2i/extend.h"
#include "s2i/scripts.h"
#include "s2i/source.h"

namespace conu {

// A folder for temporary files, removed with all that is in it. Like that of a mount it is found and removed where its
// process has died.
class WorkFolder {
 public:
  static Task<std::unique_ptr<WorkFolder>> make();
  explicit WorkFolder(std::unique_ptr<MountPoint> point) : point_(std::move(point)) {}
  ~WorkFolder();
  const std::string &path() const { return point_->target().path; }

 private:
  std::unique_ptr<MountPoint> point_;
};

// A path in the builder's container, and the folder that it goes to, below that which the runtime image works in.
struct Artifact {
  std::string source, folder;
};

// The image that takes over what was assembled.
struct Runtime {
  Runtime();
  ~Runtime();

  ImagePtr image;
  Builder told;
  std::vector<Artifact> artifacts;
  Scripts scripts;

  std::string script(const char *name) const;  // its path in the image
};

struct Build {
  Build(Api &api, Steps &steps, ImagePtr image);
  Build(const Build &) = delete;
  ~Build();

  Api &api;
  Steps &steps;
  const ImagePtr image;  // the builder
  ExtensionPtr extension;
  ImageName new_name;
  std::string work;  // a folder for temporary files

  Builder builder;
  std::shared_ptr<Source> source;
  Scripts scripts;
  std::string destination;  // of source and scripts in a container
  std::vector<std::string> environment;
  std::string artifacts;  // the folder with what an earlier build has left; empty: none
  std::unique_ptr<Runtime> runtime;
  ImagePtr result;

  const S2iOptions &options() const { return extension->options; }
  std::string script_subject(const char *name) const;  // for messages
  std::string empty_folder() const;                    // which is made where it is missing
};

// A line for the reader of the steps.
Task<void> tell(Build &build, const std::string &line);

// extend.cc
Task<void> prepare_builder(Build &build);
Task<void> look_at(Build &build, Image &image, Builder *builder);
ScriptPlaces places_of(const Build &build);
void make_folder(const std::string &path, mode_t mode);
// Of docker run: the environment, and the user where one is named.
std::vector<std::string> options_for(const Build &build, const std::string &user);

// assemble.cc: runs the script assemble, and makes the image of its container.
Task<void> assemble(Build &build);

// on_build.cc: the way of builders with ONBUILD instructions, which need no scripts.
Task<void> build_on(Build &build);

// result.cc: makes the image of a container that has assembled. `below` is the image that it was made of.
Task<void> commit_result(Build &build, Container &container, const Builder &below, const std::string &run);

// incremental.cc: has the image that has the new name already save what it has, and gives its id, empty where there is
// none; and removes it.
Task<void> save_artifacts(Build &build, std::string *id);
Task<void> remove_previous(Build &build, const std::string &id);

// runtime_image.cc: finds the other image and what is to be taken over; takes what was assembled over into a container
// of another image, and makes the image of that.
Task<void> prepare_runtime_image(Build &build);
Task<void> take_to_runtime_image(Build &build, Container &container);

// injection.cc: files for assemble alone, which are empty in the image.
Task<void> inject(Build &build, Container &container);
Task<void> empty_injected(Build &build, Container &container);

}  // namespace conu
