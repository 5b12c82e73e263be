#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "base/log.h"

namespace bobbin {
namespace {

using Sha256Bytes = std::array<unsigned char, 32>;

const EVP_MD* FetchSha256() {
  // Without this the first use of OpenSSL reads the machine's openssl.cnf,
  // which may load code that is not ours.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  return EVP_MD_fetch(nullptr, "SHA256", nullptr);
}

const EVP_MD* Sha256Method() {
  static const EVP_MD* const sha256 = FetchSha256();
  return sha256;
}

// OpenSSL says no only when memory has run out. A wrong digest would be
// stored for good.
void Require(bool done) {
  if (done) return;
  Log(LogLevel::kError, "SHA-256 is not available");
  std::abort();
}

Sha256Bytes Sha256(std::string_view bytes) {
  Sha256Bytes sum;
  Require(EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr,
                     Sha256Method(), nullptr) == 1);
  return sum;
}

void AppendSpelled(std::string& out, const Sha256Bytes& sum) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789XY";
  uint32_t pending = 0;
  int bits = 0;
  for (const unsigned char byte : sum) {
    pending = pending << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kAlphabet[pending >> bits & 63];
    }
  }
  out += kAlphabet[pending << (6 - bits) & 63];
}

std::string Spelled(const Sha256Bytes& sum) {
  std::string digest;
  digest.reserve(kDigestChars);
  AppendSpelled(digest, sum);
  return digest;
}

}  // namespace

std::string Digest(std::string_view bytes) { return Spelled(Sha256(bytes)); }

void AppendDigest(std::string& out, std::string_view bytes) {
  AppendSpelled(out, Sha256(bytes));
}

DigestBuilder::DigestBuilder() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr &&
          EVP_DigestInit_ex(context_.get(), Sha256Method(), nullptr) == 1);
}

void DigestBuilder::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

void DigestBuilder::Add(std::string_view piece) {
  Require(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

std::string DigestBuilder::Finish() {
  Sha256Bytes sum;
  Require(EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr) == 1);
  return Spelled(sum);
}

std::string HexSha256(std::string_view bytes) {
  std::string hex;
  hex.reserve(64);
  for (const unsigned char byte : Sha256(bytes)) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace bobbin
