#include "model/ref.h"

#include <array>
#include <charconv>
#include <optional>

namespace bobbin::model {
namespace {

constexpr std::string_view kInternalScheme = "weave-trace-internal:///";

// Cuts what is in front of the next `stop`, or all there is, off `rest`.
std::string_view TakeUpTo(char stop, std::string_view& rest) {
  const size_t at = rest.find(stop);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

std::optional<RefKind> KindOf(std::string_view name) {
  if (name == "object") return RefKind::kObject;
  if (name == "op") return RefKind::kOp;
  if (name == "table") return RefKind::kTable;
  if (name == "call") return RefKind::kCall;
  return std::nullopt;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// As Python's unquote: an escape that is none stays as it is.
std::string Decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text.size() - i > 2) {
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

bool ReadIndex(std::string_view text, int64_t& index) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc() && stop == end;
}

bool ReadEdge(std::string_view kind, std::string_view value, RefEdge& edge) {
  struct Row {
    std::string_view name;
    RefEdge::Kind kind;
  };
  static constexpr auto kRows = std::to_array<Row>({
      {"attr", RefEdge::Kind::kMember},
      {"key", RefEdge::Kind::kMember},
      {"index", RefEdge::Kind::kIndex},
      {"id", RefEdge::Kind::kRow},
  });
  for (const Row& row : kRows) {
    if (row.name != kind) continue;
    edge.kind = row.kind;
    edge.name = Decoded(value);
    return row.kind != RefEdge::Kind::kIndex ||
           ReadIndex(edge.name, edge.index);
  }
  return false;
}

// Fills `ref` from what follows the scheme.
bool Read(std::string_view rest, Ref& ref) {
  if (rest.ends_with('/')) return false;
  const std::string_view whole = rest;
  const std::string_view entity = TakeUpTo('/', rest);
  const std::string_view project = TakeUpTo('/', rest);
  if (entity.empty() || project.empty()) return false;
  ref.project_id = whole.substr(0, entity.size() + 1 + project.size());
  const std::optional<RefKind> kind = KindOf(TakeUpTo('/', rest));
  if (!kind) return false;
  ref.kind = *kind;
  std::string_view id = TakeUpTo('/', rest);
  if (ref.kind == RefKind::kObject || ref.kind == RefKind::kOp) {
    ref.id = TakeUpTo(':', id);
    ref.digest = id;
    if (ref.digest.empty()) return false;
  } else {
    ref.id = id;
  }
  if (ref.id.empty()) return false;
  while (!rest.empty()) {
    const std::string_view edge = TakeUpTo('/', rest);
    if (rest.empty()) return false;
    if (!ReadEdge(edge, TakeUpTo('/', rest), ref.edges.emplace_back())) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool IsProjectId(std::string_view text) {
  const size_t slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 &&
         slash + 1 < text.size();
}

Result<Ref> ParseRef(std::string_view text) {
  if (text.starts_with(kInternalScheme)) {
    return Error{Code::kInvalid,
                 "Internal refs are not accepted: " + std::string(text),
                 "InvalidExternalRef"};
  }
  Ref ref;
  if (!text.starts_with(kRefScheme) ||
      !Read(text.substr(kRefScheme.size()), ref)) {
    return Invalid("Invalid ref: " + std::string(text));
  }
  return ref;
}

}  // namespace bobbin::model
