// Pieces of header values. ASCII only, as header names and tokens are.
#pragma once

#include <string_view>

namespace bobbin::http {

constexpr char LowerCase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool EqualNoCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (LowerCase(a[i]) != LowerCase(b[i])) return false;
  }
  return true;
}

constexpr bool StartsWithNoCase(std::string_view text, std::string_view start) {
  return EqualNoCase(text.substr(0, start.size()), start);
}

constexpr bool EndsWithNoCase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         EqualNoCase(text.substr(text.size() - end.size()), end);
}

// `text` without blanks at its ends.
constexpr std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The part of `rest` up to the first `mark`, trimmed; `rest` is left with
// what follows the mark, or empty.
constexpr std::string_view TakeUpTo(char mark, std::string_view& rest) {
  const size_t at = rest.find(mark);
  const std::string_view part = rest.substr(0, at);
  rest =
      at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return Trimmed(part);
}

}  // namespace bobbin::http
