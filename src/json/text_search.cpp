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

// The bytes of texts and of JSON, the most frequent first; others are rare.
constexpr std::string_view kFrequent =
    " etaoinsr\"hlducm,:.pfgwyb\\v0123456789_-k/{}[]";

// Less for what is more frequent.
size_t Rarity(char c) { return kFrequent.find(Lower(c)); }

// Where in `text` its rarest byte is, but for the place `other`.
size_t RarestPlace(std::string_view text, size_t other) {
  size_t best = kNowhere;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == other) continue;
    if (best == kNowhere || Rarity(text[i]) > Rarity(text[best])) best = i;
  }
  return best;
}

// True if a character in `json` may be written as its number.
bool MayHaveNumberedCharacter(std::string_view json) {
  const char* p = json.data();
  const char* const end = p + json.size();
#if defined(__SSE2__)
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i letter = _mm_set1_epi8('u');
  __m128i seen = _mm_setzero_si128();
  for (; end - p >= 17; p += 16) {
    const auto load = [](const char* place) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
    };
    seen =
        _mm_or_si128(seen, _mm_and_si128(_mm_cmpeq_epi8(load(p), backslash),
                                         _mm_cmpeq_epi8(load(p + 1), letter)));
  }
  if (_mm_movemask_epi8(seen) != 0) return true;
#endif
  for (; end - p >= 2; ++p) {
    if (p[0] == '\\' && p[1] == 'u') return true;
  }
  return false;
}

bool HasBackslash(std::string_view json) {
  return std::memchr(json.data(), '\\', json.size()) != nullptr;
}

}  // namespace

TextSearch::TextSearch(std::string_view text)
    : text_(text),
      any_case_(std::ranges::none_of(text, IsUpper)),
      is_escaped_(std::ranges::any_of(
          text, [](char c) { return !IsPlain(c) || c == '/'; })) {
  const size_t rarest = RarestPlace(text, kNowhere);
  if (rarest == kNowhere) return;
  const size_t second = RarestPlace(text, rarest);
  places_[0] = rarest;
  places_[1] = second == kNowhere ? rarest : second;
}

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
  // Sixteen places at once, by the two rarest bytes. Folding a letter takes
  // some others along, which IsAt() then sorts out.
  const auto fold = [this](char c) {
    return _mm_set1_epi8(static_cast<char>(any_case_ && IsLower(c) ? 0x20 : 0));
  };
  const __m128i one = _mm_set1_epi8(text_[places_[0]]);
  const __m128i two = _mm_set1_epi8(text_[places_[1]]);
  const __m128i fold_one = fold(text_[places_[0]]);
  const __m128i fold_two = fold(text_[places_[1]]);
  while (end - p >= 16) {
    const auto load = [](const char* place) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
    };
    const __m128i ones = _mm_or_si128(load(p + places_[0]), fold_one);
    const __m128i twos = _mm_or_si128(load(p + places_[1]), fold_two);
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(ones, one), _mm_cmpeq_epi8(twos, two))));
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
  // Most texts are not hidden by an escape, other than \uXXXX; and a hit may
  // be one of an escape's own letters.
  const bool may_differ =
      hit || is_escaped_ ? HasBackslash(json) : MayHaveNumberedCharacter(json);
  if (!may_differ) return hit;
  scratch.clear();
  AppendUnescaped(scratch, json);
  return InText(scratch);
}

}  // namespace bobbin::json
