#include "base/lower.h"

#define UTF8PROC_STATIC
#include <utf8proc.h>

#include <array>

namespace bobbin {
namespace {

// How many bytes of a character utf8proc may look at.
constexpr size_t kLongest = 4;

}  // namespace

void AppendLower(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size());
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (static_cast<signed char>(c) >= 0) {
      out += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      ++i;
      continue;
    }
    const std::string_view rest = text.substr(i, kLongest);
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(
        reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
        static_cast<utf8proc_ssize_t>(rest.size()), &character);
    if (length <= 0) {
      out += c;
      ++i;
      continue;
    }
    std::array<utf8proc_uint8_t, kLongest> lower{};
    const utf8proc_ssize_t size =
        utf8proc_encode_char(utf8proc_tolower(character), lower.data());
    out.append(reinterpret_cast<const char*>(lower.data()),
               static_cast<size_t>(size));
    i += static_cast<size_t>(length);
  }
}

}  // namespace bobbin
