#include "db/functions.h"

#include <sqlite3.h>

#include <cstdlib>
#include <string>

#include "json/path.h"

namespace bobbin::db {
namespace {

std::string_view TextOf(sqlite3_value* value) {
  const void* data = sqlite3_value_blob(value);
  const int size = sqlite3_value_bytes(value);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

// The second argument, parsed once per statement.
const json::Path& PathOf(sqlite3_context* context, sqlite3_value** arguments) {
  void* known = sqlite3_get_auxdata(context, 1);
  if (known == nullptr) {
    known = new json::Path(json::ParsePath(TextOf(arguments[1])));
    sqlite3_set_auxdata(context, 1, known, [](void* path) {
      delete static_cast<json::Path*>(path);
    });
    // SQLite may drop it at once; then it gives the same null again.
    known = sqlite3_get_auxdata(context, 1);
  }
  static const json::Path kEmpty;
  return known == nullptr ? kEmpty : *static_cast<json::Path*>(known);
}

std::string_view Found(sqlite3_context* context, sqlite3_value** arguments) {
  const std::string_view text = TextOf(arguments[0]);
  if (text.empty()) return {};
  return json::Find(text, PathOf(context, arguments));
}

void NumberAt(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::string_view raw = Found(context, arguments);
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
  const std::string_view raw = Found(context, arguments);
  if (raw.empty() || raw == "null") return;
  const std::string text =
      raw.front() == '"' ? json::Unquote(raw) : std::string(raw);
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

}  // namespace

void AddFunctions(Connection& connection) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const auto add = [&](const char* name, auto* function) {
    const int code = sqlite3_create_function_v2(
        connection.raw().getHandle(), name, 2, kFlags, nullptr, function,
        nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
      throw SQLite::Exception(connection.raw().getHandle(), code);
    }
  };
  add("json_number_at", NumberAt);
  add("json_text_at", TextAt);
}

}  // namespace bobbin::db
