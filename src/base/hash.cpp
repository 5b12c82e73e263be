#include "base/hash.h"

// The functions of SHA-256 alone, which newer OpenSSL would rather have us
// reach through EVP: that brings all of libcrypto, 3 MB, into the program.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>

namespace bobbin {
namespace {

using Sha256Bytes = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

// None of these can fail, whatever they return.
void Begin(SHA256_CTX& context) { SHA256_Init(&context); }
void Take(SHA256_CTX& context, std::string_view bytes) {
  SHA256_Update(&context, bytes.data(), bytes.size());
}
Sha256Bytes End(SHA256_CTX& context) {
  Sha256Bytes sum;
  SHA256_Final(sum.data(), &context);
  return sum;
}

Sha256Bytes Sha256(std::string_view bytes) {
  SHA256_CTX context;
  Begin(context);
  Take(context, bytes);
  return End(context);
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

DigestBuilder::DigestBuilder() : context_(new SHA256_CTX) { Begin(*context_); }

void DigestBuilder::Free::operator()(SHA256state_st* context) const {
  delete context;
}

void DigestBuilder::Add(std::string_view piece) { Take(*context_, piece); }

std::string DigestBuilder::Finish() { return Spelled(End(*context_)); }

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
