// What the layers of an image have at some paths, from its archive as it streams by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filesystem/archive_reader.h"
#include "json/json.h"

namespace conu {

// What one layer has to do with one path.
struct LayerTrace {
  bool holds = false;  // it has the path itself
  std::string below;   // a path below it that it has; empty: none
  bool removes = false;
};

struct ScannedLayer {
  std::string instruction;                   // as its history has it; may be empty
  std::map<std::string, LayerTrace> traces;  // by path; those it has to do with
};

// Keeps nothing of what streams by but these traces and the documents that tell of the layers.
class LayerScan {
 public:
  // Paths as in archives: "etc/passwd".
  explicit LayerScan(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  // Failure(protocol) where the archive, or one of the documents in it, is broken.
  void take(std::string_view bytes);
  // The layers, the oldest first. Failure(unsupported) where the engine gives them in a form that is not read here.
  std::vector<ScannedLayer> finish();

 private:
  // A file of the archive: perhaps a layer, perhaps a document.
  struct Member {
    ArchiveReader archive;
    std::map<std::string, LayerTrace> traces;
    std::string beginning;
    std::string document;  // of what begins like one
    bool is_long = false;  // too long for a document
    std::string broken;    // why it is no archive
    std::string target;    // of a link to another member
  };

  void begin(const ArchiveEntry &entry);
  void read(Member *member, std::string_view bytes);
  void note(Member *member, const ArchiveEntry &entry) const;
  const Member &member(std::string name) const;
  Json document(const std::string &name) const;

  const std::vector<std::string> paths_;
  ArchiveReader archive_;
  std::map<std::string, Member> members_;
  Member *current_ = nullptr;
  size_t kept_ = 0;  // bytes of documents
};

}  // namespace conu
