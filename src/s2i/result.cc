// Making the image of a container that has assembled.
#include "container/commit.h"
#include "container/copy.h"
#include "s2i/build.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

static const char metadata_path[] = "/tmp/.s2i/image_metadata.json";

static void set_label(Labels *labels, const std::string &name, const std::string &value) {
  std::erase_if(*labels, [&](const auto &label) { return label.first == name; });
  labels->emplace_back(name, value);
}

// {"labels": [{"name": "value", …}, …]}
static void add_labels(const std::string &text, Labels *labels) {
  std::string source = concat(metadata_path, ", which assemble has written");
  try {
    Json list = Json::parse(text, source)["labels"];
    if (!list.is_array()) throw_failure(Code::protocol, {source, ": there is no list \"labels\" in it"});
    for (const Json &item : list.items())
      for (const auto &[name, value] : item.members()) set_label(labels, name, value.required_string());
  } catch (Failure &failure) {
    failure.hint = R"(it has to look like this: {"labels": [{"name": "value"}]})";
    throw;
  }
}

static Labels generated_labels(const Build &build) {
  Labels labels = build.source->labels();
  labels.emplace_back("io.openshift.s2i.build.image", build.image->engine_name());
  const std::string &name = build.options().application_name;
  labels.emplace_back("io.k8s.display-name", name.empty() ? build.extension->new_name : name);
  if (const std::string &description = build.options().description; !description.empty())
    labels.emplace_back("io.k8s.description", description);
  return labels;
}

static void check_size(Labels all, const Labels &labels) {
  const size_t limit = 10240;
  for (const auto &[name, value] : labels) set_label(&all, name, value);
  size_t size = 0;
  for (const auto &[name, value] : all) size += name.size() + value.size();
  if (size > limit)
    throw_failure(Code::invalid_argument, {"the labels of the image would have ", decimal(static_cast<int64_t>(size)),
                                           " bytes, and at most ", decimal(limit), " are allowed"});
}

Task<void> commit_result(Build &build, Container &container, const Builder &below, const std::string &run) {
  auto labels = generated_labels(build);
  auto metadata = co_await content_of(build.api, container, metadata_path);
  if (metadata) add_labels(*metadata, &labels);
  check_size(below.labels, labels);
  ImageConfig config;
  config.command.push_back(run);
  config.entrypoint = below.entrypoint;
  config.environment = build.environment;
  config.user = below.user;
  config.labels = std::move(labels);
  build.result = co_await commit(build.api, container, build.new_name.repository, build.new_name.tag, config);
}

}  // namespace conu
