#include "json/text_search.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "json/chars.h"

namespace bobbin::json {
namespace {

constexpr auto kNowhere = std::string_view::npos;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

char Lower(char c) { return static_cast<char>(IsUpper(c) ? c | 0x20 : c); }

}  // namespace

TextSearch::TextSearch(std::string_view text)
    : text_(text),
      any_case_(std::ranges::none_of(text, IsUpper)),
      is_escaped_(std::ranges::any_of(
          text, [](char c) { return !IsPlain(c) || c == '/'; })) {}

bool TextSearch::IsAt(const char* place) const {
  if (!any_case_) return std::memcmp(place, text_.data(), text_.size()) == 0;
  return std::equal(text_.begin(), text_.end(), place,
                    [](char wanted, char c) { return Lower(c) == wanted; });
}

size_t TextSearch::Find(std::string_view text) const {
  const size_t size = text_.size();
  if (size == 0 || text.size() < size) return kNowhere;
  const char* const begin = text.data();
  const char* const end = begin + text.size() - size + 1;  // of the places
  const char* p = begin;
#if defined(__SSE2__)
  // Sixteen places at once, by their first and their last character. Folding
  // a letter takes some others along, which IsAt() then sorts out.
  const auto fold = [this](char c) {
    return _mm_set1_epi8(static_cast<char>(any_case_ && IsLower(c) ? 0x20 : 0));
  };
  const __m128i first = _mm_set1_epi8(text_.front());
  const __m128i last = _mm_set1_epi8(text_.back());
  const __m128i fold_first = fold(text_.front());
  const __m128i fold_last = fold(text_.back());
  while (end - p >= 16) {
    const auto load = [](const char* place) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
    };
    const __m128i firsts = _mm_or_si128(load(p), fold_first);
    const __m128i lasts = _mm_or_si128(load(p + size - 1), fold_last);
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(
        _mm_cmpeq_epi8(firsts, first), _mm_cmpeq_epi8(lasts, last))));
    while (mask != 0) {
      const char* const place = p + __builtin_ctz(mask);
      if (IsAt(place)) return static_cast<size_t>(place - begin);
      mask &= mask - 1;
    }
    p += 16;
  }
#endif
  for (; p != end; ++p) {
    if (IsAt(p)) return static_cast<size_t>(p - begin);
  }
  return kNowhere;
}

std::optional<TextSearch::Hit> TextSearch::InText(std::string_view text) const {
  const size_t begin = Find(text);
  if (begin == kNowhere) return std::nullopt;
  return Hit{text, begin, begin + text_.size()};
}

std::optional<TextSearch::Hit> TextSearch::InJson(std::string_view json,
                                                  std::string& scratch) const {
  const std::optional<Hit> hit = InText(json);
  const bool has_escapes =
      std::memchr(json.data(), '\\', json.size()) != nullptr;
  if (!has_escapes) return hit;
  // Most texts are not hidden by an escape, other than \uXXXX; and a hit may
  // be one of an escape's own letters.
  if (!hit && !is_escaped_ && json.find("\\u") == kNowhere) return std::nullopt;
  scratch.clear();
  AppendUnescaped(scratch, json);
  return InText(scratch);
}

}  // namespace bobbin::json
