#include "json/chars.h"

namespace bobbin::json {
namespace {

uint32_t HexDigit(char c) {
  return static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

uint32_t FourHexDigits(const char* p) {
  return HexDigit(p[0]) << 12 | HexDigit(p[1]) << 8 | HexDigit(p[2]) << 4 |
         HexDigit(p[3]);
}

// Appends the character of the \u escape whose digits begin at `p` and
// returns the place behind it: one escape on, or two for a surrogate pair.
const char* AppendUnicode(std::string& out, const char* p, const char* end) {
  uint32_t c = FourHexDigits(p);
  p += 4;
  if ((c & 0xfc00) == 0xd800 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
    const uint32_t low = FourHexDigits(p + 2);
    if ((low & 0xfc00) == 0xdc00) {
      c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
      p += 6;
    }
  }
  AppendCodePoint(out, c);
  return p;
}

char Simple(char escape) {
  switch (escape) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return escape;
  }
}

}  // namespace

uint32_t CodePoint(const char* p, int length) {
  if (length == 1) return static_cast<unsigned char>(*p);
  uint32_t c = static_cast<unsigned char>(*p) & (0x7fu >> length);
  for (int i = 1; i < length; ++i) {
    c = c << 6 | (static_cast<unsigned char>(p[i]) & 0x3fu);
  }
  return c;
}

void AppendCodePoint(std::string& out, uint32_t c) {
  const auto tail = [c](int shift) {
    return static_cast<char>(0x80 | (c >> shift & 0x3f));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xc0 | c >> 6), tail(0)};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
  } else {
    out += {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
  }
}

void AppendUnicodeEscape(std::string& out, uint32_t c) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += {'\\',
          'u',
          kHex[c >> 12 & 15],
          kHex[c >> 8 & 15],
          kHex[c >> 4 & 15],
          kHex[c & 15]};
}

void AppendAsciiEscape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    default:
      AppendUnicodeEscape(out, static_cast<unsigned char>(c));
  }
}

void AppendUnescaped(std::string& out, std::string_view quoted) {
  const char* p = quoted.data();
  const char* const end = p + quoted.size();
  while (p != end) {
    const auto* escape = static_cast<const char*>(
        std::memchr(p, '\\', static_cast<size_t>(end - p)));
    if (escape == nullptr) escape = end;
    out.append(p, escape);
    if (escape == end) return;
    p = escape + 2;
    if (escape[1] == 'u') {
      p = AppendUnicode(out, p, end);
    } else {
      out += Simple(escape[1]);
    }
  }
}

}  // namespace bobbin::json
