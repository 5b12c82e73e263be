#include "base/display.h"

#define UTF8PROC_STATIC
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace bobbin {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";     // U+2026
constexpr int32_t kPictureSelector = 0xfe0f;  // "show it as a picture"
constexpr int32_t kControlPictures = 0x2400;
constexpr int32_t kDeletePicture = 0x2421;

struct Character {
  int32_t code = -1;  // -1: not UTF-8
  size_t bytes = 1;
};

Character At(std::string_view text, size_t at) {
  const auto* data =
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  utf8proc_int32_t code = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(
      data, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  if (bytes <= 0) return {};
  return {code, static_cast<size_t>(bytes)};
}

int WidthOf(int32_t code) {
  if (code < 0) return 1;
  // Terminals show a box for what they do not know.
  if (utf8proc_category(code) == UTF8PROC_CATEGORY_CN) return 1;
  return utf8proc_charwidth(code);
}

struct Cluster {
  size_t bytes = 0;
  int width = 0;
};

// The user-perceived character at the front of `text`, which is not empty.
Cluster First(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80 &&
      (text.size() == 1 || static_cast<unsigned char>(text[1]) < 0x80)) {
    const bool shown = text[0] >= 0x20 && text[0] != 0x7f;
    return {1, shown ? 1 : 0};
  }
  Character last = At(text, 0);
  Cluster cluster{last.bytes, WidthOf(last.code)};
  int32_t state = 0;
  while (cluster.bytes < text.size() && last.code >= 0) {
    const Character next = At(text, cluster.bytes);
    if (next.code < 0 ||
        utf8proc_grapheme_break_stateful(last.code, next.code, &state) != 0) {
      break;
    }
    cluster.width += next.code == kPictureSelector ? 1 : WidthOf(next.code);
    cluster.bytes += next.bytes;
    last = next;
  }
  cluster.width = std::min(cluster.width, 2);
  return cluster;
}

// Characters that turn the direction of the text behind them.
bool TurnsText(int32_t code) {
  return code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

void Append(std::string& out, int32_t code) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(code, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

void AppendVisible(std::string& out, int32_t code, std::string_view bytes) {
  const bool is_control = code >= 0x80 && code < 0xa0;
  const bool is_break = code == 0x2028 || code == 0x2029;
  if (code == '\n' || code == '\r' || code == '\t' || is_break) {
    out += ' ';
  } else if (code < 0 || is_control || TurnsText(code)) {
    out += kReplacement;
  } else if (code < 0x20) {
    Append(out, kControlPictures + code);
  } else if (code == 0x7f) {
    Append(out, kDeletePicture);
  } else {
    out += bytes;
  }
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Cluster cluster = First(text);
    width += cluster.width;
    text.remove_prefix(cluster.bytes);
  }
  return width;
}

std::string Visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const Character character = At(text, i);
    AppendVisible(out, character.code, text.substr(i, character.bytes));
    i += character.bytes;
  }
  return out;
}

std::string HarmlessJson(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (size_t i = 0; i < json.size();) {
    const Character character = At(json, i);
    const int32_t code = character.code;
    const bool harmful = code == 0x7f || (code >= 0x80 && code < 0xa0) ||
                         code == 0x2028 || code == 0x2029 || TurnsText(code);
    if (harmful) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x",
                    static_cast<unsigned>(code));
      out += escape.data();
    } else if (code < 0) {
      out += kReplacement;
    } else {
      out += json.substr(i, character.bytes);
    }
    i += character.bytes;
  }
  return out;
}

std::string_view FirstCharacter(std::string_view text) {
  return text.empty() ? text : text.substr(0, First(text).bytes);
}

std::string_view PrefixOf(std::string_view text, int width) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    const Cluster cluster = First(text.substr(bytes));
    width -= cluster.width;
    if (width < 0) break;
    bytes += cluster.bytes;
  }
  return text.substr(0, bytes);
}

std::string FitTo(std::string_view text, int width, bool unicode) {
  std::string_view prefix = PrefixOf(text, width);
  if (prefix.size() == text.size()) return std::string(text);
  if (width <= 0) return "";
  prefix = PrefixOf(text, width - 1);
  return std::string(prefix) + (unicode ? std::string(kEllipsis) : ".");
}

}  // namespace bobbin
