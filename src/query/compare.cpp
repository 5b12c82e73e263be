#include "query/compare.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/time.h"

namespace bobbin::query {
namespace {

using json::Kind;

struct Comparison {
  Op op;
  Op mirrored;  // with its sides changed
  std::string_view sql;
};
constexpr auto kComparisons = std::to_array<Comparison>({
    {Op::kEq, Op::kEq, " = "},
    {Op::kGt, Op::kLt, " > "},
    {Op::kGte, Op::kLte, " >= "},
    {Op::kLt, Op::kGt, " < "},
    {Op::kLte, Op::kGte, " <= "},
});

const Comparison& RowOf(Op op) {
  return *std::ranges::find(kComparisons, op, &Comparison::op);
}

// `left op right`, in parentheses.
Statement Plain(const Operand& left, std::string_view op,
                const Operand& right) {
  Statement out;
  out.Add("(");
  out.Append(left.value.sql);
  out.Add(op);
  out.Append(right.value.sql);
  out.Add(")");
  return out;
}

// `function(left, right) op 0`: for functions that give an order.
Statement ByOrder(std::string_view function, const Statement& left,
                  const Statement& right, std::string_view op) {
  Statement out;
  out.Add("(");
  out.Add(function);
  out.Add("(");
  out.Append(left);
  out.Add(", ");
  out.Append(right);
  out.Add(")");
  out.Add(op);
  out.Add("0)");
  return out;
}

Statement AtPlace(const Operand& operand) {
  Statement raw = JsonCall("json_at", operand);
  raw.Add(")");
  return raw;
}

Statement CompareJson(const Comparison& row, const Operand& left,
                      const Operand& right) {
  Statement out;
  if (right.literal != nullptr) {
    const bool equal = row.op == Op::kEq;
    out.Add(equal ? "" : "(");
    out.Append(JsonCall(equal ? "json_is" : "json_order", left));
    out.Add(", ?)", ConstantOf(*right.literal));
    if (equal) return out;
    out.Add(row.sql);
    out.Add("0)");
    return out;
  }
  if (row.op != Op::kEq) {
    return ByOrder("json_values_order", AtPlace(left), AtPlace(right), row.sql);
  }
  out.Add("json_same(");
  out.Append(AtPlace(left));
  out.Add(", ");
  out.Append(AtPlace(right));
  out.Add(")");
  return out;
}

// A literal that is compared with a time.
Result<Operand> TimeOf(const Expr& literal) {
  std::string text = literal.text;
  const bool is_number = literal.kind == Kind::kNumber;
  if (is_number && text.find_first_of("eE") != std::string::npos) {
    constexpr double kFar = 1e18;  // as far off as a number need be
    const double number =
        std::clamp(std::strtod(text.c_str(), nullptr), -kFar, kFar);
    std::array<char, 32> fixed{};
    std::snprintf(fixed.data(), fixed.size(), "%.6f", number);
    text = fixed.data();
  }
  const ParsedTime time = ParseTime(text);
  if ((!is_number && literal.kind != Kind::kString) || !time.why.empty()) {
    return Invalid("A time is compared with " + ConstantOf(literal) +
                   ", which is not a time");
  }
  Operand operand;
  operand.value.type = Type::kTime;
  operand.value.sql.Add("?", time.us);
  return operand;
}

Result<Operand> ToTime(Operand operand) {
  if (operand.literal != nullptr) return TimeOf(*operand.literal);
  if (operand.type() == Type::kBool) {
    return Invalid("A time cannot be compared with true or false");
  }
  return CastAs(std::move(operand), Type::kTime);
}

// Neither side is null or JSON.
Result<Statement> CompareTyped(const Comparison& row, Operand left,
                               Operand right) {
  if (left.type() != right.type()) {
    for (auto [side, other] : {std::pair(&left, &right), {&right, &left}}) {
      if (other->type() == Type::kTime) {
        Result<Operand> time = ToTime(std::move(*side));
        if (!time.ok()) return std::move(time).error();
        *side = std::move(time).value();
        break;
      }
      if (side->type() == Type::kText) {
        *side = CastAs(std::move(*side), other->type());
        break;
      }
    }
  }
  if (left.big || right.big) {
    return ByOrder("number_order", left.value.sql, right.value.sql, row.sql);
  }
  const FieldSql& field = left.value;
  if (row.op == Op::kEq && !field.key.empty() && right.literal != nullptr) {
    Statement out;
    out.Add("(");
    out.Add(field.key);
    out.Add(" = coalesce((");
    out.Append(field.names);
    out.Add(" = ");
    out.Append(right.value.sql);
    out.Add("), 0))");
    return out;
  }
  return Plain(left, row.sql, right);
}

}  // namespace

Result<Statement> Compare(Op op, Operand left, Operand right) {
  const bool swapped =
      (left.literal != nullptr && right.literal == nullptr) ||
      left.type() == Type::kNull ||
      (left.type() != Type::kJson && right.type() == Type::kJson &&
       right.literal == nullptr);
  if (swapped) {
    std::swap(left, right);
    op = RowOf(op).mirrored;
  }
  if (right.type() == Type::kNull) {
    return op == Op::kEq ? IsNull(left) : Statement{"NULL"};
  }
  const Comparison& row = RowOf(op);
  Operand both;
  both.rows = left.rows;
  both.rows.insert(both.rows.end(), right.rows.begin(), right.rows.end());
  if (left.type() == Type::kJson &&
      (right.type() == Type::kJson || right.literal != nullptr)) {
    return InRows(both, CompareJson(row, left, right));
  }
  if (left.type() == Type::kJson) left = CastAs(std::move(left), right.type());
  Result<Statement> compared =
      CompareTyped(row, std::move(left), std::move(right));
  if (!compared.ok()) return compared;
  return InRows(both, std::move(compared).value());
}

}  // namespace bobbin::query
