// What the layers of an image have at some paths.
#include "check/layer_scan.h"

#include "util/failure.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

static const char no_form[] = "the engine gives the image in a form whose layers cannot be looked at: ";

static std::string clean_name(const std::string &name) { return clean_path(concat("/", name)).substr(1); }

// --- streaming -------------------------------------------------------------------------------------------------------

void LayerScan::take(std::string_view bytes) {
  archive_.feed(bytes);
  for (auto event = archive_.next(); event != ArchiveReader::Event::hungry; event = archive_.next()) {
    if (event == ArchiveReader::Event::entry)
      begin(archive_.entry());
    else if (current_ != nullptr)
      read(current_, archive_.data());
  }
}

void LayerScan::begin(const ArchiveEntry &entry) {
  const size_t most = 20000;
  current_ = nullptr;
  if (members_.size() == most) throw_failure(Code::protocol, "the archive of the image has more than 20000 files");
  Member member;
  bool is_link = entry.type == ArchiveEntry::Type::symlink;
  std::string name = clean_name(entry.name);
  if (is_link) member.target = clean_name(concat(parent_path(concat("/", name)), "/", entry.target));
  if (entry.type == ArchiveEntry::Type::hard_link) member.target = clean_name(entry.target);
  if (entry.type != ArchiveEntry::Type::file && member.target.empty()) return;
  current_ = &(members_[name] = std::move(member));
}

void LayerScan::read(Member *member, std::string_view bytes) {
  const size_t longest_document = 4 << 20, most_of_documents = 32 << 20;
  if (member->beginning.size() < 4) member->beginning += bytes.substr(0, 4 - member->beginning.size());
  bool may_be_document = member->beginning.starts_with('{') || member->beginning.starts_with('[');
  if (may_be_document && !member->is_long) {
    member->document += bytes;
    kept_ += bytes.size();
    if (kept_ > most_of_documents) throw_failure(Code::protocol, "the archive of the image has too many documents");
    member->is_long = member->document.size() > longest_document;
  }
  if (member->is_long) {  // a layer whose first file has such a name
    kept_ -= member->document.size();
    std::string().swap(member->document);
  }
  if (!member->broken.empty()) return;
  try {
    member->archive.feed(bytes);
    for (auto event = member->archive.next(); event != ArchiveReader::Event::hungry; event = member->archive.next())
      if (event == ArchiveReader::Event::entry) note(member, member->archive.entry());
  } catch (const Failure &failure) {
    member->broken = failure.message;
  }
}

static bool is_below(const std::string &path, const std::string &folder) {
  return folder.empty() ? !path.empty()
                        : path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

void LayerScan::note(Member *member, const ArchiveEntry &entry) const {
  const std::string mark = ".wh.", all = ".wh..wh..opq";
  std::string name = clean_name(entry.name);
  std::string base = last_component(concat("/", name)), folder = clean_name(parent_path(concat("/", name)));
  bool is_all = base == all, is_whiteout = base.starts_with(mark);
  std::string removed = clean_name(concat(folder, "/", is_whiteout ? base.substr(mark.size()) : base));
  for (const std::string &path : paths_) {
    LayerTrace trace;
    if (is_all)
      trace.removes = is_below(path, folder);
    else if (is_whiteout)
      trace.removes = path == removed || is_below(path, removed);
    else if (name == path)
      trace.holds = true;
    else if (is_below(name, path))
      trace.below = name;
    else
      trace.removes = entry.type != ArchiveEntry::Type::folder && is_below(path, name);
    if (!trace.holds && !trace.removes && trace.below.empty()) continue;
    LayerTrace &known = member->traces[path];
    known.holds |= trace.holds;
    known.removes |= trace.removes;
    if (known.below.empty()) known.below = trace.below;
  }
}

// --- the end ---------------------------------------------------------------------------------------------------------

const LayerScan::Member &LayerScan::member(std::string name) const {
  for (int links = 0; links < 8; links++) {
    auto found = members_.find(clean_name(name));
    if (found == members_.end()) break;
    if (found->second.target.empty()) return found->second;
    name = found->second.target;
  }
  throw_failure(Code::protocol, {"the archive of the image has no file ", name});
}

Json LayerScan::document(const std::string &name) const {
  return Json::parse(member(name).document, concat(name, " in the archive of the image"));
}

// The instructions of those steps of the history that made a layer.
static std::vector<std::string> instructions_in(const Json &config) {
  std::vector<std::string> instructions;
  for (const Json &step : config["history"].items())
    if (!step["empty_layer"].boolean_or(false)) instructions.push_back(step["created_by"].text_or(""));
  return instructions;
}

static std::string end_trouble(const ArchiveReader &archive) {
  try {
    archive.finish();
    return "";
  } catch (const Failure &failure) {
    return failure.message;
  }
}

std::vector<ScannedLayer> LayerScan::finish() {
  archive_.finish();
  if (!members_.contains("manifest.json")) throw_failure(Code::unsupported, {no_form, "there is no manifest.json"});
  Json manifest = document("manifest.json").at(0);
  std::vector<std::string> instructions = instructions_in(document(manifest["Config"].required_string()));
  std::vector<ScannedLayer> layers;
  for (const Json &item : manifest["Layers"].items()) {
    std::string name = item.required_string();
    const Member &layer = member(name);
    bool is_compressed = layer.beginning.starts_with("\x1f\x8b") || layer.beginning.starts_with("\x28\xb5\x2f\xfd");
    if (is_compressed) throw_failure(Code::unsupported, {no_form, name, " is compressed"});
    std::string broken = layer.broken.empty() ? end_trouble(layer.archive) : layer.broken;
    if (!broken.empty()) throw_failure(Code::protocol, {"the layer ", name, " is no archive: ", broken});
    layers.push_back({"", layer.traces});
  }
  if (instructions.size() == layers.size())
    for (size_t i = 0; i < layers.size(); i++) layers[i].instruction = instructions[i];
  return layers;
}

}  // namespace conu
