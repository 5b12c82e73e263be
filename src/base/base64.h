// Base64 (RFC 4648, section 4), for bytes within JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bobbin {

// Appends the bytes, padded and on one line.
void AppendBase64(std::string& out, std::string_view bytes);

// The bytes; nullopt if `text` is not padded base64 on one line.
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace bobbin
