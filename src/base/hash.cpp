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

Sha256Bytes Sha256(std::string_view bytes) {
  static const EVP_MD* const sha256 = FetchSha256();
  Sha256Bytes sum;
  if (EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr, sha256,
                 nullptr) != 1) {
    // Only when memory has run out. A wrong digest would be stored for good.
    Log(LogLevel::kError, "SHA-256 is not available");
    std::abort();
  }
  return sum;
}

}  // namespace

void AppendDigest(std::string& out, std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789XY";
  uint32_t pending = 0;
  int bits = 0;
  for (const unsigned char byte : Sha256(bytes)) {
    pending = pending << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kAlphabet[pending >> bits & 63];
    }
  }
  out += kAlphabet[pending << (6 - bits) & 63];
}

std::string Digest(std::string_view bytes) {
  std::string digest;
  digest.reserve(kDigestChars);
  AppendDigest(digest, bytes);
  return digest;
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
