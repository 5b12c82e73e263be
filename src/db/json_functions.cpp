// SQL functions that read values out of stored JSON texts.

#include <array>
#include <cstdlib>

#include "db/function_values.h"
#include "json/match.h"
#include "json/path.h"
#include "json/search.h"

namespace bobbin::db {
namespace {

// A path, parsed.
struct PathText {
  explicit PathText(std::string_view text) : path(json::ParsePath(text)) {}
  json::Path path;
};
using KeptPath = Kept<PathText>;

// The value at the path in the first two arguments; empty when missing.
std::string_view Found(sqlite3_value** arguments, const KeptPath& path) {
  const std::string_view text = TextOf(arguments[0]);
  if (text.empty()) return {};
  return json::Find(text, path->path);
}

void At(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  if (!raw.empty()) Return(context, raw);
}

void NumberAt(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  if (raw.empty()) return;
  const std::string unquoted =
      raw.front() == '"' ? json::Unquote(raw) : std::string(raw);
  // strtod reads more than JSON has ("inf", "0x1p3", leading blanks).
  if (unquoted.find_first_not_of("0123456789+-.eE") != std::string::npos) {
    return;
  }
  char* stop = nullptr;
  const double number = std::strtod(unquoted.c_str(), &stop);
  if (unquoted.empty() || stop != unquoted.c_str() + unquoted.size()) return;
  sqlite3_result_double(context, number);
}

void TextAt(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  if (!json::IsPresent(raw)) return;
  if (raw.front() != '"') return Return(context, raw);
  Return(context, json::AsText(raw, path.scratch()));
}

void AsText(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  Return(context, json::AsText(raw, path.scratch()));
}

void Exists(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  Return(context, json::IsPresent(Found(arguments, path)));
}

void IsFound(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  Return(context, !Found(arguments, path).empty());
}

void Is(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const Kept<json::Constant> constant(context, arguments, 2);
  Return(context, constant->Equals(Found(arguments, path), path.scratch()));
}

void Order(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const Kept<json::Constant> constant(context, arguments, 2);
  Return(context, constant->Order(Found(arguments, path), path.scratch()));
}

void In(sqlite3_context* context, int, sqlite3_value** arguments) {
  const KeptPath path(context, arguments, 1);
  const Kept<json::ConstantList> list(context, arguments, 2);
  Return(context, list->Has(Found(arguments, path), path.scratch()));
}

void Contains(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[2])) return;
  const Kept<json::Needle> needle(context, arguments, 2);
  if (!needle->MayBeIn(TextOf(arguments[0])) && !needle->empty()) {
    return Return(context, false);
  }
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  Return(context, needle->IsIn(json::AsText(raw, path.scratch())));
}

void ContainsNoCase(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (IsNull(arguments[2])) return;
  const Kept<json::Needle> needle(context, arguments, 2);
  const KeptPath path(context, arguments, 1);
  const std::string_view raw = Found(arguments, path);
  Return(context, needle->IsInNoCase(json::AsText(raw, path.scratch()),
                                     needle.scratch()));
}

void Same(sqlite3_context* context, int, sqlite3_value** arguments) {
  Return(context, json::SameValue(TextOf(arguments[0]), TextOf(arguments[1])));
}

void ValuesOrder(sqlite3_context* context, int, sqlite3_value** arguments) {
  sqlite3_result_int(context,
                     json::OrderOf(TextOf(arguments[0]), TextOf(arguments[1])));
}

constexpr auto kFunctions = std::to_array<Function>({
    {"json_at", 2, At},
    {"json_number_at", 2, NumberAt},
    {"json_text_at", 2, TextAt},
    {"json_as_text", 2, AsText},
    {"json_exists", 2, Exists},
    {"json_found", 2, IsFound},
    {"json_is", 3, Is},
    {"json_order", 3, Order},
    {"json_in", 3, In},
    {"json_contains", 3, Contains},
    {"json_contains_nocase", 3, ContainsNoCase},
    {"json_same", 2, Same},
    {"json_values_order", 2, ValuesOrder},
});

}  // namespace

std::span<const Function> JsonFunctions() { return kFunctions; }

}  // namespace bobbin::db
