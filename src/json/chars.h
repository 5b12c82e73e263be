// What JSON strings are made of: UTF-8, and characters that need care. Shared
// by the files of this layer.
//
// Pointers  [p, end) is a range of bytes; nothing at or behind `end` is read.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bobbin::json {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

inline bool IsSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// True for a byte that can stand in a JSON string with no further look:
// printable ASCII but `"` and `\`, and DEL.
inline bool IsPlain(char c) {
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

// Returns the first byte that is not plain, or `end`. This is where most of
// the time of reading a body goes.
inline const char* SkipPlain(const char* p, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(' ');
  while (end - p >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // The comparison is signed: bytes from 0x80 are below the space as well.
    const __m128i special =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
                                  _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmplt_epi8(bytes, space));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return p + __builtin_ctz(mask);
    p += 16;
  }
#else
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  while (end - p >= 8) {
    uint64_t bytes;
    std::memcpy(&bytes, p, 8);
    // A zero byte in x makes (x - kOnes) & ~x have its high bit; a borrow may
    // set further ones, which only sends us to the exact loop below.
    const uint64_t quote = bytes ^ kOnes * '"';
    const uint64_t backslash = bytes ^ kOnes * '\\';
    const uint64_t special = ((quote - kOnes) & ~quote) |
                             ((backslash - kOnes) & ~backslash) |
                             (bytes - kOnes * ' ') | bytes;
    if ((special & kHighs) != 0) break;
    p += 8;
  }
#endif
  while (p != end && IsPlain(*p)) ++p;
  return p;
}

// The length, 1 to 4, of the UTF-8 sequence at `p` (p < end), or 0 if it is
// malformed, overlong, cut off, a surrogate or beyond U+10FFFF.
inline int SequenceLength(const char* p, const char* end) {
  const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const auto tail = [byte](int i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return end - p >= 2 && tail(1) ? 2 : 0;
  if (lead < 0xf0) {
    if (end - p < 3 || !tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    if (lead == 0xed && byte(1) >= 0xa0) return 0;
    return 3;
  }
  if (lead > 0xf4 || end - p < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) >= 0x90) return 0;
  return 4;
}

// The character of the UTF-8 sequence of `length` bytes at `p`. Takes the
// three-byte form of a surrogate as well.
uint32_t CodePoint(const char* p, int length);

// True if a surrogate in its three-byte form (WTF-8) begins at `p` (p < end).
inline bool IsSurrogate(const char* p, const char* end) {
  return end - p >= 3 && p[0] == '\xed' && p[1] >= '\xa0' && p[1] <= '\xbf' &&
         (p[2] & 0xc0) == 0x80;
}

// Appends `c` in UTF-8; a surrogate in its three-byte form.
void AppendCodePoint(std::string& out, uint32_t c);

// Appends `\uXXXX`, for `c` up to 0xffff.
void AppendUnicodeEscape(std::string& out, uint32_t c);

// Appends `\"`, `\\` or the shortest escape of a control character.
void AppendAsciiEscape(std::string& out, char c);

// Appends `quoted`, the inside of a valid JSON string, with its escapes
// resolved. A lone surrogate escape is appended in its three-byte form.
void AppendUnescaped(std::string& out, std::string_view quoted);

}  // namespace bobbin::json
