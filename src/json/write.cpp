#include "json/write.h"

#include <charconv>

#include "json/chars.h"

namespace bobbin::json {

void AppendQuoted(std::string& out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  out += '"';
  while (true) {
    const char* const special = SkipPlain(p, end);
    out.append(p, special);
    p = special;
    if (p == end) break;
    const int length = SequenceLength(p, end);
    if (length == 1) {
      AppendAsciiEscape(out, *p++);
    } else if (length > 1) {
      out.append(p, static_cast<size_t>(length));
      p += length;
    } else if (IsSurrogate(p, end)) {
      AppendUnicodeEscape(out, CodePoint(p, 3));
      p += 3;
    } else {
      // Not from a JSON text: a path or a header. The answer must be UTF-8.
      out += "\\ufffd";
      ++p;
    }
  }
  out += '"';
}

bool PutOnOneLine(std::string& text, size_t begin) {
  bool changed = false;
  // One after the other: to look for one is many times faster than for both.
  for (const char c : {'\n', '\r'}) {
    for (size_t i = text.find(c, begin); i != std::string::npos;
         i = text.find(c, i + 1)) {
      text[i] = ' ';
      changed = true;
    }
  }
  return changed;
}

void AppendInt(std::string& out, int64_t value) {
  char digits[20];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

void AppendDouble(std::string& out, double value) {
  char digits[32];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, value);
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace bobbin::json
