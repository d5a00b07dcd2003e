// What a builder's container is given: source, scripts, what an earlier build has left.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>

#include "s2i/source.h"
#include "transport/http.h"

namespace conu {

struct Upload {
  const Source *source = nullptr;              // null: none, an empty folder takes its place
  std::map<std::string, std::string> scripts;  // by name: where they are on this host
  std::string empty_folder;
  std::string artifacts;  // a folder; empty: none
};

// Whom the files in the archive belong to.
struct Owner {
  uid_t user;
  gid_t group;
};

// "artifacts", "scripts" and "src", as they are read. Failure(invalid_argument) for what is in the source and is
// neither file, folder nor link, unless it stays out.
std::shared_ptr<BodySource> upload_archive(const Upload &upload, Owner owner);

// The source alone, with `dockerfile` and the scripts that are uploaded, for a builder with ONBUILD instructions.
std::shared_ptr<BodySource> build_archive(const Upload &upload, const std::string &dockerfile);

}  // namespace conu
