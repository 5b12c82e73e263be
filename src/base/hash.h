// Content digests (contract section 6.1). SHA-256 comes from OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct SHA256state_st;

namespace bobbin {

// base64url(SHA-256(bytes)) with `-` as `X`, `_` as `Y` and no padding: 43
// characters. For objects, rows and files.
std::string Digest(std::string_view bytes);
inline constexpr size_t kDigestChars = 43;

// The same at the end of `out`, for many in a row.
void AppendDigest(std::string& out, std::string_view bytes);

// The Digest() of bytes that come piece by piece.
class DigestBuilder {
 public:
  DigestBuilder();
  DigestBuilder(const DigestBuilder&) = delete;
  DigestBuilder& operator=(const DigestBuilder&) = delete;

  void Add(std::string_view piece);
  // Of all that was added. Once, and nothing can be added afterwards.
  std::string Finish();

 private:
  struct Free {
    void operator()(SHA256state_st* context) const;
  };
  const std::unique_ptr<SHA256state_st, Free> context_;
};

// Lower-case hex SHA-256: 64 characters. For tables.
std::string HexSha256(std::string_view bytes);

}  // namespace bobbin
