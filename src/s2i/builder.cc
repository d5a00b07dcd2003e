// What a builder image tells of itself.
#include "s2i/builder.h"

#include "image/metadata.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

std::string Builder::label(const char *name) const {
  for (const auto &[label, value] : labels)
    if (label == name) return value;
  return "";
}

static std::vector<std::string> texts_of(const Json &list) {
  std::vector<std::string> texts;
  for (const Json &item : list.items()) texts.push_back(item.required_string());
  return texts;
}

// The first of the two labels and the variable that there is.
static std::string first_of(Builder &builder, const Metadata &metadata, const char *label, const char *old_label,
                            const char *variable) {
  if (std::string value = builder.label(label); !value.empty()) return value;
  std::string name = concat("label ", old_label), value = builder.label(old_label);
  if (auto found = metadata.env.find(variable); value.empty() && found != metadata.env.end()) {
    name = concat("variable ", variable);
    value = found->second;
  }
  if (!value.empty())
    builder.warnings.push_back(concat("warning: the image uses the ", name,
                                      ", which is out of use: its place is taken ", "by the label ", label));
  return value;
}

Builder::Builder() = default;
Builder::~Builder() = default;

void read_builder(const Json &document, Builder *read) {
  Builder &builder = *read;
  Json config = document["Config"];
  Metadata metadata = image_metadata(document);
  builder.labels.assign(metadata.labels.begin(), metadata.labels.end());
  builder.user = config["User"].text_or("");
  builder.workdir = config["WorkingDir"].text_or("");
  builder.entrypoint = texts_of(config["Entrypoint"]);
  builder.on_build = texts_of(config["OnBuild"]);
  builder.scripts_url =
      first_of(builder, metadata, "io.openshift.s2i.scripts-url", "io.s2i.scripts-url", "STI_SCRIPTS_URL");
  builder.destination =
      first_of(builder, metadata, "io.openshift.s2i.destination", "io.s2i.destination", "STI_LOCATION");
  builder.assemble_user = builder.label("io.openshift.s2i.assemble-user");
}

std::optional<std::string> path_in_image(const std::string &url, const std::string &name) {
  const std::string_view scheme = "image://";
  if (!url.starts_with(scheme)) return std::nullopt;
  return clean_path(concat(std::string_view(url).substr(scheme.size()), "/", name));
}

}  // namespace conu
