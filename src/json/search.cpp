#include "json/search.h"

#include <algorithm>
#include <cstring>

#include "base/lower.h"

namespace bobbin::json {
namespace {

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

char AsciiLower(char c) {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool Holds(std::string_view text, std::string_view part) {
  if (text.size() < part.size()) return false;
  if (part.empty()) return true;
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// True if one of the escapes in a JSON text is more than a quote, a backslash
// or the usual sign for a blank: only such may be another way to write what
// could as well stand there as it is.
bool HasOddEscape(std::string_view json) {
  constexpr std::string_view kUsual = "\"\\nrt";
  size_t at = 0;
  while ((at = json.find('\\', at)) != std::string_view::npos) {
    if (at + 1 == json.size() ||
        kUsual.find(json[at + 1]) == std::string_view::npos) {
      return true;
    }
    at += 2;
  }
  return false;
}

}  // namespace

Needle::Needle(std::string_view text)
    : text_(text),
      // Blanks may be left out between values, and the rest is what values
      // are held together by.
      is_plain_(text.find_first_of("\"\\{}[]:,") == std::string_view::npos &&
                std::ranges::all_of(text, [](char c) {
                  return static_cast<unsigned char>(c) >= 0x20;
                })) {
  AppendLower(lower_, text);
}

bool Needle::IsIn(std::string_view text) const { return Holds(text, text_); }

bool Needle::IsInNoCase(std::string_view text, std::string& scratch) const {
  if (!IsAscii(text)) {
    scratch.clear();
    AppendLower(scratch, text);
    return Holds(scratch, lower_);
  }
  const auto found =
      std::search(text.begin(), text.end(), lower_.begin(), lower_.end(),
                  [](char c, char lower) { return AsciiLower(c) == lower; });
  return found != text.end() || lower_.empty();
}

bool Needle::MayBeIn(std::string_view json) const {
  return !is_plain_ || Holds(json, text_) || HasOddEscape(json);
}

}  // namespace bobbin::json
