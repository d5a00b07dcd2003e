// Image references: the grammar of the distribution project, with Docker Hub's short forms.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"

namespace conu {

struct Reference {
  std::string domain;  // "docker.io", "localhost:5000", "[::1]:5000"
  std::string path;    // "library/fedora"
  std::string tag;     // as given, may be empty
  std::string digest;  // "sha256:…", may be empty

  std::string name() const;        // domain/path
  std::string familiar() const;    // as people write it: without docker.io and library/, where that stays clear
  std::string normalized() const;  // in full; `latest` is added where there is neither tag nor digest
};

// Throws Failure(invalid_argument) that names the offending part.
Reference parse_reference(std::string_view text);

Json to_json(const Reference &reference);

// An image's full id: 64 hexadecimal digits, with or without `sha256:`. A short id cannot be told from a name.
bool is_image_id(std::string_view text);

// An image as the caller named it, and what that means.
struct ImageName {
  std::string repository;  // as given, without tag and digest: "fedora", "quay.io/x/y"
  std::string tag;         // the tag; the digest where there is no tag; "latest" where there was neither
  Reference reference;     // the same, parsed: `latest` stands in its tag where neither was given

  std::string full_name() const;  // as given, with its tag: "fedora:latest", "fedora@sha256:…"
};

// A repository and a tag. The tag may be a digest or empty; the repository may carry either instead, but not both ways.
ImageName combine(std::string_view repository, std::string_view tag);

}  // namespace conu
