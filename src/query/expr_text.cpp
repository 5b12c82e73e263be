// A query's tree as JSON.
#include <algorithm>
#include <array>

#include "json/write.h"
#include "query/expr.h"

namespace bobbin::query {
namespace {

using json::Kind;

struct Name {
  Op op;
  std::string_view name;
};
constexpr auto kNames = std::to_array<Name>({
    {Op::kAnd, "$and"},
    {Op::kOr, "$or"},
    {Op::kNot, "$not"},
    {Op::kEq, "$eq"},
    {Op::kGt, "$gt"},
    {Op::kGte, "$gte"},
    {Op::kLt, "$lt"},
    {Op::kLte, "$lte"},
    {Op::kIn, "$in"},
    {Op::kContains, "$contains"},
    {Op::kConvert, "$convert"},
    {Op::kGetField, "$getField"},
    {Op::kLiteral, "$literal"},
});

std::string_view CastName(CastTo to) {
  switch (to) {
    case CastTo::kDouble:
      return "double";
    case CastTo::kString:
      return "string";
    case CastTo::kInt:
      return "int";
    case CastTo::kBool:
      return "bool";
    case CastTo::kExists:
      return "exists";
  }
  return "";
}

void Append(std::string& out, const Expr& expr);

// `operands` from the `first` on, separated by commas.
void AppendList(std::string& out, const std::vector<Expr>& operands,
                size_t first) {
  for (size_t i = first; i < operands.size(); ++i) {
    if (i > first) out += ',';
    Append(out, operands[i]);
  }
}

void AppendOperand(std::string& out, const Expr& expr) {
  switch (expr.op) {
    case Op::kGetField:
      return json::AppendQuoted(out, expr.text);
    case Op::kLiteral:
      if (expr.kind == Kind::kString) return json::AppendQuoted(out, expr.text);
      out += expr.text;
      return;
    case Op::kConvert:
      out += R"({"input":)";
      Append(out, expr.operands.front());
      out += R"(,"to":")";
      out += CastName(expr.to);
      out += "\"}";
      return;
    case Op::kContains:
      out += R"({"input":)";
      Append(out, expr.operands[0]);
      out += R"(,"substr":)";
      Append(out, expr.operands[1]);
      if (expr.case_insensitive) out += R"(,"case_insensitive":true)";
      out += '}';
      return;
    case Op::kIn:
      out += '[';
      Append(out, expr.operands.front());
      out += ",[";
      AppendList(out, expr.operands, 1);
      out += "]]";
      return;
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
    case Op::kEq:
    case Op::kGt:
    case Op::kGte:
    case Op::kLt:
    case Op::kLte:
      out += '[';
      AppendList(out, expr.operands, 0);
      out += ']';
      return;
  }
}

void Append(std::string& out, const Expr& expr) {
  out += "{\"";
  out += std::ranges::find(kNames, expr.op, &Name::op)->name;
  out += "\":";
  AppendOperand(out, expr);
  out += '}';
}

}  // namespace

std::string QueryText(const Expr& expr) {
  std::string out = R"({"$expr":)";
  Append(out, expr);
  out += '}';
  return out;
}

}  // namespace bobbin::query
