// Certificates for a test: an authority, and what it signs.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "check.h"
#include "temporary_folder.h"

class Certificate {
 public:
  // Signed by itself: an authority.
  explicit Certificate(const std::string &name) : Certificate(name, "", nullptr) {}
  // Signed by `authority` for these names: "DNS:engine.test,IP:127.0.0.1".
  Certificate(const std::string &name, const std::string &alternatives, const Certificate &authority)
      : Certificate(name, alternatives, &authority) {}

  X509 *certificate() const { return certificate_.get(); }
  EVP_PKEY *key() const { return key_.get(); }

  // Writes both as PEM and gives the path of the certificate; the key's is `key_path`.
  std::string write(const TemporaryFolder &folder, const std::string &name, const std::string &key_name) const {
    std::string path = folder.write(name, ""), key_path = folder.write(key_name, "");
    FILE *file = fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    fclose(file);
    file = fopen(key_path.c_str(), "w");
    PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    fclose(file);
    return path;
  }

 private:
  Certificate(const std::string &name, const std::string &alternatives, const Certificate *authority)
      : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    static long serial = 1;
    X509 *made = certificate_.get();
    CHECK(made != nullptr && key_ != nullptr);
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key_.get());
    auto *text = reinterpret_cast<const unsigned char *>(name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(authority != nullptr ? authority->certificate() : made));
    extend(NID_basic_constraints, authority != nullptr ? "CA:FALSE" : "critical,CA:TRUE");
    if (!alternatives.empty()) extend(NID_subject_alt_name, alternatives);
    CHECK(X509_sign(made, authority != nullptr ? authority->key() : key_.get(), EVP_sha256()) > 0);
  }

  void extend(int nid, const std::string &value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    CHECK(extension != nullptr);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY *)> key_;
  std::unique_ptr<X509, void (*)(X509 *)> certificate_;
};
