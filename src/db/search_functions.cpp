// The SQL function that looks for a text in a call.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/reason.h"
#include "db/function_values.h"
#include "json/text_search.h"
#include "json/write.h"

namespace bobbin::db {
namespace {

using Hit = json::TextSearch::Hit;

// How much is shown around a hit, in bytes.
constexpr size_t kBefore = 60;
constexpr size_t kAfter = 120;

struct Place {
  std::string_view field;
  bool is_json;
};
// The arguments behind the text, in this order.
constexpr auto kPlaces = std::to_array<Place>({
    {"op_name", false},
    {"display_name", false},
    {"exception", false},
    {"inputs", true},
    {"output", true},
    {"attributes", true},
    {"summary", true},
});

bool IsInside(char c) { return (c & 0xC0) == 0x80; }

void AppendHit(std::string& out, std::string_view field, const Hit& hit) {
  const std::string_view text = hit.text;
  size_t begin = hit.begin - std::min(hit.begin, kBefore);
  size_t end = std::min(text.size(), hit.end + kAfter);
  // Whole characters.
  while (begin > 0 && IsInside(text[begin])) --begin;
  while (end < text.size() && IsInside(text[end])) ++end;
  out += R"({"field":)";
  json::AppendQuoted(out, field);
  out += R"(,"snippet":)";
  json::AppendQuoted(out, text.substr(begin, end - begin));
  out += R"(,"match_start":)";
  json::AppendInt(out, static_cast<int64_t>(hit.begin - begin));
  out += R"(,"match_end":)";
  json::AppendInt(out, static_cast<int64_t>(hit.end - begin));
  out += '}';
}

void SearchHit(sqlite3_context* context, int, sqlite3_value** arguments) {
  const Kept<json::TextSearch> search(context, arguments, 0);
  for (size_t i = 0; i < kPlaces.size(); ++i) {
    sqlite3_value* const value = arguments[i + 1];
    if (IsNull(value)) continue;
    const std::string_view text = TextOf(value);
    const std::optional<Hit> hit = kPlaces[i].is_json
                                       ? search->InJson(text, search.scratch())
                                       : search->InText(text);
    if (!hit) continue;
    std::string out;
    AppendHit(out, kPlaces[i].field, *hit);
    return Return(context, out);
  }
}

void IsInText(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[1])) return Return(context, false);
  const Kept<json::TextSearch> search(context, arguments, 0);
  Return(context, search->InText(TextOf(arguments[1])).has_value());
}

void IsInJson(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[1])) return Return(context, false);
  const Kept<json::TextSearch> search(context, arguments, 0);
  Return(context,
         search->InJson(TextOf(arguments[1]), search.scratch()).has_value());
}

void Reason(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[0])) return;
  Return(context, ReasonIn(TextOf(arguments[0])));
}

constexpr auto kSearchFunctions = std::to_array<Function>({
    {"search_hit", static_cast<int>(kPlaces.size()) + 1, SearchHit},
    {"is_in_text", 2, IsInText},
    {"is_in_json", 2, IsInJson},
    {"reason_in", 1, Reason},
});

}  // namespace

std::span<const Function> SearchFunctions() { return kSearchFunctions; }

}  // namespace bobbin::db
