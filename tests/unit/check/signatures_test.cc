// What rpm prints of signatures, and whether a key is one that is allowed.
#include "check/signatures.h"

#include "check.h"

using namespace conu;

static const std::string none = "(none)|(none)|(none)|(none)";

static std::string by(const std::string &key) { return "RSA/SHA256, Mon Nov 23 11:00:00 2026, Key ID " + key; }

static std::string keys_of(const std::string &line) {
  std::string text;
  for (const SignedPackage &package : read_packages(line, "the image x")) {
    text += package.name + ":";
    for (const std::string &key : package.keys) text += " " + (key.empty() ? "?" : key);
    text += ";";
  }
  return text;
}

TEST(a_package_has_the_keys_of_all_its_signatures) {
  CHECK_EQUAL(keys_of("bash " + by("199E2F91FD431D51") + "|(none)|(none)|(none)\n"), "bash: 199e2f91fd431d51;");
  CHECK_EQUAL(keys_of("bash (none)|(none)|" + by("199e2f91fd431d51") + "|(none)\n"), "bash: 199e2f91fd431d51;");
  CHECK_EQUAL(keys_of("a " + by("11111111") + "|" + by("22222222") + "|(none)|(none)\n"), "a: 11111111 22222222;");
  CHECK_EQUAL(keys_of("a " + none + "\nb " + none + "\n"), "a:;b:;");
  CHECK_EQUAL(keys_of("a " + none), "a:;");
}

TEST(a_signature_without_a_key_is_by_nobody) {
  CHECK_EQUAL(keys_of("a (not an OpenPGP signature)|(none)|(none)|(none)"), "a: ?;");
  CHECK_EQUAL(keys_of("a |(none)|(none)|(none)"), "a: ?;");
  CHECK_EQUAL(keys_of("a deadbeef|(none)|(none)|(none)"), "a: ?;");
  CHECK_EQUAL(keys_of("a " + by("short") + "|(none)|(none)|(none)"), "a: ?;");
}

TEST(public_keys_among_the_packages_are_left_out) {
  CHECK_EQUAL(keys_of("gpg-pubkey " + none + "\nbash " + none + "\ngpg-pubkey-tools " + none + "\n"),
              "bash:;gpg-pubkey-tools:;");
  CHECK_EQUAL(keys_of(""), "");
  CHECK_EQUAL(keys_of("\n\n"), "");
}

TEST(what_is_no_list_of_packages_is_refused) {
  CHECK_FAILS(read_packages("bash\n", "the image x"), Code::protocol, "the image x");
  CHECK_FAILS(read_packages(" " + none, "the image x"), Code::protocol, "no package");
  CHECK_FAILS(read_packages("bash (none)|(none)\n", "the image x"), Code::protocol, "bash");
  CHECK_FAILS(read_packages("\377\001 x\n", "the image x"), Code::protocol, "no package");
}

TEST(keys_are_read_as_people_write_them) {
  CHECK_EQUAL(normal_key("FD431D51"), "fd431d51");
  CHECK_EQUAL(normal_key("0xFD431D51"), "fd431d51");
  CHECK_EQUAL(normal_key("567E 347A D004 4ADE 55BA  8A5F 199E 2F91 FD43 1D51"),
              "567e347ad0044ade55ba8a5f199e2f91fd431d51");
  for (const char *bad : {"", "0x", "1234567", "fedora", "fd431d5g", "fd431d51,aa"})
    CHECK_FAILS(normal_key(bad), Code::invalid_argument, "allowed_keys");
  CHECK_FAILS(normal_key(std::string(65, 'a')), Code::invalid_argument, "no key ID");
}

TEST(a_key_is_told_by_its_last_digits) {
  auto passes = [](std::vector<std::string> keys, const std::vector<std::string> &allowed) {
    return is_signed_with({"bash", std::move(keys)}, allowed);
  };
  CHECK(passes({"199e2f91fd431d51"}, {"fd431d51"}));
  CHECK(passes({"199e2f91fd431d51"}, {"00000000", "567e347ad0044ade55ba8a5f199e2f91fd431d51"}));
  CHECK(passes({"199e2f91fd431d51", "fd431d51"}, {"199e2f91fd431d51"}));
  CHECK(!passes({"199e2f91fd431d51"}, {"199e2f91"}));
  CHECK(!passes({"199e2f91fd431d51"}, {"fd431d52"}));
  CHECK(!passes({"199e2f91fd431d51", "1111111122222222"}, {"fd431d51"}));
  CHECK(!passes({"199e2f91fd431d51", ""}, {"fd431d51"}));
  CHECK(!passes({}, {"fd431d51"}));
}

int main() { return check::run_all("signatures"); }
