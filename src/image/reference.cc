// The reference grammar: [domain '/'] path [':' tag] ['@' digest].
#include "image/reference.h"

#include <algorithm>

#include "util/failure.h"
#include "util/text.h"

namespace conu {

static const std::string_view hub = "docker.io";
static const std::string_view legacy_hub = "index.docker.io";
static const std::string_view official = "library/";
static const std::string_view default_tag = "latest";
static const size_t path_limit = 255;
static const size_t tag_limit = 128;

static const std::string_view digits = "0123456789";
static const std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const std::string_view alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
static const std::string_view in_paths = "abcdefghijklmnopqrstuvwxyz0123456789._-/";
static const std::string_view in_hosts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
static const std::string_view in_tags = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

namespace {

// A reference at hand, for the messages about its parts.
struct Input {
  std::string_view text;

  [[noreturn]] void reject(Text why, Text hint = {}) const {
    throw_failure(Code::invalid_argument, {"invalid image reference ", in_quotes(text), ": ", why}, hint);
  }

  void allow(std::string_view part, Text what, std::string_view characters) const {
    size_t bad = part.find_first_not_of(characters);
    if (bad != part.npos) reject(concat(what, " ", in_quotes(part), " may not contain ", name_of(part[bad])));
  }

  static std::string name_of(char c) {
    if (c == ' ') return "a space";
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return "a control character";
    if (static_cast<unsigned char>(c) >= 0x80) return "a character outside ASCII";
    return concat("'", std::string_view(&c, 1), "'");
  }
};

}  // namespace

static bool is_one_of(char c, std::string_view characters) { return characters.find(c) != characters.npos; }

// Whether a first component is a registry; otherwise it belongs to the path on Docker Hub.
static bool is_domain(std::string_view component) {
  return component == "localhost" || component.find_first_of(".:") != component.npos ||
         component.find_first_of(upper) != component.npos;
}

static void check_domain(const Input &input, std::string_view domain) {
  std::string_view host = domain;
  std::string_view port;
  bool has_port = false;
  if (domain.starts_with('[')) {
    size_t close = domain.find(']');
    if (close == domain.npos) input.reject(concat("the registry ", in_quotes(domain), " has no closing bracket"));
    host = domain.substr(0, close + 1);
    std::string_view rest = domain.substr(close + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port)
      input.reject(concat("in the registry ", in_quotes(domain), " a port must follow the bracket"));
    if (has_port) port = rest.substr(1);
    std::string_view address = host.substr(1, host.size() - 2);
    if (address.empty() || address.find_first_not_of("0123456789abcdefABCDEF:") != address.npos)
      input.reject(concat("the registry ", in_quotes(domain), " has no IPv6 address in its brackets"));
  } else {
    size_t colon = domain.find(':');
    has_port = colon != domain.npos;
    host = domain.substr(0, colon);
    if (has_port) port = domain.substr(colon + 1);
    input.allow(host, "the registry", in_hosts);
    for (std::string_view label : split(host, '.'))
      if (label.empty() || label.front() == '-' || label.back() == '-')
        input.reject(concat("the registry ", in_quotes(domain), " is no host name"));
  }
  if (has_port && (port.empty() || port.find_first_not_of(digits) != port.npos))
    input.reject(concat("the registry ", in_quotes(domain), " has no number as its port"),
                 "a tag stands behind the last slash: registry/name:tag");
}

// Letters and digits, joined by one dot, one or two underscores, or dashes.
static bool is_path_component(std::string_view component) {
  for (;;) {
    size_t end = std::min(component.find_first_not_of(alphanumeric), component.size());
    if (end == 0) return false;
    component.remove_prefix(end);
    if (component.empty()) return true;
    size_t length = std::min(component.find_first_of(alphanumeric), component.size());
    std::string_view joint = component.substr(0, length);
    bool dashes = joint.find_first_not_of('-') == joint.npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") return false;
    component.remove_prefix(length);
  }
}

static void check_path(const Input &input, std::string_view path) {
  if (path.empty()) input.reject("the name of the repository is missing");
  if (path.find_first_of(upper) != path.npos) input.reject("repository names must be lower case");
  input.allow(path, "the repository name", in_paths);
  for (std::string_view component : split(path, '/')) {
    if (component.empty())
      input.reject(concat("the repository name ", in_quotes(path), " has an empty part between slashes"));
    if (!is_path_component(component))
      input.reject(
          concat("in the repository name, ", in_quotes(component),
                 " must begin and end with a letter or digit, and have no more than one dot, two underscores, or "
                 "dashes in a row"));
  }
}

static void check_tag(const Input &input, std::string_view tag) {
  if (tag.empty()) input.reject("the tag is missing behind the colon");
  if (tag.size() > tag_limit) input.reject(concat("the tag is longer than ", decimal(tag_limit), " characters"));
  if (is_one_of(tag.front(), ".-"))
    input.reject(concat("the tag ", in_quotes(tag), " begins with ", Input::name_of(tag[0])));
  input.allow(tag, "the tag", in_tags);
}

static void check_digest(const Input &input, std::string_view digest) {
  size_t colon = digest.find(':');
  if (colon == digest.npos)
    input.reject(concat("the digest ", in_quotes(digest), " has no algorithm"),
                 "a digest looks like sha256:0123…, 64 digits");
  std::string_view algorithm = digest.substr(0, colon);
  std::string_view hex = digest.substr(colon + 1);
  size_t length = algorithm == "sha256" ? 64 : algorithm == "sha384" ? 96 : algorithm == "sha512" ? 128 : 0;
  if (length == 0)
    input.reject(concat("the digest algorithm ", in_quotes(algorithm), " is not known"),
                 "known are sha256, sha384 and sha512");
  if (!hex.empty() && !is_hex(hex)) input.reject("the digest has characters that are no lower case hexadecimal digits");
  if (hex.size() != length)
    input.reject(
        concat("the ", algorithm, " digest has ", decimal(hex.size()), " digits instead of ", decimal(length)));
}

Reference parse_reference(std::string_view text) {
  Input input{text};
  if (text.empty()) input.reject("it is empty");
  if (text.size() == 64 && is_hex(text))
    input.reject("64 hexadecimal digits are the id of an image, not a name", "make the image from its id instead");

  Reference reference;
  std::string_view rest = text;
  size_t slash = text.find('/');
  if (slash != text.npos && is_domain(text.substr(0, slash))) {
    reference.domain = text.substr(0, slash);
    rest = text.substr(slash + 1);
    check_domain(input, reference.domain);
  }
  if (reference.domain.empty() || reference.domain == legacy_hub) reference.domain = hub;

  if (size_t at = rest.find('@'); at != rest.npos) {
    reference.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (reference.digest.empty()) input.reject("the digest is missing behind the @");
  }
  size_t colon = rest.find(':');
  std::string_view path = rest.substr(0, colon);
  check_path(input, path);
  if (colon != rest.npos) {
    reference.tag = rest.substr(colon + 1);
    check_tag(input, reference.tag);
  }
  if (!reference.digest.empty()) check_digest(input, reference.digest);

  if (reference.domain == hub && path.find('/') == path.npos) reference.path = official;
  reference.path += path;
  if (reference.path.size() > path_limit)
    input.reject(concat("the repository name is longer than ", decimal(path_limit), " characters"));
  return reference;
}

static std::string with_suffix(std::string name, std::string_view tag, std::string_view digest) {
  if (!tag.empty()) name.append(":").append(tag);
  if (!digest.empty()) name.append("@").append(digest);
  return name;
}

std::string Reference::name() const { return concat(domain, "/", path); }

// Whether a short form would be read as something else: another registry's repository, or an image's id.
static bool is_ambiguous(std::string_view short_form) {
  size_t slash = short_form.find('/');
  return (slash != short_form.npos && is_domain(short_form.substr(0, slash))) || is_image_id(short_form);
}

std::string Reference::familiar() const {
  if (domain == hub) {
    std::string shorter = with_suffix(path, tag, digest);
    bool is_official = path.starts_with(official) && path.find('/', official.size()) == path.npos;
    if (is_official && !is_ambiguous(shorter.substr(official.size()))) return shorter.substr(official.size());
    if (!is_ambiguous(shorter)) return shorter;
  }
  return with_suffix(name(), tag, digest);
}

std::string Reference::normalized() const {
  return with_suffix(name(), tag.empty() && digest.empty() ? default_tag : tag, digest);
}

Json to_json(const Reference &reference) {
  auto or_null = [](const std::string &text) { return text.empty() ? Json::null() : Json::string(text); };
  return Json::object()
      .set("domain", reference.domain)
      .set("path", reference.path)
      .set("tag", or_null(reference.tag))
      .set("digest", or_null(reference.digest))
      .set("familiar", reference.familiar())
      .set("normalized", reference.normalized());
}

bool is_image_id(std::string_view text) {
  if (text.starts_with("sha256:")) text.remove_prefix(7);
  return text.size() == 64 && is_hex(text);
}

std::string ImageName::full_name() const { return with_suffix(repository, reference.tag, reference.digest); }

ImageName combine(std::string_view repository, std::string_view tag) {
  Reference reference = parse_reference(repository);
  if (!tag.empty()) {
    if (!reference.tag.empty() || !reference.digest.empty())
      Input{repository}.reject(concat("it has a tag or digest already, and ", in_quotes(tag), " is given besides"),
                               "give the tag in one place only");
    bool is_digest = tag.find(':') != tag.npos;
    std::string whole = concat(repository, is_digest ? "@" : ":", tag);
    if (is_digest) {
      check_digest(Input{whole}, tag);
      reference.digest = tag;
    } else {
      check_tag(Input{whole}, tag);
      reference.tag = tag;
    }
  }
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = default_tag;

  std::string_view bare = repository.substr(0, repository.find('@'));
  size_t slash = bare.rfind('/');
  bare = bare.substr(0, bare.find(':', slash == bare.npos ? 0 : slash));
  return ImageName{std::string(bare), reference.tag.empty() ? reference.digest : reference.tag, reference};
}

}  // namespace conu
