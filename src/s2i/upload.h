// What a builder's container is given: source, scripts, what an earlier build has left.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "filesystem/tree_archive.h"
#include "s2i/source.h"

namespace conu {

struct Upload {
  ~Upload();

  std::shared_ptr<const Source> source;  // null: none, an empty folder takes its place
  Labels scripts;                        // name, and where it is on this host
  std::string empty_folder;
  std::string artifacts;  // a folder; empty: none
};
using UploadPtr = std::shared_ptr<const Upload>;

// Whom the files in the archive belong to.
struct Owner {
  uid_t user;
  gid_t group;
};

// A script, as what it leads to where it is a link.
TreeRoot script_root(const std::string &path, const std::string &name);

// "artifacts", "scripts" and "src", as they are read. Failure(invalid_argument) for what is in the source and is
// neither file, folder nor link, unless it stays out.
std::shared_ptr<BodySource> upload_archive(UploadPtr upload, Owner owner);

// The source alone, with `dockerfile` and the scripts that are uploaded, for a builder with ONBUILD instructions.
std::shared_ptr<BodySource> build_archive(UploadPtr upload, const std::string &dockerfile);

}  // namespace conu
