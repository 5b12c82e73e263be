// Content digests (contract section 6.1). SHA-256 comes from OpenSSL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bobbin {

// base64url(SHA-256(bytes)) with `-` as `X`, `_` as `Y` and no padding: 43
// characters. For objects, rows and files.
std::string Digest(std::string_view bytes);
inline constexpr size_t kDigestChars = 43;

// The same at the end of `out`, for many in a row.
void AppendDigest(std::string& out, std::string_view bytes);

// Lower-case hex SHA-256: 64 characters. For tables.
std::string HexSha256(std::string_view bytes);

}  // namespace bobbin
