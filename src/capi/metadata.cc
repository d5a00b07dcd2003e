// Metadata of images and containers.
#include "image/metadata.h"

#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

static std::string object_of(const std::map<std::string, std::string> &values) {
  Json object = Json::object();
  for (const auto &[name, value] : values) object.set(name, value);
  return object.dump();
}

conu_metadata::conu_metadata(Metadata metadata)
    : facts(std::move(metadata)),
      labels_json(object_of(facts.labels)),
      env_json(object_of(facts.env)),
      command{facts.command.value_or(std::vector<std::string>())},
      image_names{facts.image_names.value_or(std::vector<std::string>())},
      repo_digests{facts.repo_digests.value_or(std::vector<std::string>())},
      exposed_ports{facts.exposed_ports.value_or(std::vector<std::string>())},
      ipv4_addresses{facts.ipv4_addresses.value_or(std::vector<std::string>())},
      ipv6_addresses{facts.ipv6_addresses.value_or(std::vector<std::string>())} {}

static const char *text_of(const conu_metadata_t *metadata, OptionalText Metadata::*member) {
  if (metadata == nullptr) return nullptr;
  const OptionalText &text = metadata->facts.*member;
  return text ? text->c_str() : nullptr;
}

static const conu_string_list_t *list_of(const conu_metadata_t *metadata, Texts Metadata::*fact,
                                         conu_string_list conu_metadata::*list) {
  return metadata != nullptr && metadata->facts.*fact ? &(metadata->*list) : nullptr;
}

static const char *value_in(const std::map<std::string, std::string> &values, const char *name) {
  if (name == nullptr) return nullptr;
  auto it = values.find(name);
  return it != values.end() ? it->second.c_str() : nullptr;
}

const char *conu_metadata_get_name(const conu_metadata_t *metadata) { return text_of(metadata, &Metadata::name); }
const char *conu_metadata_get_identifier(const conu_metadata_t *metadata) {
  return text_of(metadata, &Metadata::identifier);
}
const char *conu_metadata_get_creation_timestamp(const conu_metadata_t *metadata) {
  return text_of(metadata, &Metadata::creation_timestamp);
}
const char *conu_metadata_get_digest(const conu_metadata_t *metadata) { return text_of(metadata, &Metadata::digest); }
const char *conu_metadata_get_hostname(const conu_metadata_t *metadata) {
  return text_of(metadata, &Metadata::hostname);
}
const char *conu_metadata_get_status(const conu_metadata_t *metadata) { return text_of(metadata, &Metadata::status); }

const char *conu_metadata_get_label(const conu_metadata_t *metadata, const char *name) {
  return metadata != nullptr ? value_in(metadata->facts.labels, name) : nullptr;
}
const char *conu_metadata_get_env(const conu_metadata_t *metadata, const char *name) {
  return metadata != nullptr ? value_in(metadata->facts.env, name) : nullptr;
}
const char *conu_metadata_get_labels_json(const conu_metadata_t *metadata) {
  return metadata != nullptr ? metadata->labels_json.c_str() : nullptr;
}
const char *conu_metadata_get_env_json(const conu_metadata_t *metadata) {
  return metadata != nullptr ? metadata->env_json.c_str() : nullptr;
}
const char *conu_metadata_get_port_mappings_json(const conu_metadata_t *metadata) {
  return text_of(metadata, &Metadata::port_mappings_json);
}

const conu_string_list_t *conu_metadata_get_command(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::command, &conu_metadata::command);
}
const conu_string_list_t *conu_metadata_get_image_names(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::image_names, &conu_metadata::image_names);
}
const conu_string_list_t *conu_metadata_get_repo_digests(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::repo_digests, &conu_metadata::repo_digests);
}
const conu_string_list_t *conu_metadata_get_exposed_ports(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::exposed_ports, &conu_metadata::exposed_ports);
}
const conu_string_list_t *conu_metadata_get_ipv4_addresses(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::ipv4_addresses, &conu_metadata::ipv4_addresses);
}
const conu_string_list_t *conu_metadata_get_ipv6_addresses(const conu_metadata_t *metadata) {
  return list_of(metadata, &Metadata::ipv6_addresses, &conu_metadata::ipv6_addresses);
}

void conu_metadata_free(conu_metadata_t *metadata) { delete metadata; }
