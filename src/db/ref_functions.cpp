// SQL functions that take the ref of an object or of a table's row apart
// (contract section 8):
//   weave:///<entity>/<project>/<kind>/<name>:<digest>[/<edge>/<value>]*
//   weave:///<entity>/<project>/table/<digest>[/<edge>/<value>]*

#include <array>
#include <charconv>

#include "db/function_values.h"
#include "json/match.h"

namespace bobbin::db {
namespace {

struct Ref {
  std::string_view project;  // entity/project
  std::string_view kind;     // object, op or table
  std::string_view name;     // of a table: empty
  std::string_view digest;
  std::string_view edges;  // "/attr/x", or empty
};

std::string_view TakeUpTo(char stop, std::string_view& rest) {
  const size_t at = rest.find(stop);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

// Takes the JSON text of a string apart; nothing for anything else.
std::optional<Ref> ReadRef(std::string_view raw) {
  constexpr std::string_view kBegin = "\"weave:///";
  if (!raw.starts_with(kBegin) || raw.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest =
      raw.substr(kBegin.size(), raw.size() - kBegin.size() - 1);
  const char* const begin = rest.data();
  TakeUpTo('/', rest);
  const std::string_view project_name = TakeUpTo('/', rest);
  Ref ref;
  ref.project = {begin, static_cast<size_t>(project_name.data() +
                                            project_name.size() - begin)};
  ref.kind = TakeUpTo('/', rest);
  const bool has_name = ref.kind == "object" || ref.kind == "op";
  if (!has_name && ref.kind != "table") return std::nullopt;
  if (has_name) ref.name = TakeUpTo(':', rest);
  const size_t slash = rest.find('/');
  ref.digest = rest.substr(0, slash);
  if (slash != std::string_view::npos) ref.edges = rest.substr(slash);
  if (ref.name.empty() == has_name || ref.digest.empty()) return std::nullopt;
  return ref;
}

// Takes the next edge and its value off the edges that are left.
struct Edge {
  std::string_view kind;
  std::string_view value;
};
Edge TakeEdge(std::string_view& rest) {
  rest.remove_prefix(1);
  Edge edge;
  edge.kind = TakeUpTo('/', rest);
  const size_t end = rest.find('/');
  edge.value = rest.substr(0, end);
  rest = end == std::string_view::npos ? "" : rest.substr(end);
  return edge;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Appends one step of a path (json/path.h): percent escapes resolved, dots
// within the name escaped.
void AppendStep(std::string& path, std::string_view value) {
  if (!path.empty()) path += '.';
  for (size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    if (c == '%' && value.size() - i > 2 && HexDigit(value[i + 1]) >= 0 &&
        HexDigit(value[i + 2]) >= 0) {
      c = static_cast<char>(HexDigit(value[i + 1]) * 16 +
                            HexDigit(value[i + 2]));
      i += 2;
    }
    if (c == '.') path += '\\';
    path += c;
  }
}

void Name(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (ref && ref->project == TextOf(arguments[1])) Return(context, ref->name);
}

void RefKind(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (ref) Return(context, ref->kind);
}

void RefDigest(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (ref) Return(context, ref->digest);
}

void Version(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (!ref || !ref->digest.starts_with('v')) return;
  const std::string_view digits = ref->digest.substr(1);
  const char* const end = digits.data() + digits.size();
  int64_t version = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, version);
  if (error != std::errc() || stop != end || digits.starts_with('-')) return;
  sqlite3_result_int64(context, version);
}

// The last row on the way: what stands before it only leads to its table.
void Row(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (!ref) return;
  std::optional<std::string_view> row;
  std::string_view rest = ref->edges;
  while (!rest.empty()) {
    const Edge edge = TakeEdge(rest);
    if (edge.kind == "id") row = edge.value;
  }
  if (row) Return(context, *row);
}

// NULL where an edge is of no known kind.
void Path(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::optional<Ref> ref = ReadRef(TextOf(arguments[0]));
  if (!ref) return;
  std::string path;
  std::string_view rest = ref->edges;
  while (!rest.empty()) {
    const Edge edge = TakeEdge(rest);
    if (edge.kind == "id") {
      path.clear();
    } else if (edge.kind == "attr" || edge.kind == "key" ||
               edge.kind == "index") {
      AppendStep(path, edge.value);
    } else {
      return;
    }
  }
  Return(context, std::string_view(path));
}

constexpr auto kRefFunctions = std::to_array<Function>({
    {"ref_name", 2, Name},
    {"ref_kind", 1, RefKind},
    {"ref_digest", 1, RefDigest},
    {"ref_version", 1, Version},
    {"ref_row", 1, Row},
    {"ref_path", 1, Path},
});

}  // namespace

std::span<const Function> RefFunctions() { return kRefFunctions; }

}  // namespace bobbin::db
