#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

namespace bobbin {
namespace {

constexpr size_t kGroupBytes = 3;
constexpr size_t kGroupChars = 4;

unsigned char* Bytes(char* chars) {
  return reinterpret_cast<unsigned char*>(chars);
}
const unsigned char* Bytes(const char* chars) {
  return reinterpret_cast<const unsigned char*>(chars);
}

// OpenSSL passes over blanks around the text, and says nothing of padding
// within it.
bool IsBase64(std::string_view text) {
  if (text.size() % kGroupChars != 0) return false;
  size_t padding = 0;
  while (padding < 2 && text.size() > padding &&
         text[text.size() - 1 - padding] == '=') {
    ++padding;
  }
  text.remove_suffix(padding);
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

}  // namespace

void AppendBase64(std::string& out, std::string_view bytes) {
  // EVP_EncodeBlock() takes an int, and whole groups but for the last.
  constexpr size_t kAtOnce = kGroupBytes << 20;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kAtOnce);
    const size_t begin = out.size();
    const size_t chars = (part.size() + 2) / kGroupBytes * kGroupChars;
    out.resize(begin + chars + 1);  // and a zero
    EVP_EncodeBlock(Bytes(out.data() + begin), Bytes(part.data()),
                    static_cast<int>(part.size()));
    out.pop_back();
    bytes.remove_prefix(part.size());
  }
}

std::optional<std::string> FromBase64(std::string_view text) {
  if (text.size() > std::numeric_limits<int>::max() || !IsBase64(text)) {
    return std::nullopt;
  }
  std::string bytes(text.size() / kGroupChars * kGroupBytes, '\0');
  const int count = EVP_DecodeBlock(Bytes(bytes.data()), Bytes(text.data()),
                                    static_cast<int>(text.size()));
  if (count < 0) return std::nullopt;
  // What padding stands for comes out as zeros.
  if (text.ends_with("==")) {
    bytes.resize(bytes.size() - 2);
  } else if (text.ends_with('=')) {
    bytes.pop_back();
  }
  return bytes;
}

}  // namespace bobbin
