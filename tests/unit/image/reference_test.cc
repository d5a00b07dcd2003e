// The reference grammar, by a table of what is valid and what is not.
#include "image/reference.h"

#include "check.h"

using namespace conu;

static const std::string hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const std::string sha256 = "sha256:" + hex64;
static const std::string sha384 = "sha384:" + hex64 + hex64.substr(32);
static const std::string sha512 = "sha512:" + hex64 + hex64;
static const auto invalid = Code::invalid_argument;

struct Valid {
  std::string text, domain, path, tag, digest, familiar;
};

static std::vector<Valid> valid_references() {
  return {
      // Docker Hub's short forms.
      {"ubuntu", "docker.io", "library/ubuntu", "", "", "ubuntu"},
      {"ubuntu:22.04", "docker.io", "library/ubuntu", "22.04", "", "ubuntu:22.04"},
      {"library/ubuntu", "docker.io", "library/ubuntu", "", "", "ubuntu"},
      {"docker.io/ubuntu", "docker.io", "library/ubuntu", "", "", "ubuntu"},
      {"docker.io/library/ubuntu", "docker.io", "library/ubuntu", "", "", "ubuntu"},
      {"docker.io/library/nested/ubuntu", "docker.io", "library/nested/ubuntu", "", "", "library/nested/ubuntu"},
      {"index.docker.io/ubuntu", "docker.io", "library/ubuntu", "", "", "ubuntu"},
      {"index.docker.io/me/tool:1", "docker.io", "me/tool", "1", "", "me/tool:1"},
      {"me/tool", "docker.io", "me/tool", "", "", "me/tool"},
      {"a/b/c/d", "docker.io", "a/b/c/d", "", "", "a/b/c/d"},
      // What the first component is.
      {"quay.io/centos/centos:stream9", "quay.io", "centos/centos", "stream9", "", "quay.io/centos/centos:stream9"},
      {"localhost/x", "localhost", "x", "", "", "localhost/x"},
      {"localhost", "docker.io", "library/localhost", "", "", "localhost"},
      {"localhosts/x", "docker.io", "localhosts/x", "", "", "localhosts/x"},
      {"localhost:5000", "docker.io", "library/localhost", "5000", "", "localhost:5000"},
      {"host:5000/x", "host:5000", "x", "", "", "host:5000/x"},
      {"host:5000/x:1.0", "host:5000", "x", "1.0", "", "host:5000/x:1.0"},
      {"127.0.0.1:5000/x/y", "127.0.0.1:5000", "x/y", "", "", "127.0.0.1:5000/x/y"},
      {"Registry/x", "Registry", "x", "", "", "Registry/x"},
      {"Foo/bar", "Foo", "bar", "", "", "Foo/bar"},
      {"EXAMPLE.com:80/x", "EXAMPLE.com:80", "x", "", "", "EXAMPLE.com:80/x"},
      {"xn--n3h.com/x", "xn--n3h.com", "x", "", "", "xn--n3h.com/x"},
      {"a.b-c.d/x", "a.b-c.d", "x", "", "", "a.b-c.d/x"},
      {"test_com/x", "docker.io", "test_com/x", "", "", "test_com/x"},
      {"host:1/library/x", "host:1", "library/x", "", "", "host:1/library/x"},
      // IPv6.
      {"[::1]:5000/x", "[::1]:5000", "x", "", "", "[::1]:5000/x"},
      {"[2001:DB8::1]/x:tag", "[2001:DB8::1]", "x", "tag", "", "[2001:DB8::1]/x:tag"},
      // Path components.
      {"x/a.b_c__d-e---f", "docker.io", "x/a.b_c__d-e---f", "", "", "x/a.b_c__d-e---f"},
      {"0", "docker.io", "library/0", "", "", "0"},
      {hex64 + ":1", "docker.io", "library/" + hex64, "1", "", hex64 + ":1"},
      {"docker.io/" + hex64, "docker.io", "library/" + hex64, "", "", "library/" + hex64},
      {"docker.io/a.b/c:1", "docker.io", "a.b/c", "1", "", "docker.io/a.b/c:1"},
      {"docker.io/localhost/x", "docker.io", "localhost/x", "", "", "docker.io/localhost/x"},
      {hex64.substr(1), "docker.io", "library/" + hex64.substr(1), "", "", hex64.substr(1)},
      {sha256, "docker.io", "library/sha256", hex64, "", "library/" + sha256},
      {"h.x/" + std::string(255, 'a'), "h.x", std::string(255, 'a'), "", "", "h.x/" + std::string(255, 'a')},
      // Tags.
      {"x:A", "docker.io", "library/x", "A", "", "x:A"},
      {"x:_a.b-C_", "docker.io", "library/x", "_a.b-C_", "", "x:_a.b-C_"},
      {"x:" + std::string(128, 'T'), "docker.io", "library/x", std::string(128, 'T'), "", "x:" + std::string(128, 'T')},
      // Digests.
      {"x@" + sha256, "docker.io", "library/x", "", sha256, "x@" + sha256},
      {"x@" + sha384, "docker.io", "library/x", "", sha384, "x@" + sha384},
      {"x@" + sha512, "docker.io", "library/x", "", sha512, "x@" + sha512},
      {"x:1@" + sha256, "docker.io", "library/x", "1", sha256, "x:1@" + sha256},
      {"h:5/x:1@" + sha256, "h:5", "x", "1", sha256, "h:5/x:1@" + sha256},
  };
}

TEST(valid_references_are_taken_apart) {
  for (const Valid &valid : valid_references()) {
    Reference reference = parse_reference(valid.text);
    CHECK_EQUAL(reference.domain, valid.domain);
    CHECK_EQUAL(reference.path, valid.path);
    CHECK_EQUAL(reference.tag, valid.tag);
    CHECK_EQUAL(reference.digest, valid.digest);
    CHECK_EQUAL(reference.familiar(), valid.familiar);
    CHECK_EQUAL(reference.name(), valid.domain + "/" + valid.path);
  }
}

TEST(normal_and_familiar_forms_mean_the_same_reference) {
  for (const Valid &valid : valid_references()) {
    std::string normalized = parse_reference(valid.text).normalized();
    CHECK_EQUAL(parse_reference(normalized).normalized(), normalized);
    CHECK_EQUAL(parse_reference(valid.familiar).normalized(), normalized);
  }
}

TEST(latest_is_added_only_where_there_is_neither_tag_nor_digest) {
  CHECK_EQUAL(parse_reference("ubuntu").normalized(), "docker.io/library/ubuntu:latest");
  CHECK_EQUAL(parse_reference("h:5/x").normalized(), "h:5/x:latest");
  CHECK_EQUAL(parse_reference("ubuntu:1").normalized(), "docker.io/library/ubuntu:1");
  CHECK_EQUAL(parse_reference("ubuntu@" + sha256).normalized(), "docker.io/library/ubuntu@" + sha256);
  CHECK_EQUAL(parse_reference("ubuntu:1@" + sha256).normalized(), "docker.io/library/ubuntu:1@" + sha256);
}

TEST(invalid_references_are_refused_and_the_message_says_what_is_wrong) {
  struct Invalid {
    std::string text, why;
  };
  const std::vector<Invalid> table = {
      {"", "it is empty"},
      {hex64, "64 hexadecimal digits are the id of an image"},
      // The repository's name.
      {"Ubuntu", "repository names must be lower case"},
      {"docker/Docker", "repository names must be lower case"},
      {"quay.io/Foo/bar", "repository names must be lower case"},
      {"a/B/c:1", "repository names must be lower case"},
      {":tag", "the name of the repository is missing"},
      {"@" + sha256, "the name of the repository is missing"},
      {"quay.io/", "the name of the repository is missing"},
      {"docker.io/", "the name of the repository is missing"},
      {"/x", "\"/x\" has an empty part"},
      {"x/", "\"x/\" has an empty part"},
      {"a//b", "\"a//b\" has an empty part"},
      {"quay.io//b", "\"/b\" has an empty part"},
      {"ubu ntu", "\"ubu ntu\" may not contain a space"},
      {" ubuntu", "may not contain a space"},
      {"ubuntu\n", "may not contain a control character"},
      {std::string("ubuntu\0", 7), "may not contain a control character"},
      {"b\xc3\xa4r", "may not contain a character outside ASCII"},
      {"a$b", "\"a$b\" may not contain '$'"},
      {"a\\b", "may not contain '\\'"},
      {"-x", "\"-x\" must begin and end with"},
      {"x-", "\"x-\" must begin and end with"},
      {".x", "\".x\" must begin and end with"},
      {"a/_x", "\"_x\" must begin and end with"},
      {"a..b", "\"a..b\" must begin and end with"},
      {"a___b", "\"a___b\" must begin and end with"},
      {"a._b", "\"a._b\" must begin and end with"},
      {"a-_b", "\"a-_b\" must begin and end with"},
      {"a/-", "\"-\" must begin and end with"},
      {"h.x/" + std::string(256, 'a'), "longer than 255 characters"},
      {std::string(248, 'a'), "longer than 255 characters"},  // library/ counts
      // The registry.
      {"a:b/c", "\"a:b\" has no number as its port"},
      {"host:/x", "\"host:\" has no number as its port"},
      {"host:5000:6/x", "\"host:5000:6\" has no number as its port"},
      {"https://quay.io/x", "\"https:\" has no number as its port"},
      {":5000/x", "is no host name"},
      {".com/x", "is no host name"},
      {"a..b/x", "\"a..b\" is no host name"},
      {"-a.b/x", "is no host name"},
      {"a-.b/x", "is no host name"},
      {"a_b.c/x", "\"a_b.c\" may not contain '_'"},
      {"::1/x", "is no host name"},
      {"[::1/x", "\"[::1\" has no closing bracket"},
      {"[]:5000/x", "no IPv6 address"},
      {"[::g]:5000/x", "no IPv6 address"},
      {"[::1]5000/x", "a port must follow the bracket"},
      {"[::1]:/x", "no number as its port"},
      {"[fe80::1%eth0]/x.y", "no IPv6 address"},
      // The tag.
      {"x:", "the tag is missing"},
      {"x:.a", "the tag \".a\" begins with '.'"},
      {"x:-a", "the tag \"-a\" begins with '-'"},
      {"x:a b", "the tag \"a b\" may not contain a space"},
      {"x:a:b", "the tag \"a:b\" may not contain ':'"},
      {"x:" + std::string(129, 't'), "the tag is longer than 128 characters"},
      {"[::1]", "may not contain '['"},
      // The digest.
      {"x@", "the digest is missing"},
      {"x:1@", "the digest is missing"},
      {"x@" + hex64, "has no algorithm"},
      {"x@md5:" + hex64.substr(32), "\"md5\" is not known"},
      {"x@SHA256:" + hex64, "\"SHA256\" is not known"},
      {"x@sha256:", "has 0 digits instead of 64"},
      {"x@sha256:" + hex64.substr(1), "has 63 digits instead of 64"},
      {"x@sha256:" + hex64 + "0", "has 65 digits instead of 64"},
      {"x@sha384:" + hex64, "has 64 digits instead of 96"},
      {"x@sha512:" + hex64, "has 64 digits instead of 128"},
      {"x@sha256:" + std::string(64, 'A'), "no lower case hexadecimal digits"},
      {"x@sha256:" + std::string(64, 'g'), "no lower case hexadecimal digits"},
      {"x@" + sha256 + "@" + sha256, "no lower case hexadecimal digits"},
      {"x@" + sha256 + ":1", "no lower case hexadecimal digits"},
  };
  for (const Invalid &row : table) {
    CHECK_FAILS(parse_reference(row.text), invalid, row.why);
    CHECK_FAILS(parse_reference(row.text), invalid, "invalid image reference \"");
  }
}

TEST(a_reference_as_json_has_all_its_parts) {
  CHECK_EQUAL(to_json(parse_reference("ubuntu")).dump(),
              "{\"domain\":\"docker.io\",\"path\":\"library/ubuntu\",\"tag\":null,\"digest\":null,"
              "\"familiar\":\"ubuntu\",\"normalized\":\"docker.io/library/ubuntu:latest\"}");
}

TEST(a_full_id_is_told_from_a_name) {
  CHECK(is_image_id(hex64));
  CHECK(is_image_id(sha256));
  CHECK(!is_image_id(hex64.substr(1)));
  CHECK(!is_image_id("sha256:"));
  CHECK(!is_image_id("cafe"));
  CHECK(!is_image_id(std::string(64, 'A')));
  CHECK(!is_image_id(""));
}

TEST(repository_and_tag_are_combined_and_shown_as_given) {
  struct Row {
    std::string repository, tag, shown_repository, shown_tag, full_name, normalized;
  };
  const std::vector<Row> table = {
      {"fedora", "", "fedora", "latest", "fedora:latest", "docker.io/library/fedora:latest"},
      {"fedora", "33", "fedora", "33", "fedora:33", "docker.io/library/fedora:33"},
      {"fedora:33", "", "fedora", "33", "fedora:33", "docker.io/library/fedora:33"},
      {"docker.io/library/fedora", "", "docker.io/library/fedora", "latest", "docker.io/library/fedora:latest",
       "docker.io/library/fedora:latest"},
      {"quay.io/x/y", "1", "quay.io/x/y", "1", "quay.io/x/y:1", "quay.io/x/y:1"},
      {"h:5000/x", "", "h:5000/x", "latest", "h:5000/x:latest", "h:5000/x:latest"},
      {"h:5000/x:2", "", "h:5000/x", "2", "h:5000/x:2", "h:5000/x:2"},
      {"[::1]:5000/x", "3", "[::1]:5000/x", "3", "[::1]:5000/x:3", "[::1]:5000/x:3"},
      {"fedora", sha256, "fedora", sha256, "fedora@" + sha256, "docker.io/library/fedora@" + sha256},
      {"fedora@" + sha256, "", "fedora", sha256, "fedora@" + sha256, "docker.io/library/fedora@" + sha256},
      {"h:5/x:1@" + sha256, "", "h:5/x", "1", "h:5/x:1@" + sha256, "h:5/x:1@" + sha256},
  };
  for (const Row &row : table) {
    ImageName name = combine(row.repository, row.tag);
    CHECK_EQUAL(name.repository, row.shown_repository);
    CHECK_EQUAL(name.tag, row.shown_tag);
    CHECK_EQUAL(name.full_name(), row.full_name);
    CHECK_EQUAL(name.reference.normalized(), row.normalized);
  }
}

TEST(a_tag_given_twice_or_malformed_is_refused) {
  CHECK_FAILS(combine("fedora:33", "34"), invalid, "has a tag or digest already, and \"34\" is given besides");
  CHECK_FAILS(combine("fedora:33", "33"), invalid, "already");
  CHECK_FAILS(combine("fedora@" + sha256, "34"), invalid, "already");
  CHECK_FAILS(combine("fedora:33", sha256), invalid, "already");
  CHECK_FAILS(combine("localhost:5000", "1"), invalid, "already");
  CHECK_FAILS(combine("", "1"), invalid, "it is empty");
  CHECK_FAILS(combine(hex64, "1"), invalid, "the id of an image");
  CHECK_FAILS(combine("fedora", "a b"), invalid, "\"fedora:a b\": the tag \"a b\" may not contain a space");
  CHECK_FAILS(combine("fedora", "5000/x"), invalid, "the tag \"5000/x\" may not contain '/'");
  CHECK_FAILS(combine("fedora", "sha256:12"), invalid, "has 2 digits instead of 64");
  CHECK_FAILS(combine("fedora", "@" + sha256), invalid, "\"@sha256\" is not known");
}

int main() { return check::run_all("reference"); }
